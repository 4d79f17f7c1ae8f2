//! Sorts the metrics of a snapshot by their translated names, and writes each name once.

use std::collections::HashSet;
use std::sync::{LazyLock, Mutex, PoisonError};
use std::time::SystemTime;

use log::Level;
use typed_metrics_core::{Descriptor, LabelRef, MetricSnapshot, Snapshot, Value, report};

use super::family::{Family, Member};
use super::labels::LabelWriter;
use super::number::Number;
use super::protobuf::ProtobufWriter;
use super::rows::{Reading, Rows};
use super::{open_metrics_2, text};
use crate::conflicts::{Families, Named};
use crate::format::Format;
use crate::kind::Kind;
use crate::settings::Settings;

impl Format {
    /// Appends a scrape of the snapshot to `out`.
    ///
    /// Metrics are sorted by name, and series by labels. A metric without series is left out. So
    /// are a metric whose name belongs to another one already, and a series whose labels do: a
    /// warning names both, once. [`Naming::check`](crate::Naming::check) finds such names before.
    pub fn encode(self, snapshot: &Snapshot, settings: &Settings, out: &mut Vec<u8>) {
        let metrics: Vec<&MetricSnapshot> =
            snapshot.metrics.iter().filter(|metric| !metric.series.is_empty()).collect();
        let families = Families::of(
            &settings.naming,
            self.escaping(),
            metrics.iter().map(|metric| metric.descriptor),
            !settings.resource.is_empty(),
        );
        for conflict in &families.left_out {
            warn_once(conflict.second.name(), || format!("{conflict}; the scrape leaves it out"));
        }
        let mut scrape = Scrape::new(self, settings);
        for family in &families.families {
            scrape.write(family, &metrics, out);
        }
        if matches!(self, Self::OpenMetrics(_) | Self::OpenMetrics2(_)) {
            out.extend_from_slice(b"# EOF\n");
        }
    }
}

/// What the families of a scrape use, one after the other.
#[derive(Debug)]
struct Scrape<'a> {
    format: Format,
    settings: &'a Settings,
    labels: LabelWriter<'a>,
    rows: Rows,
    protobuf: ProtobufWriter,
}

impl<'a> Scrape<'a> {
    fn new(format: Format, settings: &'a Settings) -> Self {
        Self {
            format,
            settings,
            labels: LabelWriter::new(format, &settings.naming),
            rows: Rows::default(),
            protobuf: ProtobufWriter::default(),
        }
    }

    fn write(&mut self, family: &[Named], metrics: &[&MetricSnapshot], out: &mut Vec<u8>) {
        let first = &family[0];
        self.rows.clear();
        self.labels.begin(self.state(first));
        let mut members = Vec::with_capacity(family.len());
        for named in family {
            match named.metric {
                Some(metric) => {
                    self.add(members.len(), metrics[named.index]);
                    members.push(Member::new(metric.boundaries()));
                }
                None => self.add_target(),
            }
        }
        let is_sum = matches!(first.kind, Kind::Counter | Kind::UpDownCounter);
        self.rows.sort(|rows, kept, other| {
            let of = |row| family[rows.member(row)].metric;
            match (of(kept), of(other)) {
                // Labels that differ in their type only, such as `1` and `"1"`.
                (Some(a), Some(b)) if a.name() == b.name() => rows.add(kept, other, is_sum),
                (a, b) => warn_of_equal_series(&first.name, a, b),
            }
        });
        let unit = first.metric.map(|metric| self.settings.naming.unit(metric));
        let family = Family {
            name: &first.name,
            kind: first.kind,
            unit: unit.as_deref().unwrap_or_default(),
            help: first.metric.map_or("Target metadata", Descriptor::description),
            members: &members,
            rows: &self.rows,
        };
        match self.format {
            Format::Text | Format::Text1(_) => text::write_text(&family, out),
            Format::OpenMetrics(_) => {
                text::write_open_metrics(&family, self.settings.created, out);
            }
            Format::OpenMetrics2(_) => open_metrics_2::write(&family, out),
            Format::Protobuf(_) => self.protobuf.write(&family, out),
        }
    }

    /// The label with the state of a state set, and the name that OpenMetrics asks for.
    fn state(&self, named: &Named) -> Option<(&'static str, String)> {
        match (named.kind, self.format) {
            (Kind::StateSet(label), Format::OpenMetrics(_) | Format::OpenMetrics2(_)) => {
                Some((label, named.name.clone()))
            }
            _ => None,
        }
    }

