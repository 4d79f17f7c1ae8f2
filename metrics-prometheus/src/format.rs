//! The formats of a scrape.

use crate::escaping::Escaping;

/// A format of a scrape.
///
/// ```
/// use typed_metrics_core::{MetricType, attributes, record_metric, snapshot};
/// use typed_metrics_prometheus::{Format, Settings};
///
/// record_metric("shop.orders", 3, MetricType::Counter, attributes!("paid" => true)).unwrap();
///
/// let mut scrape = Vec::new();
/// Format::Text.encode(&snapshot(), &Settings::default(), &mut scrape);
/// assert_eq!(
///     String::from_utf8(scrape).unwrap(),
///     "# TYPE shop_orders_total counter\n\
///      shop_orders_total{paid=\"true\"} 3.0\n",
/// );
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Format {
    /// The [text format] 0.0.4, which every scraper reads.
    ///
    /// [text format]: https://prometheus.io/docs/instrumenting/exposition_formats/
    #[default]
    Text,
    /// The text format 1.0.0, which allows UTF-8 names.
    Text1(Escaping),
    /// [OpenMetrics 1.0](https://prometheus.io/docs/specs/om/open_metrics_spec/).
    OpenMetrics(Escaping),
    /// The release candidate of
    /// [OpenMetrics 2.0](https://prometheus.io/docs/specs/om/open_metrics_spec_2_0/). It may still
    /// change.
    OpenMetrics2(Escaping),
    /// Prometheus' protobuf: messages of type `io.prometheus.client.MetricFamily`, each after its
    /// length. Its numbers are floats, so integers above 2^53 are rounded.
    Protobuf(Escaping),
}

impl Format {
    /// The value of `Content-Type` for this format.
    ///
    /// ```
    /// use typed_metrics_prometheus::{Escaping, Format};
    ///
    /// assert_eq!(Format::Text.content_type(), "text/plain; version=0.0.4; charset=utf-8");
    /// assert_eq!(
    ///     Format::OpenMetrics(Escaping::AllowUtf8).content_type(),
    ///     "application/openmetrics-text; version=1.0.0; charset=utf-8; escaping=allow-utf-8",
    /// );
    /// ```
    #[must_use]
    pub const fn content_type(self) -> &'static str {
        macro_rules! escaped {
            ($escaping:expr, $begin:literal) => {
                match $escaping {
                    Escaping::AllowUtf8 => concat!($begin, "; escaping=allow-utf-8"),
                    Escaping::Underscores => concat!($begin, "; escaping=underscores"),
                    Escaping::Dots => concat!($begin, "; escaping=dots"),
                    Escaping::Values => concat!($begin, "; escaping=values"),
                }
            };
        }
        match self {
            Self::Text => "text/plain; version=0.0.4; charset=utf-8",
            Self::Text1(escaping) => {
                escaped!(escaping, "text/plain; version=1.0.0; charset=utf-8")
            }
            Self::OpenMetrics(escaping) => {
                escaped!(escaping, "application/openmetrics-text; version=1.0.0; charset=utf-8")
            }
            Self::OpenMetrics2(escaping) => {
                escaped!(escaping, "application/openmetrics-text; version=2.0.0; charset=utf-8")
            }
            Self::Protobuf(escaping) => escaped!(
                escaping,
                "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
                 encoding=delimited"
            ),
        }
    }

    /// The scheme by which names are escaped.
    pub(crate) const fn escaping(self) -> Escaping {
        match self {
            Self::Text => Escaping::Underscores,
            Self::Text1(escaping)
            | Self::OpenMetrics(escaping)
            | Self::OpenMetrics2(escaping)
            | Self::Protobuf(escaping) => escaping,
        }
    }
}
