//! The current state as a number.

use super::dialect::Dialect;
use super::expression::aggregated;
use super::selector::{Comparison, Matcher, Selector};
use crate::entry::Entry;

/// The number of the current state in the list `states`, from 1, for each combination of the labels
/// `by`.
///
/// The series of a state is 1 in the current state and 0 in the others. So the largest of their
/// numbers times their values is the number of the current one. A sum would be the number of
/// another state if several processes have the same labels.
pub(crate) fn current_state(
    entry: &Entry,
    dialect: &Dialect,
    matchers: &[Matcher],
    label: &str,
    states: &[String],
    by: &[String],
) -> String {
    let language = dialect.language();
    let selector =
        Selector { metric: dialect.metric(entry), matchers: matchers.to_vec(), language };
    let names = dialect.state_labels(entry, label);
    let numbered = states.iter().zip(1..).flat_map(|(state, number)| {
        let selector = &selector;
        names.iter().map(move |name| {
            let series = selector.and([Matcher::new(name, Comparison::Equal, state)]);
            format!("{number} * {series}")
        })
    });
    let numbered: Vec<String> = numbered.collect();
    aggregated("max", by, language, numbered.join(" or "))
}
