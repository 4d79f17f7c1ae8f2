//! A shop that records metrics. This module does not know which handler exports them.

pub mod messages;

use std::time::{Duration, Instant};

use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Endpoint {
    Search,
    Checkout,
}

#[derive(Metrics)]
#[metrics(prefix = "shop")]
enum ShopMetrics<'a> {
    /// Duration of requests.
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
    RequestDuration { endpoint: Endpoint },

    /// Number of requests processed.
    #[counter(unit = "{request}")]
    RequestCount { route: &'a str, status_code: u16 },

    /// Requests being served right now.
    #[up_down_counter(unit = "{request}")]
    RequestsInFlight,

    /// Revenue since the start.
    #[counter(value = f64, unit = "{euro}")]
    Revenue,

    /// Goods in stock.
    #[gauge(unit = "{item}")]
    Stock,
}

/// How long to stay open: `SHOP_SECONDS`, or 30 seconds, which is enough for a look at a dashboard.
pub fn opening_time() -> Duration {
    let seconds = std::env::var("SHOP_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(30))
}

/// Serves searches, and a checkout at every fourth request. Serves at least twenty requests.
pub fn open_for(time: Duration) {
    let begin = Instant::now();
    let mut stock = 1000;
    for request in 1_u32.. {
        if request > 20 && begin.elapsed() >= time {
            return;
        }
        let _served = ShopMetrics::requests_in_flight().enter();
        let (route, endpoint) = match request % 4 {
            0 => ("/api/checkout", Endpoint::Checkout),
            _ => ("/api/search", Endpoint::Search),
        };
        let timer = ShopMetrics::request_duration(endpoint).start_timer();
        std::thread::sleep(Duration::from_millis(u64::from(request % 4 + 1)));
        drop(timer);
        if request % 4 == 0 {
            stock = if stock == 0 { 1000 } else { stock - 1 };
            ShopMetrics::revenue().add(19.9);
            ShopMetrics::stock().set(stock);
        }
        let status_code = if request % 10 == 0 { 500 } else { 200 };
        ShopMetrics::request_count(route, status_code).inc();
    }
}
