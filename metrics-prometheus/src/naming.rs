//! The translation of names to Prometheus.

use std::borrow::Cow;

use typed_metrics_core::Descriptor;

use crate::kind::Kind;
use crate::unit::Words;

/// How names and units are written.
///
/// By default, names are translated as the [compatibility specification] of OpenTelemetry says:
/// they have classic characters only, and end with their unit in words and, for counters, with
/// `_total`. Nothing is added that the name already contains. Prometheus and the OpenTelemetry
/// collector translate OTLP in the same way, so a metric has one name whether it is pushed or
/// scraped.
///
/// ```
/// use typed_metrics_prometheus::Naming;
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::{Metric, register_metric};
///
/// let read = register_metric("disk.read", Metric::counter("disk.read").unit("By")).unwrap();
/// let read = read.descriptor();
/// assert_eq!(Naming::default().metric_name(read), "disk_read_bytes_total");
/// assert_eq!(Naming::default().suffixes(false).metric_name(read), "disk_read");
/// assert_eq!(Naming::default().utf8(true).metric_name(read), "disk.read_bytes_total");
/// assert_eq!(Naming::default().utf8(true).suffixes(false).metric_name(read), "disk.read");
/// assert_eq!(Naming::default().unit_suffix(false).metric_name(read), "disk_read_total");
/// assert_eq!(Naming::default().total_suffix(false).metric_name(read), "disk_read_bytes");
/// ```
///
/// [compatibility specification]: https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Naming {
    unit_suffix: bool,
    total_suffix: bool,
    utf8: bool,
}

impl Default for Naming {
    fn default() -> Self {
        Self { unit_suffix: true, total_suffix: true, utf8: false }
    }
}

impl Naming {
    /// Whether names end with the unit, and those of counters with `_total`: both
    /// [`unit_suffix`](Self::unit_suffix) and [`total_suffix`](Self::total_suffix).
    #[must_use]
    pub fn suffixes(self, suffixes: bool) -> Self {
        self.unit_suffix(suffixes).total_suffix(suffixes)
    }

    /// Whether names end with the unit. The default is `true`.
    #[must_use]
    pub fn unit_suffix(self, unit_suffix: bool) -> Self {
        Self { unit_suffix, ..self }
    }

    /// Whether the names of counters end with `_total`. The default is `true`.
    ///
    /// OpenMetrics 1.0 has no counters without `_total`. In that format, such a counter has the
    /// type `unknown`.
    #[must_use]
    pub fn total_suffix(self, total_suffix: bool) -> Self {
        Self { total_suffix, ..self }
    }

    /// Whether names keep characters such as `.`. The default is `false`.
    ///
    /// A scraper that does not allow UTF-8 names gets them escaped, by the
    /// [scheme](crate::Escaping) that it asks for.
    #[must_use]
    pub fn utf8(self, utf8: bool) -> Self {
        Self { utf8, ..self }
    }

    /// The name of a metric. The samples of a histogram add `_bucket`, `_sum` and `_count`.
    ///
    /// A metric that was read from a registry of Prometheus keeps the name that it has there.
    #[must_use]
    pub fn metric_name(&self, metric: &Descriptor) -> String {
        match metric.exposed_as() {
            Some(name) => name.to_owned(),
            None => self.translate(metric.name(), metric.unit(), Kind::of(metric)),
        }
    }

