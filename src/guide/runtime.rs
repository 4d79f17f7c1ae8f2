//! Register and record metrics that are known only at run time: from plugins, configuration or user
//! code.
//!
//! Prefer an enum ([`declaring`](super::declaring)) if the metric is known while compiling: the
//! compiler then finds the mistakes that are errors at run time here.
//!
//! ```
//! use typed_metrics::{Metric, MetricType, attributes, record_metric, register_metric};
//!
//! fn main() -> Result<(), typed_metrics::Error> {
//!     register_metric(
//!         "queue_depth",
//!         Metric::gauge("queue_depth").unit("{job}").description("Jobs that wait"),
//!     )?;
//!     record_metric("queue_depth", 12, MetricType::Gauge, attributes!("queue" => "mail"))?;
//!
//!     let snapshot = typed_metrics::snapshot();
//!     let depth = &snapshot.get("queue_depth").unwrap().series[0];
//!     assert_eq!(depth.value.as_f64(), 12.0);
//!     assert_eq!(depth.labels.to_string(), "queue=mail");
//!
//!     // A name that was not registered becomes a metric of the given type …
//!     record_metric("retries", 1, MetricType::Counter, attributes!())?;
//!     // … and keeps that type.
//!     let wrong = record_metric("retries", 1, MetricType::Gauge, attributes!()).unwrap_err();
//!     assert!(wrong.to_string().contains("counter"));
//!     Ok(())
//! }
//! ```
//!
//! A metric has a key and a name. The key is any text of 1 to 255 bytes that the program uses for
//! the metric. The name is the exported name, and follows the rule for names. Use one text for
//! both, unless they come from different places: a configuration may use the key `"wait"` for a
//! metric that is exported as `queue.wait`. [`record_metric`](crate::record_metric) finds a metric
//! by its key or by its name.
//!
//! [`register_metric`](crate::register_metric) returns a [`RuntimeMetric`](crate::RuntimeMetric).
//! Keep it where the metric is recorded: recording through it does not look up the key.
//!
//! A gauge also has [`add`](crate::RuntimeMetric::add), `sub`, `inc`, `dec`, `set_max`, `set_min`
//! and `set_to_now`, which are errors on a metric of another type.
//!
//! Names, units and buckets follow the same rules as in a derive. A text that breaks a rule is an
//! error, and nothing is recorded.
//!
//! [`Metric::exponential`](crate::Metric::exponential) makes a histogram
//! [exponential](super::histograms#exponential-histograms).
//!
//! [`Metric::expire`](crate::Metric::expire) removes idle series, as
//! [`expire`](super::declaring#expiry) does in a derive.
//!
//! `cargo run --example runtime_metrics` shows more.
