//! Tells that a layer for axum measures requests that axum never matches.

use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use log::Level;
use typed_metrics_core::report;

/// The number of requests without a route that are reported if no request had one.
const LIMIT: u32 = 100;

/// Whether a request of the process had a route.
static IS_MATCHED: AtomicBool = AtomicBool::new(false);

/// The number of requests without a route, up to `LIMIT`, before the first request with one.
static UNMATCHED: AtomicU32 = AtomicU32::new(0);

/// A request had a route.
#[inline]
pub(crate) fn note_matched() {
    // Relaxed: the flag orders nothing else. The load keeps the line of the flag shared.
    if !IS_MATCHED.load(Ordering::Relaxed) {
        IS_MATCHED.store(true, Ordering::Relaxed);
    }
}

/// A request had no route. Logs a warning at the hundredth such request, if none had a route.
pub(crate) fn note_unmatched() {
    // Relaxed: one number and one flag, and a request that is counted late warns later.
    if IS_MATCHED.load(Ordering::Relaxed) || UNMATCHED.load(Ordering::Relaxed) >= LIMIT {
        return;
    }
    if UNMATCHED.fetch_add(1, Ordering::Relaxed) + 1 == LIMIT {
        report(
            Level::Warn,
            "no route of axum",
            format_args!(
                "`HttpServerLayer::axum()` measured {LIMIT} requests, and axum had matched none of \
                 them to a route, so they have no `http.route`; add the layer with \
                 `Router::layer` after the last `.route(…)`: axum matches requests only inside of \
                 the router, and a layer covers only the routes that were added before it"
            ),
        );
    }
}