    fn add(&mut self, member: usize, metric: &MetricSnapshot) {
        let Self { labels, rows, settings, .. } = self;
        for series in &metric.series {
            let (reading, buckets) = match &series.value {
                Value::U64(value) => (Reading::Number(Number::U64(*value)), &[][..]),
                Value::I64(value) => (Reading::Number(Number::I64(*value)), &[][..]),
                Value::F64(value) => (Reading::Number(Number::F64(*value)), &[][..]),
                Value::Histogram(histogram) => {
                    let (sum, has_negative) = (histogram.sum, histogram.min < 0.0);
                    (Reading::Histogram { sum, has_negative }, &*histogram.buckets)
                }
                _ => continue,
            };
            rows.push(member, reading, buckets, nanoseconds(series.created), |out| {
                let own = series.labels.iter().map(|(name, value)| (name, value.as_ref()));
                let scope = settings.scope.iter();
                let scope = scope.map(|(name, value)| (*name, LabelRef::Str(value)));
                labels.write(own.chain(scope), out);
            });
        }
    }

    fn add_target(&mut self) {
        let Self { labels, rows, settings, .. } = self;
        rows.push(0, Reading::Number(Number::U64(1)), &[], 0, |out| {
            let resource = settings.resource.iter();
            labels.write(resource.map(|(name, value)| (&**name, LabelRef::Str(value))), out);
        });
    }
}

/// Nanoseconds since the Unix epoch.
fn nanoseconds(time: SystemTime) -> u64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn warn_of_equal_series(
    name: &str,
    kept: Option<&'static Descriptor>,
    other: Option<&'static Descriptor>,
) {
    let (Some(kept), Some(other)) = (kept, other) else { return };
    warn_once(other.name(), || {
        format!(
            "metrics `{}` ({}) and `{}` ({}) are both `{name}` in Prometheus and have series with \
             the same labels; the scrape leaves out those of `{}`; rename one metric",
            kept.name(),
            kept.source(),
            other.name(),
            other.source(),
            other.name(),
        )
    });
}

/// Reports a metric that is left out, once in the life of the program.
fn warn_once(metric: &'static str, text: impl FnOnce() -> String) {
    static WARNED: LazyLock<Mutex<HashSet<&'static str>>> = LazyLock::new(Mutex::default);
    let is_new = WARNED.lock().unwrap_or_else(PoisonError::into_inner).insert(metric);
    if is_new {
        let subject = format!("name of metric `{metric}` in Prometheus");
        report(Level::Warn, &subject, format_args!("{}", text()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::escaping::Escaping;

    /// The states of two connections, as a scrape in this format.
    fn states(format: Format) -> String {
        let settings = Settings::default();
        let kind = Kind::StateSet("state");
        let named = Named { name: "link_state".to_owned(), kind, metric: None, index: 0 };
        let mut scrape = Scrape::new(format, &settings);
        scrape.labels.begin(scrape.state(&named));
        for (peer, state, value) in
            [("b", "up", 1), ("a", "up", 0), ("b", "down", 0), ("a", "down", 1)]
        {
            let Scrape { labels, rows, .. } = &mut scrape;
            rows.push(0, Reading::Number(Number::I64(value)), &[], 0, |out| {
                let pairs = [("state", LabelRef::Str(state)), ("to", LabelRef::Str(peer))];
                labels.write(pairs.into_iter(), out);
            });
        }
        scrape.rows.sort(|_, _, _| panic!("no labels are equal"));
        let family = Family {
            name: &named.name,
            kind,
            unit: "",
            help: "The state of the link.",
            members: &[],
            rows: &scrape.rows,
        };
        let mut out = Vec::new();
        match format {
            Format::OpenMetrics(_) => text::write_open_metrics(&family, true, &mut out),
            Format::OpenMetrics2(_) => open_metrics_2::write(&family, &mut out),
            _ => text::write_text(&family, &mut out),
        }
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn states_of_one_entity_follow_each_other_under_the_name_of_the_metric() {
        let expected = "# TYPE link_state stateset\n\
                        # HELP link_state The state of the link.\n\
                        link_state{to=\"a\",link_state=\"down\"} 1\n\
                        link_state{to=\"a\",link_state=\"up\"} 0\n\
                        link_state{to=\"b\",link_state=\"down\"} 0\n\
                        link_state{to=\"b\",link_state=\"up\"} 1\n";
        assert_eq!(states(Format::OpenMetrics(Escaping::Underscores)), expected);
        assert_eq!(states(Format::OpenMetrics2(Escaping::Underscores)), expected);
    }

    #[test]
    fn states_are_gauges_with_their_own_label_in_text() {
        let expected = "# HELP link_state The state of the link.\n\
                        # TYPE link_state gauge\n\
                        link_state{state=\"down\",to=\"a\"} 1\n\
                        link_state{state=\"down\",to=\"b\"} 0\n\
                        link_state{state=\"up\",to=\"a\"} 0\n\
                        link_state{state=\"up\",to=\"b\"} 1\n";
        assert_eq!(states(Format::Text), expected);
    }
}
