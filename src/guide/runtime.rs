//! Metrics known only at run time: from plugins, configuration, user code.
//!
//! Prefer an enum where you can: the compiler then checks what here is checked while running.
//!
//! ```
//! use typed_metrics::{Metric, MetricType, attributes, record_metric, register_metric};
//!
//! register_metric(
//!     "queue_depth",
//!     Metric::gauge("queue_depth").unit("{job}").description("Jobs that wait"),
//! )?;
//! record_metric("queue_depth", 12, MetricType::Gauge, attributes!("queue" => "mail"))?;
//!
//! let snapshot = typed_metrics::snapshot();
//! let depth = &snapshot.get("queue_depth").unwrap().series[0];
//! assert_eq!((depth.value.as_f64(), depth.labels.to_string()), (12.0, "queue=mail".to_owned()));
//!
//! // A name that was not registered becomes a metric of the given type …
//! record_metric("retries", 1, MetricType::Counter, attributes!())?;
//! // … and stays of that type.
//! let wrong = record_metric("retries", 1, MetricType::Gauge, attributes!()).unwrap_err();
//! assert!(wrong.to_string().contains("counter"));
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! A metric is registered under a key, and has a name. The key is what the program calls it, any
//! text; the name is what handlers export, and keeps the rule for names. Where they come from one
//! place, let them be equal; where a configuration calls a metric `"wait"` that is exported as
//! `queue.wait`, they differ. [`record_metric`](crate::record_metric) finds a metric by either.
//!
//! Names, units and buckets keep the same rules as in a derive. What breaks one is an error, and
//! nothing is recorded.
