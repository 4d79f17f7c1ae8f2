//! Content negotiation: the format that an `Accept` header prefers.

use crate::escaping::Escaping;
use crate::format::Format;

const PROTO: &str = "io.prometheus.client.MetricFamily";

impl Format {
    /// The format that a scraper's `Accept` header prefers; [`Format::Text`] if there is no header,
    /// or none of its formats is known.
    ///
    /// [`Format::OpenMetrics2`] is chosen only for `version=2.0.0`. Of formats with the same
    /// quality, the first one in the header is chosen.
    ///
    /// ```
    /// use typed_metrics_prometheus::{Escaping, Format};
    ///
    /// assert_eq!(Format::from_accept(None), Format::Text);
    /// assert_eq!(
    ///     Format::from_accept(Some(
    ///         "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.6,*/*;q=0.1",
    ///     )),
    ///     Format::OpenMetrics(Escaping::AllowUtf8),
    /// );
    /// ```
    #[must_use]
    pub fn from_accept(accept: Option<&str>) -> Self {
        accept.and_then(preferred).unwrap_or_default()
    }
}

/// The known format with the highest quality; `None` if the header has none.
fn preferred(accept: &str) -> Option<Format> {
    let ranges = || accept.split(',').map(Range::parse);
    // A scraper states the scheme with the text formats only, but it reads the names of all formats
    // alike.
    let stated = ranges().find_map(|range| range.escaping);
    let mut best: Option<(f32, Format)> = None;
    for range in ranges() {
        let Some(format) = range.format(stated) else { continue };
        // The first one of equal quality counts.
        if range.quality > best.map_or(0.0, |(quality, _)| quality) {
            best = Some((range.quality, format));
        }
    }
    best.map(|(_, format)| format)
}

