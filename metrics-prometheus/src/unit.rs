//! Units: UCUM codes as the words that Prometheus uses.

use std::fmt::Write as _;

use typed_metrics_core::Descriptor;

use crate::kind::Kind;

/// The words for UCUM codes, as in Prometheus' own translation of OTLP.
const WORDS: &[(&str, &str)] = &[
    ("d", "days"),
    ("h", "hours"),
    ("min", "minutes"),
    ("s", "seconds"),
    ("ms", "milliseconds"),
    ("us", "microseconds"),
    ("ns", "nanoseconds"),
    ("By", "bytes"),
    ("KiBy", "kibibytes"),
    ("MiBy", "mebibytes"),
    ("GiBy", "gibibytes"),
    ("TiBy", "tebibytes"),
    ("kBy", "kilobytes"),
    ("KBy", "kilobytes"),
    ("MBy", "megabytes"),
    ("GBy", "gigabytes"),
    ("TBy", "terabytes"),
    ("bit", "bits"),
    ("m", "meters"),
    ("V", "volts"),
    ("A", "amperes"),
    ("J", "joules"),
    ("W", "watts"),
    ("g", "grams"),
    ("Cel", "celsius"),
    ("Hz", "hertz"),
    ("%", "percent"),
];

/// The words for UCUM codes after a slash.
const PER: &[(&str, &str)] = &[
    ("s", "second"),
    ("m", "minute"),
    ("min", "minute"),
    ("h", "hour"),
    ("d", "day"),
    ("w", "week"),
    ("wk", "week"),
    ("mo", "month"),
    ("y", "year"),
    ("a", "year"),
    ("By", "byte"),
];

/// The unit in words: what is counted, and per what. Both are empty if there is no such part.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Words {
    /// Such as `bytes`.
    pub(crate) main: String,
    /// Such as `per_second`.
    pub(crate) per: String,
}

impl Words {
    /// The words of a UCUM unit. Annotations such as `{request}` are left out, and so is `1`.
    pub(crate) fn of(unit: &str) -> Self {
        let unit = without_annotations(unit);
        let (main, per) = unit.split_once('/').unwrap_or((&unit, ""));
        let main = if main == "1" { String::new() } else { word(WORDS, main) };
        let mut words = Self { main, per: String::new() };
        let per = word(PER, per);
        if !per.is_empty() {
            // Writing to a string never fails.
            let _ = write!(words.per, "per_{per}");
        }
        words
    }

    /// Both parts, such as `bytes_per_second`.
    pub(crate) fn joined(&self) -> String {
        match (&*self.main, &*self.per) {
            ("", per) => per.to_owned(),
            (main, "") => main.to_owned(),
            (main, per) => format!("{main}_{per}"),
        }
    }
}

/// The unit of a metric in words; empty if there is none.
pub(crate) fn unit_of(metric: &Descriptor) -> String {
    match (metric.unit(), Kind::of(metric)) {
        ("1", Kind::Gauge) => "ratio".to_owned(),
        // These types have no unit.
        (_, Kind::Info | Kind::StateSet(_)) => String::new(),
        (unit, _) => Words::of(unit).joined(),
    }
}

fn word(table: &[(&str, &str)], code: &str) -> String {
    match table.iter().find(|(known, _)| *known == code) {
        Some((_, word)) => (*word).to_owned(),
        None => classic(code),
    }
}

/// The code with other characters than letters and digits as single underscores.
fn classic(code: &str) -> String {
    let parts = code.split(|c: char| !c.is_ascii_alphanumeric()).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("_")
}

/// The unit without its annotations, which are in braces.
fn without_annotations(unit: &str) -> String {
    let mut kept = String::with_capacity(unit.len());
    let mut depth = 0_usize;
    for c in unit.chars() {
        match c {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_words() {
        let cases = [
            ("s", "seconds"),
            ("ms", "milliseconds"),
            ("By", "bytes"),
            ("By/s", "bytes_per_second"),
            ("{request}", ""),
            ("{request}/s", "per_second"),
            ("By{compressed}", "bytes"),
            ("1", ""),
            ("1/s", "per_second"),
            ("%", "percent"),
            ("", ""),
            ("m/s", "meters_per_second"),
            ("furlong", "furlong"),
            ("[in_i]", "in_i"),
            ("kg.m/s2", "kg_m_per_s2"),
            ("{a}/{b}", ""),
            ("mm[Hg]", "mm_Hg"),
        ];
        for (unit, words) in cases {
            assert_eq!(Words::of(unit).joined(), words, "{unit}");
        }
    }
}
