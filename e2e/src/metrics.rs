use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
pub(crate) enum Endpoint {
    Search,
    Checkout,
}

/// The metrics of the README, and metrics of other types.
#[derive(Metrics)]
#[metrics(prefix = "shop")]
pub(crate) enum ShopMetrics<'a> {
    /// Duration of requests.
    #[histogram(unit = "ms", buckets = [5, 10, 25, 50, 100, 250, 500, 1000])]
    RequestDuration { endpoint: Endpoint },

    /// Number of requests processed.
    #[counter(unit = "{request}")]
    RequestCount { route: &'a str, status_code: u16 },

    /// Requests being served right now.
    #[up_down_counter(unit = "{request}")]
    RequestsInFlight,

    /// Memory in use.
    #[gauge(unit = "By")]
    MemoryUsage,

    /// Money made.
    #[counter(unit = "EUR", value = f64)]
    Revenue,

    /// Time that backups take.
    #[histogram(unit = "s", buckets = [0.5, 1, 30, 120])]
    BackupDuration,

    /// Size of responses.
    #[histogram(unit = "By", exponential)]
    ResponseSize { endpoint: Endpoint },
}
