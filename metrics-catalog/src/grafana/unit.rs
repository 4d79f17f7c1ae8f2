//! Units of Grafana.

/// The unit of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Unit {
    /// The identifier of Grafana's formats.
    pub(super) id: &'static str,
    /// The words for an axis, if the format does not say them.
    pub(super) axis: String,
}

/// UCUM codes, the formats of amounts, and those of amounts in a second.
const FORMATS: &[(&str, &str, &str)] = &[
    ("s", "s", "percentunit"),
    ("ms", "ms", "short"),
    ("us", "µs", "short"),
    ("ns", "ns", "short"),
    ("min", "m", "short"),
    ("h", "h", "short"),
    ("d", "d", "short"),
    ("By", "bytes", "binBps"),
    ("KiBy", "kbytes", "KiBs"),
    ("MiBy", "mbytes", "MiBs"),
    ("GiBy", "gbytes", "GiBs"),
    ("TiBy", "tbytes", "TiBs"),
    ("kBy", "deckbytes", "KBs"),
    ("KBy", "deckbytes", "KBs"),
    ("MBy", "decmbytes", "MBs"),
    ("GBy", "decgbytes", "GBs"),
    ("TBy", "dectbytes", "TBs"),
    ("bit", "bits", "bps"),
    ("By/s", "binBps", "short"),
    ("bit/s", "bps", "short"),
    ("%", "percent", "short"),
    ("Cel", "celsius", "short"),
    ("V", "volt", "short"),
    ("A", "amp", "short"),
    ("W", "watt", "short"),
    ("J", "joule", "watt"),
    ("Hz", "hertz", "short"),
    ("m", "lengthm", "velocityms"),
    ("g", "massg", "short"),
    ("EUR", "currencyEUR", "short"),
    ("USD", "currencyUSD", "short"),
    ("GBP", "currencyGBP", "short"),
    ("{request}", "short", "reqps"),
    ("requests", "short", "reqps"),
    ("{operation}", "short", "ops"),
    ("operations", "short", "ops"),
    ("{packet}", "short", "pps"),
    ("packets", "short", "pps"),
];

impl Unit {
    /// The format of values of a metric in this unit. A ratio is a value of a gauge in the unit
    /// `1`.
    pub(super) fn of(unit: &str, is_gauge: bool) -> Self {
        match unit {
            "1" if is_gauge => Self::plain("percentunit"),
            "" | "1" => Self::plain("short"),
            _ => match FORMATS.iter().find(|(code, ..)| *code == unit) {
                Some((_, "short", _)) | None => {
                    Self { id: "short", axis: words(unit, !unit.contains('/')) }
                }
                Some((_, id, _)) => Self::plain(id),
            },
        }
    }

    /// The format of an amount in a second.
    pub(super) fn of_rate(unit: &str) -> Self {
        match FORMATS.iter().find(|(code, ..)| *code == unit) {
            Some((_, _, "short")) | None => {
                let words = words(unit, true);
                let separator = if words.is_empty() { "" } else { " " };
                Self { id: "short", axis: format!("{words}{separator}/ s") }
            }
            Some((_, _, id)) => Self::plain(id),
        }
    }

    /// The number of measurements in a second.
    pub(super) fn measurements() -> Self {
        Self { id: "short", axis: "/ s".to_owned() }
    }

    pub(super) fn share() -> Self {
        Self::plain("percentunit")
    }

    pub(super) fn count() -> Self {
        Self::plain("short")
    }

    fn plain(id: &'static str) -> Self {
        Self { id, axis: String::new() }
    }
}

/// A unit without its braces. Annotations of UCUM are in the singular.
fn words(unit: &str, is_plural: bool) -> String {
    if unit == "1" {
        return String::new();
    }
    match unit.strip_prefix('{').and_then(|unit| unit.strip_suffix('}')) {
        Some(word) if is_plural && word.ends_with(|c: char| c.is_ascii_lowercase() && c != 's') => {
            match word.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u'])) {
                Some(stem) => format!("{stem}ies"),
                None => format!("{word}s"),
            }
        }
        Some(word) => word.to_owned(),
        None => unit.replace(['{', '}'], ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_become_formats() {
        let cases = [
            ("s", false, "s", ""),
            ("ms", false, "ms", ""),
            ("By", true, "bytes", ""),
            ("By/s", true, "binBps", ""),
            ("1", true, "percentunit", ""),
            ("1", false, "short", ""),
            ("", true, "short", ""),
            ("%", true, "percent", ""),
            ("{request}", false, "short", "requests"),
            ("{entry}", true, "short", "entries"),
            ("{day}", true, "short", "days"),
            ("tokens/s", false, "short", "tokens/s"),
            ("{token}/s", false, "short", "token/s"),
            ("furlong", true, "short", "furlong"),
        ];
        for (unit, is_gauge, id, axis) in cases {
            assert_eq!(Unit::of(unit, is_gauge), Unit { id, axis: axis.to_owned() }, "{unit}");
        }
    }

    #[test]
    fn rates_have_formats_of_their_own() {
        let cases = [
            ("By", "binBps", ""),
            ("s", "percentunit", ""),
            ("{request}", "reqps", ""),
            ("{call}", "short", "calls / s"),
            ("", "short", "/ s"),
            ("1", "short", "/ s"),
            ("EUR", "short", "EUR / s"),
        ];
        for (unit, id, axis) in cases {
            assert_eq!(Unit::of_rate(unit), Unit { id, axis: axis.to_owned() }, "{unit}");
        }
    }
}
