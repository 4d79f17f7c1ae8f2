//! Where the label `http.route` comes from.

use http::{Extensions, Uri};

/// Tells the route of a request: the template that a router matched, such as `/users/{id}`.
///
/// A path is no route, because each path would be a series of its own. So a route is a text of the
/// program: that of a router, or a `&'static str`.
pub trait Routes {
    /// The route of a request.
    type Route: AsRef<str>;

    /// The route of the request with this URI and these extensions; `None` if no route matches.
    fn route(&self, uri: &Uri, extensions: &Extensions) -> Option<Self::Route>;
}

/// No request has a route.
#[derive(Debug, Clone, Copy, Default)]
pub struct NoRoutes;

impl Routes for NoRoutes {
    type Route = &'static str;

    fn route(&self, _: &Uri, _: &Extensions) -> Option<&'static str> {
        None
    }
}

impl<F: Fn(&Uri, &Extensions) -> Option<&'static str>> Routes for F {
    type Route = &'static str;

    fn route(&self, uri: &Uri, extensions: &Extensions) -> Option<&'static str> {
        self(uri, extensions)
    }
}

/// The routes that axum's `MatchedPath` names.
#[cfg(feature = "axum")]
#[derive(Debug, Clone, Copy, Default)]
pub struct AxumRoutes;

/// A route of axum.
#[cfg(feature = "axum")]
#[derive(Debug, Clone)]
pub struct AxumRoute(axum::extract::MatchedPath);

#[cfg(feature = "axum")]
impl AsRef<str> for AxumRoute {
    fn as_ref(&self) -> &str {
        self.0.as_str()
    }
}

#[cfg(feature = "axum")]
impl Routes for AxumRoutes {
    type Route = AxumRoute;

    #[inline]
    fn route(&self, _: &Uri, extensions: &Extensions) -> Option<AxumRoute> {
        extensions.get().cloned().map(AxumRoute)
    }
}