    /// The name of a metric that comes over OTLP. Infos and metrics with states are up-down
    /// counters there, so `_info` is not added.
    ///
    /// ```
    /// use typed_metrics_prometheus::Naming;
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, register_metric};
    ///
    /// let seats = register_metric("seats", Metric::gauge("seats").unit("1")).unwrap();
    /// let naming = Naming::default();
    /// assert_eq!(naming.metric_name_over_otlp(seats.descriptor()), "seats_ratio");
    /// ```
    #[must_use]
    pub fn metric_name_over_otlp(&self, metric: &Descriptor) -> String {
        let kind = match Kind::of(metric) {
            Kind::Info | Kind::StateSet(_) => Kind::UpDownCounter,
            kind => kind,
        };
        self.translate(metric.name(), metric.unit(), kind)
    }

    /// The name of a metric under its [old name](Descriptor::was); `None` if it has none.
    ///
    /// ```
    /// use typed_metrics_prometheus::Naming;
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::{Metric, register_metric};
    ///
    /// let metric = Metric::counter("disk.written").unit("By").was("disk.out");
    /// let written = register_metric("disk.written", metric).unwrap();
    /// let old_name = Naming::default().old_metric_name(written.descriptor());
    /// assert_eq!(old_name.as_deref(), Some("disk_out_bytes_total"));
    /// ```
    #[must_use]
    pub fn old_metric_name(&self, metric: &Descriptor) -> Option<String> {
        metric.was().map(|old| self.translate(old, metric.unit(), Kind::of(metric)))
    }

    fn translate(&self, name: &str, unit: &str, kind: Kind) -> String {
        let words = || if self.unit_suffix { Words::of(unit) } else { Words::default() };
        let (unit_words, last) = match kind {
            // These types have no unit. The ending belongs to the type `info` in OpenMetrics.
            Kind::Info => (Words::default(), Some("info")),
            Kind::StateSet(_) => (Words::default(), None),
            Kind::Counter => (words(), self.total_suffix.then_some("total")),
            Kind::Gauge if unit == "1" => (Words::default(), self.unit_suffix.then_some("ratio")),
            Kind::Gauge | Kind::UpDownCounter | Kind::Histogram => (words(), None),
        };
        if self.utf8 {
            with_suffixes(name, &unit_words, last)
        } else {
            in_words(name, &unit_words, last)
        }
    }

    /// The name of a label.
    ///
    /// Without UTF-8, characters that Prometheus does not allow become `_`, and several `_` become
    /// one. A name that Prometheus reserves gets a prefix: `key` before a digit or `_`, and
    /// `exported_` before `le` and `quantile`.
    ///
    /// ```
    /// use typed_metrics_prometheus::Naming;
    ///
    /// let naming = Naming::default();
    /// assert_eq!(naming.label_name("http.route"), "http_route");
    /// assert_eq!(naming.label_name("__name__"), "key_name_");
    /// assert_eq!(naming.label_name("le"), "exported_le");
    /// assert_eq!(Naming::default().utf8(true).label_name("http.route"), "http.route");
    /// ```
    #[must_use]
    pub fn label_name<'a>(&self, name: &'a str) -> Cow<'a, str> {
        if matches!(name, "le" | "quantile") {
            return format!("exported_{name}").into();
        }
        // Prometheus keeps labels that begin with `__` for itself.
        if self.utf8 && !name.starts_with("__") && !name.is_empty() {
            // Prometheus' parser takes a zero byte outside of values for the end of the scrape.
            return if name.contains('\0') { name.replace('\0', "_").into() } else { name.into() };
        }
        let is_plain = name.starts_with(|c: char| c.is_ascii_alphabetic())
            && name.bytes().all(|b| b == b'_' || b.is_ascii_alphanumeric())
            && !name.contains("__");
        if is_plain {
            return name.into();
        }
        let mut translated = String::with_capacity(name.len() + 4);
        for c in name.chars() {
            if c.is_ascii_alphanumeric() {
                translated.push(c);
            } else if !translated.ends_with('_') {
                translated.push('_');
            }
        }
        match translated.bytes().next() {
            None => "key".into(),
            Some(b'_') => format!("key{translated}").into(),
            Some(b'0'..=b'9') => format!("key_{translated}").into(),
            Some(_) => translated.into(),
        }
    }
}

/// The name in classic characters: its words, the parts of the unit that the words do not contain,
/// and the `last` word.
fn in_words(name: &str, unit: &Words, last: Option<&str>) -> String {
    let mut words = split(name);
    for part in [&unit.main, &unit.per] {
        let part = split(part);
        if !part.is_empty() && !words.windows(part.len()).any(|window| window == part) {
            words.extend(part);
        }
    }
    if let Some(last) = last {
        words.retain(|word| *word != last);
        words.push(last);
    }
    let name = words.join("_");
    match name.bytes().next() {
        None | Some(b'0'..=b'9') => format!("_{name}"),
        Some(_) => name,
    }
}

/// The words of a name, which are separated by `_` or by characters that Prometheus does not allow.
fn split(name: &str) -> Vec<&str> {
    let is_separator = |c: char| !(c == ':' || c.is_ascii_alphanumeric());
    name.split(is_separator).filter(|word| !word.is_empty()).collect()
}

/// The name as it is, and then the unit and the `last` word, unless the name ends with them.
fn with_suffixes(name: &str, unit: &Words, last: Option<&str>) -> String {
    let mut name = match last {
        Some(last) => without_word(name, last).unwrap_or(name),
        None => name,
    }
    .to_owned();
    if without_word(&name, &unit.joined()).is_none() {
        // A name may end with the first part alone, as in `read_bytes` with the unit `By/s`.
        if without_word(&name, &unit.main).is_none() {
            push_word(&mut name, &unit.main);
        }
        push_word(&mut name, &unit.per);
    }
    push_word(&mut name, last.unwrap_or_default());
    name
}

/// The name without its last word and the separator before that word; `None` if the name has
/// another last word, or no other word.
fn without_word<'a>(name: &'a str, word: &str) -> Option<&'a str> {
    let rest = name.strip_suffix(word)?;
    let rest = rest.strip_suffix(|c: char| !c.is_alphanumeric())?;
    (!rest.is_empty()).then_some(rest)
}

