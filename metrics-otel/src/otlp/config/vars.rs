//! The variables `OTEL_*` of OpenTelemetry's specification.

use std::ffi::OsString;

use log::Level;
use typed_metrics_core::report;

use super::mistakes::Mistakes;

/// Looks variables up: in the environment, or in tests elsewhere.
pub(crate) struct Vars<'a>(pub(crate) &'a dyn Fn(&str) -> Option<OsString>);

/// The variables of this process.
pub(crate) const ENVIRONMENT: Vars<'static> = Vars(&|name| std::env::var_os(name));

/// The value of a setting, and the name of the setting.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Setting<T> {
    /// The name for messages: the variable, or the builder's method.
    pub(crate) name: String,
    pub(crate) value: T,
}

impl<T> Setting<T> {
    /// A setting that was given in code, by the method of this name.
    pub(crate) fn in_code(name: &str, value: T) -> Self {
        Self { name: name.to_owned(), value }
    }

    pub(crate) fn map<U>(self, f: impl FnOnce(T) -> U) -> Setting<U> {
        Setting { name: self.name, value: f(self.value) }
    }
}

impl Vars<'_> {
    /// The variable's value. An empty value counts as unset, as OpenTelemetry's specification says.
    pub(crate) fn get(&self, name: &str, mistakes: &mut Mistakes) -> Option<Setting<String>> {
        let value = (self.0)(name).filter(|value| !value.is_empty())?;
        match value.into_string() {
            Ok(value) => Some(Setting { name: name.to_owned(), value }),
            Err(_) => {
                mistakes.add(format!("`{name}` is not UTF-8; write it in UTF-8"));
                None
            }
        }
    }

    /// Whether the variable has a value.
    pub(crate) fn is_set(&self, name: &str) -> bool {
        (self.0)(name).is_some_and(|value| !value.is_empty())
    }

    /// The exporter's variable for metrics, else the one for all signals.
    pub(crate) fn otlp(&self, last: &str, mistakes: &mut Mistakes) -> Option<Setting<String>> {
        let metrics = self.get(&format!("OTEL_EXPORTER_OTLP_METRICS_{last}"), mistakes);
        metrics.or_else(|| self.get(&format!("OTEL_EXPORTER_OTLP_{last}"), mistakes))
    }

    /// Whether the variable is `true`.
    pub(crate) fn is_true(&self, name: &str, mistakes: &mut Mistakes) -> bool {
        self.get(name, mistakes).is_some_and(|set| is_true(&set))
    }
}

/// Whether a boolean variable is `true`, without regard to case. Any other value counts as `false`,
/// and a value other than `false` is reported, as the specification requires.
pub(crate) fn is_true(set: &Setting<String>) -> bool {
    let value = set.value.trim();
    if !value.eq_ignore_ascii_case("true") && !value.eq_ignore_ascii_case("false") {
        let name = &set.name;
        let text =
            format_args!("`{name}` is `{value}`, which counts as `false`; write `true` or `false`");
        report(Level::Warn, &format!("variable {name}"), text);
    }
    value.eq_ignore_ascii_case("true")
}

/// Whether two hexadecimal digits follow each `%`.
fn is_encoded(text: &str) -> bool {
    let is_byte = |after: &str| {
        after.len() >= 2 && after.bytes().take(2).all(|digit| digit.is_ascii_hexdigit())
    };
    text.split('%').skip(1).all(is_byte)
}

/// Parses entries `name=value`, separated by commas, with percent-encoded values: the format of
/// `OTEL_EXPORTER_OTLP_HEADERS` and `OTEL_RESOURCE_ATTRIBUTES`. Messages do not show the values.
pub(crate) fn pairs(set: &Setting<String>, mistakes: &mut Mistakes) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for (i, entry) in set.value.split(',').enumerate() {
        let (entry, name) = (entry.trim(), &set.name);
        let at = i + 1;
        match entry.split_once('=') {
            // A comma at the end.
            None if entry.is_empty() => {}
            None => mistakes.add(format!(
                "`{name}`: entry {at} has no `=`; write `name=value,name=value`, and a comma \
                 inside a value as `%2C`"
            )),
            Some((key, _)) if key.trim().is_empty() => mistakes.add(format!(
                "`{name}`: entry {at} has no name before its `=`; write `name=value`"
            )),
            Some((key, value)) => {
                let decode = |text: &str| {
                    let decoded = percent_encoding::percent_decode_str(text.trim()).decode_utf8();
                    decoded.ok().filter(|_| is_encoded(text)).map(|decoded| decoded.into_owned())
                };
                match (decode(key), decode(value)) {
                    (Some(key), Some(value)) => pairs.push((key, value)),
                    _ => mistakes.add(format!(
                        "`{name}`: the value of `{}` is not percent-encoded UTF-8; write a `%` as \
                         `%25`",
                        key.trim()
                    )),
                }
            }
        }
    }
    pairs
}