/// One media range of the header, with the parameters that matter.
#[derive(Debug, Default)]
struct Range<'a> {
    media_type: &'a str,
    version: Option<&'a str>,
    proto: Option<&'a str>,
    encoding: Option<&'a str>,
    escaping: Option<Escaping>,
    quality: f32,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Self {
        let mut parts = text.split(';').map(str::trim);
        let media_type = parts.next().unwrap_or_default();
        let mut range = Self { media_type, quality: 1.0, ..Self::default() };
        for part in parts {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let value = value.trim().trim_matches('"');
            match name.trim().to_ascii_lowercase().as_str() {
                "version" => range.version = Some(value),
                "proto" => range.proto = Some(value),
                "encoding" => range.encoding = Some(value),
                "escaping" => range.escaping = Escaping::named(value),
                // A quality that is no number from 0 to 1 makes the range unusable.
                "q" => {
                    let quality = value.parse().ok().filter(|q| (0.0..=1.0).contains(q));
                    range.quality = quality.unwrap_or(0.0);
                }
                _ => {}
            }
        }
        range
    }

    /// The format of the range, if it is known. `stated` is the first scheme in the header.
    fn format(&self, stated: Option<Escaping>) -> Option<Format> {
        let escaping = self.escaping.unwrap_or_default();
        let is = |media_type: &str| self.media_type.eq_ignore_ascii_case(media_type);
        if is("application/openmetrics-text") {
            return match self.version {
                None | Some("1.0.0") => Some(Format::OpenMetrics(escaping)),
                Some("2.0.0") => Some(Format::OpenMetrics2(escaping)),
                Some(_) => None,
            };
        }
        if is("application/vnd.google.protobuf") {
            let is_known = self.proto == Some(PROTO) && self.encoding == Some("delimited");
            let escaping = self.escaping.or(stated).unwrap_or_default();
            return is_known.then_some(Format::Protobuf(escaping));
        }
        if is("text/plain") {
            return match self.version {
                None | Some("0.0.4") => Some(Format::Text),
                Some("1.0.0") => Some(Format::Text1(escaping)),
                Some(_) => None,
            };
        }
        (is("*/*") || is("text/*")).then_some(Format::Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Escaping::{AllowUtf8, Dots, Underscores, Values};

    #[test]
    fn the_headers_of_scrapers_choose_their_first_format() {
        let cases = [
            // Prometheus 2.5 to 2.22: OpenMetrics 0.0.1 is not offered.
            (
                "application/openmetrics-text; version=0.0.1,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::Text,
            ),
            // Prometheus 2.42.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;\
                 version=0.0.1;q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1",
                Format::OpenMetrics(Underscores),
            ),
            // Prometheus 2.53 with native histograms.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                 encoding=delimited;q=0.5,application/openmetrics-text;version=1.0.0;q=0.4,\
                 application/openmetrics-text;version=0.0.1;q=0.3,text/plain;version=0.0.4;q=0.2,\
                 */*;q=0.1",
                Format::Protobuf(Underscores),
            ),
            // Prometheus 3.
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 application/openmetrics-text;version=0.0.1;q=0.4,\
                 text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,\
                 text/plain;version=0.0.4;q=0.2,*/*;q=0.1",
                Format::OpenMetrics(AllowUtf8),
            ),
            // Prometheus 3 with native histograms.
            (
                "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;\
                 encoding=delimited;q=0.6,\
                 application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,\
                 text/plain;version=1.0.0;escaping=allow-utf-8;q=0.3,*/*;q=0.1",
                Format::Protobuf(AllowUtf8),
            ),
            ("text/plain;version=1.0.0;escaping=dots;q=0.3, */*;q=0.1", Format::Text1(Dots)),
            // VictoriaMetrics.
            ("text/plain;version=0.0.4;q=1,*/*;q=0.1", Format::Text),
            // A browser.
            ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", Format::Text),
            ("*/*", Format::Text),
            ("text/*", Format::Text),
        ];
        for (accept, format) in cases {
            assert_eq!(Format::from_accept(Some(accept)), format, "{accept}");
        }
    }

    #[test]
    fn quality_and_then_the_order_decide() {
        let cases = [
            (
                "text/plain;q=0.5, application/openmetrics-text;q=0.6",
                Format::OpenMetrics(Underscores),
            ),
            ("text/plain, application/openmetrics-text", Format::Text),
            ("application/openmetrics-text, text/plain", Format::OpenMetrics(Underscores)),
            ("application/openmetrics-text;q=0, text/plain;q=0.1", Format::Text),
            ("application/openmetrics-text;q=nan, text/plain;q=0.1", Format::Text),
            ("application/openmetrics-text;q=7, text/plain;q=0.1", Format::Text),
            (
                "Application/OpenMetrics-Text ; Version=\"1.0.0\" ; Q=0.9",
                Format::OpenMetrics(Underscores),
            ),
            ("application/openmetrics-text;escaping=values", Format::OpenMetrics(Values)),
            ("application/openmetrics-text;escaping=no-such", Format::OpenMetrics(Underscores)),
            ("application/openmetrics-text;escaping=allow-utf8", Format::OpenMetrics(AllowUtf8)),
        ];
        for (accept, format) in cases {
            assert_eq!(Format::from_accept(Some(accept)), format, "{accept}");
        }
    }

    #[test]
    fn openmetrics_2_is_chosen_only_if_it_is_asked_for() {
        let cases = [
            ("application/openmetrics-text;version=2.0.0", Format::OpenMetrics2(Underscores)),
            (
                "application/openmetrics-text;version=2.0.0;escaping=allow-utf-8;q=0.9,\
                 application/openmetrics-text;version=1.0.0;q=0.8",
                Format::OpenMetrics2(AllowUtf8),
            ),
            ("application/openmetrics-text", Format::OpenMetrics(Underscores)),
            ("application/openmetrics-text;version=3.0.0", Format::Text),
        ];
        for (accept, format) in cases {
            assert_eq!(Format::from_accept(Some(accept)), format, "{accept}");
        }
    }

    #[test]
    fn what_is_not_understood_gets_text() {
        for accept in [
            "",
            ",",
            ";;;",
            "=",
            "q=1",
            "application/json",
            "text/plain;version=9",
            "\u{0}é;q=é",
            "application/vnd.google.protobuf",
            "application/vnd.google.protobuf;proto=other.Message;encoding=delimited",
            "application/vnd.google.protobuf;proto=io.prometheus.client.MetricFamily;encoding=text",
        ] {
            assert_eq!(Format::from_accept(Some(accept)), Format::Text, "{accept:?}");
        }
        assert_eq!(Format::from_accept(None), Format::Text);
    }

    #[test]
    fn the_content_type_states_the_version_and_the_scheme() {
        assert_eq!(
            Format::Text1(Underscores).content_type(),
            "text/plain; version=1.0.0; charset=utf-8; escaping=underscores"
        );
        assert_eq!(
            Format::OpenMetrics2(Values).content_type(),
            "application/openmetrics-text; version=2.0.0; charset=utf-8; escaping=values"
        );
        assert_eq!(
            Format::Protobuf(Dots).content_type(),
            "application/vnd.google.protobuf; proto=io.prometheus.client.MetricFamily; \
             encoding=delimited; escaping=dots"
        );
        for escaping in [AllowUtf8, Underscores, Dots, Values] {
            let content_type = Format::OpenMetrics(escaping).content_type();
            assert!(content_type.ends_with(escaping.as_str()), "{content_type}");
            assert_eq!(Format::from_accept(Some(content_type)), Format::OpenMetrics(escaping));
        }
    }
}