fn push_word(name: &mut String, word: &str) {
    if !word.is_empty() {
        name.push('_');
        name.push_str(word);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Kind::{Counter, Gauge, Histogram, Info, StateSet, UpDownCounter};

    #[test]
    fn names_end_with_the_unit_and_the_type_once() {
        let cases = [
            ("http.server.duration", "ms", Histogram, "http_server_duration_milliseconds"),
            ("disk.read", "By", Counter, "disk_read_bytes_total"),
            ("disk.read", "By/s", Gauge, "disk_read_bytes_per_second"),
            ("disk.read_bytes_per_second", "By/s", Gauge, "disk_read_bytes_per_second"),
            ("disk.bytes", "By/s", Gauge, "disk_bytes_per_second"),
            ("requests", "{request}", Counter, "requests_total"),
            ("requests_total", "", Counter, "requests_total"),
            ("requests.total", "1", Counter, "requests_total"),
            ("total.requests", "", Counter, "requests_total"),
            ("read_bytes_total", "By", Counter, "read_bytes_total"),
            ("read_total", "By", Counter, "read_bytes_total"),
            ("duration_seconds", "s", Histogram, "duration_seconds"),
            ("seconds_until_start", "s", Gauge, "seconds_until_start"),
            ("memory.used", "1", Gauge, "memory_used_ratio"),
            ("hit_ratio", "1", Gauge, "hit_ratio"),
            ("jobs", "1", UpDownCounter, "jobs"),
            ("jobs", "1", Histogram, "jobs"),
            ("memory.total", "By", Gauge, "memory_total_bytes"),
            ("a..b--c/d__e", "", Gauge, "a_b_c_d_e"),
            ("trailing_", "", Gauge, "trailing"),
            ("total", "", Counter, "total"),
            ("cpu", "%", Gauge, "cpu_percent"),
            ("rate", "{request}/s", Gauge, "rate_per_second"),
            ("build", "1", Info, "build_info"),
            ("build_info", "", Info, "build_info"),
            ("connection.state", "1", StateSet("state"), "connection_state"),
        ];
        for (name, unit, kind, expected) in cases {
            assert_eq!(Naming::default().translate(name, unit, kind), expected, "{name}");
        }
    }

    #[test]
    fn without_suffixes_only_characters_change() {
        let naming = Naming::default().suffixes(false);
        assert_eq!(naming.translate("disk.read", "By", Counter), "disk_read");
        assert_eq!(naming.translate("requests_total", "", Counter), "requests_total");
        let naming = naming.utf8(true);
        assert_eq!(naming.translate("disk.read/x", "By", Counter), "disk.read/x");
    }

    #[test]
    fn each_suffix_can_be_left_out_alone() {
        let unit = Naming::default().total_suffix(false);
        assert_eq!(unit.translate("disk.read", "By", Counter), "disk_read_bytes");
        assert_eq!(unit.translate("memory.used", "1", Gauge), "memory_used_ratio");
        let total = Naming::default().unit_suffix(false);
        assert_eq!(total.translate("disk.read", "By", Counter), "disk_read_total");
        assert_eq!(total.translate("wait", "s", Histogram), "wait");
        assert_eq!(total.translate("memory.used", "1", Gauge), "memory_used");
        assert_eq!(total.utf8(true).translate("disk.read", "By", Counter), "disk.read_total");
    }

    #[test]
    fn utf8_names_keep_their_characters() {
        let cases = [
            ("disk.read", "By", Counter, "disk.read_bytes_total"),
            ("disk.read.total", "By", Counter, "disk.read_bytes_total"),
            ("disk.read.bytes.total", "By", Counter, "disk.read.bytes_total"),
            ("disk.read.bytes", "By/s", Gauge, "disk.read.bytes_per_second"),
            ("disk.bytes_per_second", "By/s", Gauge, "disk.bytes_per_second"),
            ("memory.ratio", "1", Gauge, "memory_ratio"),
            ("milliseconds", "s", Gauge, "milliseconds_seconds"),
            ("total", "", Counter, "total_total"),
        ];
        for (name, unit, kind, expected) in cases {
            let naming = Naming::default().utf8(true);
            assert_eq!(naming.translate(name, unit, kind), expected, "{name}");
        }
    }

    #[test]
    fn labels_that_prometheus_reserves_get_a_prefix() {
        let cases = [
            ("plain", "plain"),
            ("a.b", "a_b"),
            ("a...b", "a_b"),
            ("a__b", "a_b"),
            ("1st", "key_1st"),
            ("_x", "key_x"),
            ("__name__", "key_name_"),
            ("le", "exported_le"),
            ("quantile", "exported_quantile"),
            ("", "key"),
            ("é", "key_"),
            ("größe", "gr_e"),
        ];
        for (name, expected) in cases {
            assert_eq!(Naming::default().label_name(name), expected, "{name}");
        }
        let utf8 = Naming::default().utf8(true);
        assert_eq!(utf8.label_name("größe.x"), "größe.x");
        assert_eq!(utf8.label_name("__name__"), "key_name_");
        assert_eq!(utf8.label_name("a\0b"), "a_b");
    }
}
