//! The variables that override buckets and series limits.

use std::collections::BTreeMap;
use std::env;

use super::replacement::{Buckets, Replacement};
use crate::error::Error;
use crate::rules::exponential::ExponentialSettings;
use crate::rules::name::check_metric_name;

const BUCKETS: &str = "TYPED_METRICS_BUCKETS";
const SERIES_LIMIT: &str = "TYPED_METRICS_SERIES_LIMIT";

/// The replacements that the variables ask for, by the name of the metric, and what cannot be read.
pub(super) fn from_environment() -> (BTreeMap<String, Replacement>, Vec<Error>) {
    let mut replacements = BTreeMap::new();
    let mut errors = Vec::new();
    for (variable, read) in [(BUCKETS, read_buckets as Read), (SERIES_LIMIT, read_limit)] {
        let Some(value) = env::var_os(variable) else { continue };
        let reasons = read_all(&value.to_string_lossy(), read, &mut replacements);
        errors.extend(reasons.into_iter().map(|reason| wrong(variable, reason)));
    }
    (replacements, errors)
}

/// The error of `TYPED_METRICS_BUCKETS` for a metric that cannot have buckets.
pub(super) fn wrong_buckets(error: &Error) -> Error {
    wrong(BUCKETS, error.to_string())
}

fn wrong(variable: &'static str, reason: String) -> Error {
    let value = env::var_os(variable).unwrap_or_default().to_string_lossy().into_owned();
    Error::Variable { variable, value, reason }
}

/// The variables that say what a replacement says.
pub(super) fn variables(replacement: &Replacement) -> String {
    let buckets = replacement.buckets.as_ref().map(|_| format!("`{BUCKETS}`"));
    let limit = replacement.series_limit.map(|_| format!("`{SERIES_LIMIT}`"));
    buckets.into_iter().chain(limit).collect::<Vec<_>>().join(" and ")
}

/// Reads the text of one metric. The error says how the text must look.
type Read = fn(&str, &mut Replacement) -> Result<(), String>;

/// Reads the texts of all metrics, and returns what is wrong with them.
fn read_all(
    text: &str,
    read: Read,
    replacements: &mut BTreeMap<String, Replacement>,
) -> Vec<String> {
    let entries = text.split(';').map(str::trim).filter(|entry| !entry.is_empty());
    let read = |entry: &str| {
        let (name, setting) = entry
            .split_once('=')
            .ok_or_else(|| format!("`{entry}` has no `=`; write `metric=value`"))?;
        let name = name.trim();
        check_metric_name(name)
            .map_err(|error| format!("`{name}` cannot be the name of a metric: {error}"))?;
        let mut replacement = Replacement::default();
        read(setting.trim(), &mut replacement)?;
        replacement.check(name).map_err(|error| error.to_string())?;
        let earlier = replacements.remove(name);
        replacements.insert(name.to_owned(), replacement.or(earlier));
        Ok(())
    };
    entries.map(read).filter_map(Result::err).collect()
}

fn read_buckets(text: &str, replacement: &mut Replacement) -> Result<(), String> {
    let boundary = |word: &str| {
        let word = word.trim();
        word.parse().map_err(|_| {
            if is_exponential_misspelt(word) {
                return format!("`{word}` is not a number; did you mean `exponential`?");
            }
            format!("`{word}` is not a number; write boundaries as in `shop.duration=5,10,25`")
        })
    };
    replacement.buckets = Some(match exponential(text) {
        Some(settings) => Buckets::Exponential(settings?),
        None => Buckets::Explicit(text.split(',').map(boundary).collect::<Result<_, _>>()?),
    });
    Ok(())
}

fn is_exponential_misspelt(text: &str) -> bool {
    let word = text.split('(').next().unwrap_or_default().trim().to_lowercase();
    strsim::jaro_winkler(&word, "exponential") >= 0.8
}

