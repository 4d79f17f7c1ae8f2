//! Writes families one after the other, in the same memory.

use typed_metrics_core::Descriptor;

use super::family::{Family, Member};
use super::labels::LabelWriter;
use super::number::Number;
use super::protobuf::ProtobufWriter;
use super::rows::{Counts, Reading, Rows};
use super::source::{Source, pairs};
use super::warn::Warnings;
use super::{open_metrics_2, text};
use crate::conflicts::{Families, Named, is_one};
use crate::format::Format;
use crate::kind::Kind;
use crate::scope::labels_of;
use crate::settings::Settings;
use crate::unit::unit_of;

/// What the families of a scrape use.
#[derive(Debug)]
pub(super) struct Scrape<'a> {
    format: Format,
    settings: &'a Settings,
    labels: LabelWriter<'a>,
    rows: Rows,
    warnings: Warnings,
}

impl<'a> Scrape<'a> {
    pub(super) fn new(format: Format, settings: &'a Settings) -> Self {
        Self {
            format,
            settings,
            labels: LabelWriter::new(format, &settings.naming),
            rows: Rows::default(),
            warnings: Warnings::default(),
        }
    }

    /// Appends all families to `out`.
    pub(super) fn write_all(
        self,
        families: &Families,
        source: &mut impl Source,
        out: &mut Vec<u8>,
    ) -> Warnings {
        let (format, created) = (self.format, self.settings.created);
        let mut protobuf = ProtobufWriter::default();
        let warnings = self.for_each(families, source, |family| match format {
            Format::Text | Format::Text1(_) => text::write_text(family, out),
            Format::OpenMetrics(_) => text::write_open_metrics(family, created, out),
            Format::OpenMetrics2(_) => open_metrics_2::write(family, out),
            Format::Protobuf(_) => protobuf.write(family, out),
        });
        if matches!(format, Format::OpenMetrics(_) | Format::OpenMetrics2(_)) {
            out.extend_from_slice(b"# EOF\n");
        }
        warnings
    }

    /// Calls `f` with each family that has series.
    pub(super) fn for_each(
        mut self,
        families: &Families,
        source: &mut impl Source,
        mut f: impl FnMut(&Family<'_>),
    ) -> Warnings {
        families.left_out.iter().for_each(|conflict| self.warnings.add_name(conflict));
        families.families.iter().for_each(|family| self.read(family, source, &mut f));
        self.warnings
    }

    /// Reads the series of a family, and calls `f` unless there are none.
    fn read(&mut self, family: &[Named], source: &mut impl Source, f: impl FnOnce(&Family<'_>)) {
        let first = &family[0];
        self.rows.clear();
        self.labels.begin(self.state(first));
        if first.metric.is_some_and(|metric| metric.exposed_as().is_some()) {
            self.labels.keep_quantile();
        }
        let mut members = Vec::with_capacity(family.len());
        let Self { labels, rows, settings, warnings, .. } = self;
        for named in family {
            match named.metric {
                Some(metric) => {
                    let own = metric.scope().map(labels_of);
                    let scope = own.as_ref().unwrap_or(&settings.scope);
                    source.add(named.index, members.len(), scope, labels, rows);
                    members.push(Member::new(metric.boundaries()));
                }
                None => {
                    let one = Reading::Number(Number::U64(1));
                    rows.push(0, one, Counts::default(), 0, |out| {
                        labels.write(pairs(&settings.resource), out);
                    });
                }
            }
        }
        if rows.is_empty() {
            return;
        }
        let is_sum = !matches!(first.kind, Kind::Gauge);
        rows.sort(|rows, kept, other| {
            let of = |row| family[rows.member(row)].metric;
            let (Some(a), Some(b)) = (of(kept), of(other)) else { return };
            if !is_one(a, b) {
                warnings.add_equal_series(&first.name, a, b);
            } else if a.boundaries() == b.boundaries() {
                // Two definitions of one metric, two instruments of a scope, or labels that differ
                // in their type only, such as `1` and `"1"`.
                rows.merge(kept, other, is_sum);
            } else {
                warnings.add_other_buckets(a, b);
            }
        });
        let unit = first.metric.map(unit_of);
        let family = Family {
            name: &first.name,
            kind: first.kind,
            unit: unit.as_deref().unwrap_or_default(),
            help: first.metric.map_or("Target metadata", Descriptor::description),
            members: &members,
            rows: &self.rows,
        };
        f(&family);
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
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::LabelRef;

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
            rows.push(0, Reading::Number(Number::I64(value)), Counts::default(), 0, |out| {
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

    #[test]
    fn a_label_with_the_name_of_the_state_set_gets_a_prefix() {
        let settings = Settings::default();
        let write = |format| {
            let mut labels = LabelWriter::new(format, &settings.naming);
            labels.begin(
                matches!(format, Format::OpenMetrics(_)).then(|| ("state", "link".to_owned())),
            );
            let mut out = Vec::new();
            let pairs = [("link", LabelRef::Str("a")), ("state", LabelRef::Str("up"))];
            labels.write(pairs.into_iter(), &mut out);
            String::from_utf8(out).unwrap()
        };
        let open_metrics = write(Format::OpenMetrics(Escaping::Underscores));
        assert_eq!(open_metrics, "exported_link=\"a\",link=\"up\"");
        assert_eq!(write(Format::Text), "link=\"a\",state=\"up\"");
    }
}
