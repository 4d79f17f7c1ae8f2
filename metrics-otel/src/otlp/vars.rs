//! The standard variables: `OTEL_*`.

use std::ffi::OsString;

use super::mistakes::Mistakes;

/// The environment, or in tests something that stands for it.
pub(super) struct Vars<'a>(pub(super) &'a dyn Fn(&str) -> Option<OsString>);

/// A setting that somebody made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set<T> {
    /// What to call it in a message: the variable, or the builder's method.
    pub(super) name: String,
    pub(super) value: T,
}

impl<T> Set<T> {
    /// Made in code, by the method of this name.
    pub(super) fn in_code(name: &str, value: T) -> Self {
        Self { name: name.to_owned(), value }
    }

    pub(super) fn map<U>(self, f: impl FnOnce(T) -> U) -> Set<U> {
        Set { name: self.name, value: f(self.value) }
    }
}

impl Vars<'_> {
    /// The variable's value. An empty one counts as unset, as OpenTelemetry's specification says.
    pub(super) fn get(&self, name: &str, mistakes: &mut Mistakes) -> Option<Set<String>> {
        let value = (self.0)(name).filter(|value| !value.is_empty())?;
        match value.into_string() {
            Ok(value) => Some(Set { name: name.to_owned(), value }),
            Err(_) => {
                mistakes.add(format!("`{name}` is not UTF-8; write it in UTF-8"));
                None
            }
        }
    }

    /// The exporter's variable for metrics, or else the one for all signals.
    pub(super) fn otlp(&self, last: &str, mistakes: &mut Mistakes) -> Option<Set<String>> {
        let metrics = self.get(&format!("OTEL_EXPORTER_OTLP_METRICS_{last}"), mistakes);
        metrics.or_else(|| self.get(&format!("OTEL_EXPORTER_OTLP_{last}"), mistakes))
    }

    /// Whether the variable says `true`.
    pub(super) fn is_true(&self, name: &str, mistakes: &mut Mistakes) -> bool {
        self.get(name, mistakes).is_some_and(|set| is_true(&set))
    }
}

/// Whether a variable with a truth value says `true`, in whatever case. Anything else means no, as the
/// specification wants it, which also wants a warning.
pub(super) fn is_true(set: &Set<String>) -> bool {
    let value = set.value.trim();
    if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") {
        let name = &set.name;
        log::warn!(
            target: "typed_metrics",
            "`{name}` is `{value}`, which counts as `false`; write `true` or `false`"
        );
    }
    value.eq_ignore_ascii_case("true")
}

/// Entries `name=value`, separated by commas, values percent-encoded: the format of
/// `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES`. Says nothing of the values.
pub(super) fn pairs(set: &Set<String>, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (i, entry) in set.value.split(',').enumerate() {
        let (entry, name) = (entry.trim(), &set.name);
        let at = i + 1;
        match entry.split_once('=') {
            // A comma at the end.
            None if entry.is_empty() => {}
            None => mistakes.add(format!(
                "`{name}`: entry {at} has no `=`; write `name=value,name=value`, with a comma inside \
                 of a value as `%2C`"
            )),
            Some((key, _)) if key.trim().is_empty() => mistakes
                .add(format!("`{name}`: entry {at} has no name before its `=`; write `name=value`")),
            Some((key, value)) => {
                let decode = |text: &str| {
                    let decoded = percent_encoding::percent_decode_str(text.trim()).decode_utf8();
                    decoded.map(|decoded| decoded.into_owned())
                };
                match (decode(key), decode(value)) {
                    (Ok(key), Ok(value)) => pairs.push((key, value)),
                    _ => mistakes.add(format!(
                        "`{name}`: the value of `{}` is not percent-encoded UTF-8; write a `%` as `%25`",
                        key.trim()
                    )),
                }
            }
        }
    }
    pairs
}