/// The settings in `exponential` or `exponential(80)`; `None` if the text is something else.
fn exponential(text: &str) -> Option<Result<ExponentialSettings, String>> {
    let rest = text.strip_prefix("exponential")?.trim();
    if rest.is_empty() {
        return Some(Ok(ExponentialSettings::DEFAULT));
    }
    let size = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let settings = size
        .and_then(|size| size.trim().parse().ok())
        .map(|size| ExponentialSettings::DEFAULT.max_size(size));
    Some(settings.ok_or_else(|| {
        format!(
            "`{text}` is not `exponential` with a number of buckets; write \
             `shop.duration=exponential` or `shop.duration=exponential(80)`"
        )
    }))
}

fn read_limit(text: &str, replacement: &mut Replacement) -> Result<(), String> {
    let limit = text.parse().map_err(|_| {
        format!("`{text}` is not a whole number; write a limit as in `shop.requests=500`")
    })?;
    replacement.series_limit = Some(limit);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, read: Read) -> Result<Vec<(String, Replacement)>, Vec<String>> {
        let mut replacements = BTreeMap::new();
        let wrong = read_all(text, read, &mut replacements);
        if wrong.is_empty() { Ok(replacements.into_iter().collect()) } else { Err(wrong) }
    }

    #[test]
    fn a_variable_lists_metrics_with_their_settings() {
        let buckets = |boundaries: &[f64]| Replacement {
            buckets: Some(Buckets::Explicit(boundaries.to_vec())),
            series_limit: None,
        };
        let expected =
            vec![("a.b".to_owned(), buckets(&[5.0, 10.0])), ("c".to_owned(), buckets(&[-0.5]))];
        assert_eq!(read(" c = -0.5 ;; a.b=5, 1e1;", read_buckets), Ok(expected));
        let limit = Replacement { buckets: None, series_limit: Some(500) };
        assert_eq!(read("c=500", read_limit), Ok(vec![("c".to_owned(), limit)]));
        assert_eq!(read("", read_limit), Ok(vec![]));
        let sizes = [("a", "exponential", 160), ("b", "exponential( 80 )", 80)];
        for (name, text, size) in sizes {
            let buckets = Buckets::Exponential(ExponentialSettings::DEFAULT.max_size(size));
            let replacement = Replacement { buckets: Some(buckets), series_limit: None };
            let found = read(&format!("{name}={text}"), read_buckets);
            assert_eq!(found, Ok(vec![(name.to_owned(), replacement)]));
        }
    }

    #[test]
    fn a_mistake_names_the_word_and_the_fix() {
        let mistakes = [
            ("c", read_limit as Read, "`c` has no `=`; write `metric=value`"),
            (
                "c=5,x",
                read_buckets,
                "`x` is not a number; write boundaries as in `shop.duration=5,10,25`",
            ),
            (
                "c=exponental",
                read_buckets,
                "`exponental` is not a number; did you mean `exponential`?",
            ),
            (
                "c=Exponential(80)",
                read_buckets,
                "`Exponential(80)` is not a number; did you mean `exponential`?",
            ),
            (
                "c=exponential(80",
                read_buckets,
                "`exponential(80` is not `exponential` with a number of buckets; write \
                 `shop.duration=exponential` or `shop.duration=exponential(80)`",
            ),
            (
                "c=-1",
                read_limit,
                "`-1` is not a whole number; write a limit as in `shop.requests=500`",
            ),
        ];
        for (text, with, message) in mistakes {
            assert_eq!(read(text, with).unwrap_err(), [message]);
        }
        let several = read("1c=5;c=0;c=5;d=x", read_limit).unwrap_err();
        let starts = [
            "`1c` cannot be the name of a metric: ",
            "metric `c` cannot be overridden: with a series limit of 0 ",
            "`x` is not a whole number; ",
        ];
        assert!(several.iter().zip(starts).all(|(it, start)| it.starts_with(start)), "{several:?}");
        assert_eq!(several.len(), starts.len());
    }
}
