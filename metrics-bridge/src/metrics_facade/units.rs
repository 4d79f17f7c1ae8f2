//! The units of the crate `metrics` as UCUM codes.

use metrics::Unit;

/// The UCUM code of a unit. A count of things is an annotation, because Prometheus takes the code
/// `1` of a gauge for a ratio.
pub(super) fn ucum(unit: Unit) -> &'static str {
    match unit {
        Unit::Count => "{count}",
        Unit::Percent => "%",
        Unit::Seconds => "s",
        Unit::Milliseconds => "ms",
        Unit::Microseconds => "us",
        Unit::Nanoseconds => "ns",
        Unit::Tebibytes => "TiBy",
        Unit::Gibibytes => "GiBy",
        Unit::Mebibytes => "MiBy",
        Unit::Kibibytes => "KiBy",
        Unit::Bytes => "By",
        Unit::TerabitsPerSecond => "Tbit/s",
        Unit::GigabitsPerSecond => "Gbit/s",
        Unit::MegabitsPerSecond => "Mbit/s",
        Unit::KilobitsPerSecond => "kbit/s",
        Unit::BitsPerSecond => "bit/s",
        Unit::CountPerSecond => "{count}/s",
    }
}

/// The unit that the last word of a name tells, for the buckets of histograms that nobody
/// describes.
pub(super) fn unit_in_name(name: &str) -> &'static str {
    let last = name.rsplit(['_', '.', '-', '/']).next().unwrap_or_default();
    match Unit::from_string(last) {
        Some(unit) if last != "count" => ucum(unit),
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use typed_metrics_core::unit::check_unit;

    const ALL: [Unit; 17] = [
        Unit::Count,
        Unit::Percent,
        Unit::Seconds,
        Unit::Milliseconds,
        Unit::Microseconds,
        Unit::Nanoseconds,
        Unit::Tebibytes,
        Unit::Gibibytes,
        Unit::Mebibytes,
        Unit::Kibibytes,
        Unit::Bytes,
        Unit::TerabitsPerSecond,
        Unit::GigabitsPerSecond,
        Unit::MegabitsPerSecond,
        Unit::KilobitsPerSecond,
        Unit::BitsPerSecond,
        Unit::CountPerSecond,
    ];

    #[test]
    fn every_unit_has_its_own_valid_code() {
        let codes = ALL.map(ucum);
        for (i, code) in codes.iter().enumerate() {
            assert_eq!(check_unit(code), Ok(()), "{code}");
            assert!(!codes[..i].contains(code), "{code}");
        }
    }

    #[test]
    fn the_last_word_of_a_name_may_be_a_unit() {
        let cases = [
            ("request_duration_seconds", "s"),
            ("reply.bytes", "By"),
            ("seconds", "s"),
            ("seconds_left", ""),
            ("retry_count", ""),
            ("x", ""),
        ];
        for (name, unit) in cases {
            assert_eq!(unit_in_name(name), unit, "{name}");
        }
    }
}
