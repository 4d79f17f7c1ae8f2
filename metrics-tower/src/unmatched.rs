//! Tells that a layer for axum measures requests that axum never matches.

use std::sync::atomic::{AtomicU32, AtomicUsize, Ordering};

use log::Level;
use typed_metrics_core::report;

/// The number of requests without a route that are reported if no request of the layer had one.
const LIMIT: u32 = 100;

/// The number of a layer that had a request with a route: so far above `LIMIT` that requests
/// without a route that are counted at the same moment leave it there.
const MATCHED: u32 = 1 << 31;

/// Layers that are watched. A program has one or a few; one that makes more, as a test may, gets no
/// warning for the further ones.
const LAYERS: usize = 256;

/// Statics, so that a service is copied for each request without a count of its owners.
static WATCHED: [Unmatched; LAYERS] = [const { Unmatched(AtomicU32::new(0)) }; LAYERS];

/// The number of layers that were made, up to `LAYERS`.
static MADE: AtomicUsize = AtomicUsize::new(0);

/// The number of a layer's requests without a route, up to `LIMIT`, before its first request with
/// one.
#[derive(Debug)]
pub(crate) struct Unmatched(AtomicU32);

impl Unmatched {
    /// The number of a new layer; `None` if the process has too many.
    pub(crate) fn of_new_layer() -> Option<&'static Self> {
        // Relaxed: the number gives each layer a place of its own and orders nothing else.
        let next = |made| (made < LAYERS).then_some(made + 1);
        let place = MADE.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next);
        place.ok().and_then(|place| WATCHED.get(place))
    }

    /// A request of the layer had a route.
    #[inline]
    pub(crate) fn note_matched(&self) {
        // Relaxed: one number. Once it is decided, it is only read, so threads share its line.
        if self.0.load(Ordering::Relaxed) < LIMIT {
            self.0.store(MATCHED, Ordering::Relaxed);
        }
    }

    /// A request of the layer had no route. Logs a warning at the hundredth such request, if none
    /// had a route.
    pub(crate) fn note_unmatched(&self) {
        // Relaxed: one number. The request that brings it to the limit is one.
        if self.0.load(Ordering::Relaxed) >= LIMIT {
            return;
        }
        if self.0.fetch_add(1, Ordering::Relaxed) + 1 == LIMIT {
            report(
                Level::Warn,
                "no route of axum",
                format_args!(
                    "`HttpServerLayer::axum()` measured {LIMIT} requests, and axum had matched \
                     none of them to a route, so they have no `http.route`; if they asked for \
                     routes, add the layer with `Router::layer` after the last `.route(…)`: axum \
                     matches requests only inside of the router, and a layer covers only the \
                     routes that were added before it; if they all reached a fallback or a \
                     service of `nest_service`, they have no route wherever the layer is"
                ),
            );
        }
    }
}
