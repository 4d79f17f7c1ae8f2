//! Where the label `http.route` comes from.

use http::{Extensions, Uri};

#[cfg(feature = "axum")]
use crate::interned::interned;
#[cfg(feature = "axum")]
use crate::unmatched::Unmatched;

/// Tells the route of a request: the template that a router matched, such as `/users/{id}`.
///
/// A path is no route, because each path would be a series of its own. So a route is a text of the
/// program, a `&'static str`.
pub trait Routes {
    /// The route of the request with this URI and these extensions; `None` if no route matches.
    fn route(&self, uri: &Uri, extensions: &Extensions) -> Option<&'static str>;
}

/// No request has a route.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRoutes;

impl Routes for NoRoutes {
    fn route(&self, _: &Uri, _: &Extensions) -> Option<&'static str> {
        None
    }
}

impl<F: Fn(&Uri, &Extensions) -> Option<&'static str>> Routes for F {
    fn route(&self, uri: &Uri, extensions: &Extensions) -> Option<&'static str> {
        self(uri, extensions)
    }
}

/// The routes that axum's `MatchedPath` names. The process keeps each route for ever, and at most
/// 10,000 routes; requests beyond have no route.
///
/// If none of the first 100 requests of a layer has a route, a warning tells where the layer
/// belongs: see [`HttpServerLayer::axum`](crate::HttpServerLayer::axum). Copies count together.
#[cfg(feature = "axum")]
#[derive(Debug, Clone, Copy)]
pub struct AxumRoutes(Option<&'static Unmatched>);

#[cfg(feature = "axum")]
impl Default for AxumRoutes {
    fn default() -> Self {
        Self(Unmatched::of_new_layer())
    }
}

#[cfg(feature = "axum")]
impl Routes for AxumRoutes {
    #[inline]
    fn route(&self, _: &Uri, extensions: &Extensions) -> Option<&'static str> {
        let Some(matched) = extensions.get::<axum::extract::MatchedPath>() else {
            if let Some(unmatched) = self.0 {
                unmatched.note_unmatched();
            }
            return None;
        };
        if let Some(unmatched) = self.0 {
            unmatched.note_matched();
        }
        interned(matched.as_str())
    }
}
