//! The families of a text in the format of OpenMetrics.

use typed_metrics_core::{GivenHistogram, ImportedLabels, ImportedMetric, ImportedValue, Metric};

use super::sample::{Sample, sample};
use crate::otel_name::otel_name;

/// A family, as its lines tell it.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Family {
    name: String,
    help: String,
    unit: String,
    kind: Kind,
    /// Whether a line told the kind.
    has_type: bool,
    series: Vec<(Vec<(String, String)>, Value)>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kind {
    Counter,
    Histogram,
    Info,
    /// Also a family of a type that has one number in each series, or of no type.
    #[default]
    Gauge,
}

#[derive(Debug, Clone, PartialEq)]
enum Value {
    Number(f64),
    Histogram {
        /// The limits with the counts up to them. The last one counts all values.
        buckets: Vec<(f64, f64)>,
        sum: f64,
    },
}

/// The description of the last family, which may have several lines: `prometheus-client` escapes no
/// line ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Description {
    Ended,
    /// It goes on until the type of the family. `prometheus-client` writes them in this order, so a
    /// line in between is no sample, whatever it looks like.
    UntilType,
    /// The type came first, so the description goes on until a sample of the family, or a line of a
    /// family's head.
    UntilSample,
}

impl Description {
    fn goes_on(self, family: &Family, line: &str) -> bool {
        match self {
            Self::Ended => false,
            Self::UntilType => {
                !matches!(head(line), Some((Fact::Type, name, _)) if name == family.name)
            }
            Self::UntilSample => {
                let is_sample = sample(line).is_some_and(|sample| family.owns(sample.name));
                line != "# EOF" && head(line).is_none() && !is_sample
            }
        }
    }
}

/// The families of a text.
///
/// # Errors
/// The line that cannot be read, or the family without a type.
pub(super) fn families(text: &str) -> Result<Vec<Family>, String> {
    let mut families: Vec<Family> = Vec::new();
    let mut description = Description::Ended;
    for line in text.lines() {
        if let Some(family) = families.last_mut()
            && description.goes_on(family, line)
        {
            family.help.push('\n');
            family.help.push_str(&unescaped(line));
            continue;
        }
        description = Description::Ended;
        if line == "# EOF" {
            break;
        }
        if let Some((fact, name, told)) = head(line) {
            let family = named(&mut families, name);
            match fact {
                Fact::Help => {
                    family.help = unescaped(told);
                    // A family with samples begins again, as in a registry below.
                    let has_type = family.has_type && family.series.is_empty();
                    description =
                        if has_type { Description::UntilSample } else { Description::UntilType };
                }
                Fact::Type => {
                    family.kind = kind(told);
                    family.has_type = true;
                }
                Fact::Unit => told.clone_into(&mut family.unit),
            }
            continue;
        }
        match (sample(line).filter(|_| !line.starts_with('#')), families.last_mut()) {
            (Some(sample), Some(family)) => family.add(sample),
            (Some(_), None) => return Err(format!("the line {line:?} belongs to no family")),
            _ if line.is_empty() || line.starts_with('#') => {}
            _ => return Err(format!("the line {line:?} is no sample")),
        }
    }
    if let (Description::UntilType, Some(family)) = (description, families.last()) {
        let name = &family.name;
        return Err(format!("the family `{name}` has a description and no line `# TYPE {name} …`"));
    }
    families.retain(|family| !family.series.is_empty());
    Ok(families)
}

/// The facts in the head of a family.
enum Fact {
    Help,
    Type,
    Unit,
}

/// The fact, the name of the family and the text, if the line is one of a family's head.
fn head(line: &str) -> Option<(Fact, &str, &str)> {
    let mut words = line.strip_prefix("# ")?.splitn(3, ' ');
    let fact = match words.next()? {
        "HELP" => Fact::Help,
        "TYPE" => Fact::Type,
        "UNIT" => Fact::Unit,
        _ => return None,
    };
    Some((fact, words.next()?, words.next().unwrap_or_default()))
}

/// The family with this name, which is the last one or new.
fn named<'a>(families: &'a mut Vec<Family>, name: &str) -> &'a mut Family {
    if families.last().is_none_or(|family| family.name != name) {
        families.push(Family { name: name.to_owned(), ..Family::default() });
    }
    let last = families.len() - 1;
    &mut families[last]
}

fn kind(word: &str) -> Kind {
    match word {
        "counter" => Kind::Counter,
        "histogram" => Kind::Histogram,
        "info" => Kind::Info,
        _ => Kind::Gauge,
    }
}

