//! The functions of PromQL, by their demands on a metric.

/// The demand of a function on the metric that it is applied to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Demand {
    /// A number that only grows while a process runs.
    Counter,
    /// A number that rises and falls.
    Gauge,
    /// That there are series. Their values do not matter.
    Existence,
    /// Histograms.
    Histogram,
    None,
}

impl Demand {
    pub(super) fn of(function: &str) -> Self {
        match function {
            "rate"
            | "irate"
            | "increase"
            | "increase_pure"
            | "increase_prometheus"
            | "rollup_rate" => Self::Counter,
            "delta"
            | "idelta"
            | "deriv"
            | "predict_linear"
            | "double_exponential_smoothing"
            | "holt_winters"
            | "delta_prometheus"
            | "deriv_fast" => Self::Gauge,
            "absent" | "absent_over_time" | "present_over_time" | "count_over_time" | "changes"
            | "resets" | "timestamp" | "lifetime" | "tlast_over_time" => Self::Existence,
            "histogram_quantile" | "histogram_share" => Self::Histogram,
            _ => Self::None,
        }
    }
}

/// Whether the labels of the function's result cannot be told from the labels of its arguments.
pub(super) fn makes_labels(function: &str) -> bool {
    let of_victoria_metrics = ["alias", "interpolate", "union"];
    matches!(function, "absent" | "absent_over_time" | "info" | "histogram_quantiles")
        || function.starts_with("label_") && !matches!(function, "label_replace" | "label_join")
        || of_victoria_metrics.contains(&function)
}