/// A description with the escapes of OpenMetrics replaced: `\n`, `\"` and `\\`. Another `\` is
/// kept.
fn unescaped(text: &str) -> String {
    let mut unescaped = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        let escaped = (c == '\\').then(|| chars.as_str().chars().next()).flatten();
        let replaced = match escaped {
            Some('n') => Some('\n'),
            Some(c @ ('"' | '\\')) => Some(c),
            _ => None,
        };
        unescaped.push(replaced.unwrap_or(c));
        if replaced.is_some() {
            chars.next();
        }
    }
    unescaped
}

impl Family {
    /// Whether a sample with this name is one of the family's first.
    fn owns(&self, sample: &str) -> bool {
        let suffix = sample.strip_prefix(self.name.as_str());
        suffix.is_some_and(|suffix| match self.kind {
            Kind::Counter | Kind::Gauge | Kind::Info => suffix == self.suffix(),
            Kind::Histogram => matches!(suffix, "_bucket" | "_count" | "_sum"),
        })
    }

    fn add(&mut self, sample: Sample<'_>) {
        let Some(suffix) = sample.name.strip_prefix(self.name.as_str()) else { return };
        let Sample { mut labels, value, .. } = sample;
        match (self.kind, suffix) {
            (Kind::Counter, "_total") | (Kind::Info, "_info") | (Kind::Gauge, "") => {
                self.series.push((labels, Value::Number(value)));
            }
            (Kind::Histogram, "_bucket") => {
                let Some(le) = labels.iter().position(|(name, _)| name == "le") else { return };
                let (_, limit) = labels.remove(le);
                let Ok(limit) = limit.parse() else { return };
                if let Value::Histogram { buckets, .. } = self.histogram(labels) {
                    buckets.push((limit, value));
                }
            }
            (Kind::Histogram, "_sum") => {
                if let Value::Histogram { sum, .. } = self.histogram(labels) {
                    *sum = value;
                }
            }
            // Counts are those of the last bucket, and times of creation are left out.
            _ => {}
        }
    }

    /// The histogram with these labels. The lines of one follow each other.
    fn histogram(&mut self, labels: Vec<(String, String)>) -> &mut Value {
        let is_last = self.series.last().is_some_and(|(last, _)| *last == labels);
        if !is_last {
            self.series.push((labels, Value::Histogram { buckets: Vec::new(), sum: 0.0 }));
        }
        let last = self.series.len() - 1;
        &mut self.series[last].1
    }

    /// The metric of this framework.
    pub(super) fn imported(&self) -> Option<ImportedMetric> {
        let series: Vec<_> = self
            .series
            .iter()
            .map(|(labels, value)| (ImportedLabels(labels.clone()), value.imported()))
            .collect();
        let (name, suffix) = (&self.name, self.suffix());
        let exposed = format!("{name}{suffix}");
        let metric = match self.kind {
            Kind::Counter => Metric::counter(otel_name(name)),
            Kind::Gauge => Metric::gauge(otel_name(name)),
            Kind::Info => Metric::gauge(otel_name(&exposed)),
            Kind::Histogram => {
                let (_, ImportedValue::Histogram(first)) = series.first()? else { return None };
                Metric::histogram(otel_name(name)).buckets(first.limits())
            }
        };
        let metric = metric.description(self.help.as_str()).unit(ucum(&self.unit));
        Some(ImportedMetric { metric: metric.exposed_as(exposed), series })
    }

    fn suffix(&self) -> &'static str {
        match self.kind {
            Kind::Counter => "_total",
            Kind::Info => "_info",
            Kind::Gauge | Kind::Histogram => "",
        }
    }
}

impl Value {
    fn imported(&self) -> ImportedValue {
        match self {
            Self::Number(value) => ImportedValue::Number(*value),
            Self::Histogram { buckets, sum } => {
                let mut below = 0.0;
                let own = |(limit, up_to): &(f64, f64)| {
                    // Counts are whole numbers that do not fall, up to 2^53.
                    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
                    let count = (up_to - below).max(0.0) as u64;
                    below = *up_to;
                    (*limit, count)
                };
                let buckets = buckets.iter().map(own).collect();
                ImportedValue::Histogram(GivenHistogram { buckets, sum: *sum })
            }
        }
    }
}

/// The UCUM code of a unit of OpenMetrics.
fn ucum(unit: &str) -> String {
    let code = match unit {
        "" => "",
        "amperes" => "A",
        "bytes" => "By",
        "celsius" => "Cel",
        "grams" => "g",
        "joules" => "J",
        "meters" => "m",
        "ratios" => "1",
        "seconds" => "s",
        "volts" => "V",
        other => return format!("{{{other}}}"),
    };
    code.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_that_is_no_sample_is_an_error() {
        assert!(families("up").unwrap_err().contains("\"up\""));
        assert!(families("up 1").unwrap_err().contains("no family"));
        assert_eq!(families("# EOF\nup").unwrap(), []);
    }

    /// The descriptions of the families.
    fn helps(text: &str) -> Vec<String> {
        families(text).unwrap().into_iter().map(|family| family.help).collect()
    }

    #[test]
    fn a_description_may_have_several_lines() {
        // As `prometheus-client` writes them, before the type.
        let text = "# HELP a First.\n# second: a list\n\n- third 1\n# TYPE a counter\na_total 1\n\
                    # HELP b B.\n# TYPE b gauge\nb 2\n# EOF\n";
        assert_eq!(helps(text), ["First.\n# second: a list\n\n- third 1", "B."]);
        // Before the samples, after the type.
        let text = "# TYPE a gauge\n# HELP a First.\nsecond line\na{k=\"v\"} 1\n# EOF\n";
        assert_eq!(helps(text), ["First.\nsecond line"]);
    }

    #[test]
    fn a_line_of_a_description_is_no_sample() {
        for line in ["a 5", "a_total 5", "ab 5", "# EOF", "# HELP b B.", "# TYPE ab gauge"] {
            let text = format!("# HELP a A.\n{line}\n# TYPE a counter\na_total 1\n# EOF\n");
            let families = families(&text).unwrap();
            assert_eq!(families[0].series, [(vec![], Value::Number(1.0))], "{line}");
            assert_eq!((families.len(), &*families[0].help), (1, &*format!("A.\n{line}")));
        }
        // After the type, a sample has the name of the family and the suffix of the type.
        for (kind, line, sample) in [
            ("counter", "a 5", "a_total 1"),
            ("gauge", "ab 5", "a 1"),
            ("info", "a 5", "a_info 1"),
            ("histogram", "a 5", "a_bucket{le=\"+Inf\"} 1"),
        ] {
            let text = format!("# TYPE a {kind}\n# HELP a A.\n{line}\n{sample}\n# EOF\n");
            assert_eq!(helps(&text), [format!("A.\n{line}")]);
        }
        // A registry below writes the head of a family of the same name again.
        let text = "# HELP a A.\n# TYPE a gauge\na 1\n# HELP a B.\na 5\n# TYPE a gauge\n\
                    a{k=\"v\"} 2\n# EOF\n";
        assert_eq!(helps(text), ["B.\na 5"]);
        assert_eq!(families(text).unwrap()[0].series.len(), 2);
    }

    #[test]
    fn a_family_without_a_type_is_an_error() {
        let error = families("# HELP a A.\na 1\n# EOF\n").unwrap_err();
        assert_eq!(error, "the family `a` has a description and no line `# TYPE a …`");
    }

    #[test]
    fn another_comment_is_left_out() {
        let text = "# TYPE a counter\n# a comment\na_total 1\n#\na_total{k=\"v\"} 2\n# EOF\n";
        let families = families(text).unwrap();
        assert_eq!(families.len(), 1);
        assert_eq!(families[0].series.len(), 2);
    }

    #[test]
    fn escapes_of_a_description_are_replaced_once() {
        let cases =
            [(r"a\nb", "a\nb"), (r"a\\nb", r"a\nb"), (r#"\"a\""#, "\"a\""), (r"a\d\", r"a\d\")];
        for (escaped, text) in cases {
            assert_eq!(unescaped(escaped), text, "{escaped}");
        }
    }

    #[test]
    fn a_histogram_has_its_own_counts() {
        let text = "# HELP h H.\n# TYPE h histogram\nh_sum{a=\"1\"} 7.5\nh_count{a=\"1\"} 4\n\
                    h_bucket{le=\"1.0\",a=\"1\"} 1\nh_bucket{le=\"5.0\",a=\"1\"} 3\n\
                    h_bucket{le=\"+Inf\",a=\"1\"} 4\n# EOF\n";
        let families = families(text).unwrap();
        let imported = families[0].imported().unwrap();
        let [(labels, ImportedValue::Histogram(histogram))] = &*imported.series else {
            panic!("{imported:?}");
        };
        assert_eq!(labels.0, [("a".to_owned(), "1".to_owned())]);
        assert_eq!(histogram.buckets, [(1.0, 1), (5.0, 2), (f64::INFINITY, 1)]);
        assert_eq!(histogram.sum, 7.5);
    }

    #[test]
    fn units_become_codes() {
        for (unit, code) in [("", ""), ("seconds", "s"), ("ratios", "1"), ("apples", "{apples}")] {
            assert_eq!(ucum(unit), code);
        }
    }
}
