//! Access to what all panels of a dashboard share.

use super::model::Link;
use super::settings::DashboardSettings;
use super::text::description;
use super::variables::Variables;
use crate::entry::{Entry, LabelValues};
use crate::promql::dialect::{Dialect, Language};
use crate::promql::selector::Matcher;
use crate::promql::series::Series;

/// The settings and the variables of a dashboard.
#[derive(Debug, Clone, Copy)]
pub(super) struct Context<'a> {
    pub(super) settings: &'a DashboardSettings,
    pub(super) variables: &'a Variables,
}

/// More values of a label than these are too many for one chart.
pub(super) const FEW: usize = 12;

impl Context<'_> {
    pub(super) fn dialect(&self) -> &Dialect {
        &self.settings.dialect
    }

    pub(super) fn language(&self) -> Language {
        self.dialect().language()
    }

    /// The conditions that the variables of programs and processes are.
    pub(super) fn identity(&self) -> Vec<Matcher> {
        let dialect = self.dialect();
        [(dialect.job(), "job"), (dialect.instance(), "instance")]
            .map(|(label, variable)| Matcher::variable(&label, variable))
            .into()
    }

    /// The conditions that the variables of the dashboard are.
    pub(super) fn matchers(&self, entry: &Entry) -> Vec<Matcher> {
        let dialect = self.dialect();
        let own = entry.labels().into_iter().filter_map(|label| {
            let variable = self.variables.of_label(label.name)?;
            Some(Matcher::variable(&dialect.label(label.name), variable))
        });
        self.identity().into_iter().chain(own).collect()
    }

    /// The series of a metric that the variables select.
    pub(super) fn series(&self, entry: &Entry) -> Series {
        Series::new(entry, self.dialect(), self.matchers(entry))
    }

    /// The names of labels in the database.
    pub(super) fn labels(&self, names: &[&str]) -> Vec<String> {
        names.iter().map(|name| self.dialect().label(name)).collect()
    }

    /// The labels of a metric with few values, and few of them together.
    pub(super) fn few_valued(entry: &Entry) -> Vec<&'static str> {
        let mut product = 1;
        let state = entry.descriptor().state_label();
        let labels = entry.labels().into_iter().filter(|label| Some(label.name) != state);
        let few = labels.filter(|label| match &label.values {
            LabelValues::Fixed(values) if (2..=FEW).contains(&values.len()) => {
                let is_few = product * values.len() <= 2 * FEW;
                product *= if is_few { values.len() } else { 1 };
                is_few
            }
            _ => false,
        });
        few.map(|label| label.name).collect()
    }

    /// The description and the links of a panel of a metric.
    pub(super) fn description(&self, entry: &Entry) -> (String, Vec<Link>) {
        let documentation = self.settings.documentation.as_ref();
        let links = documentation
            .map(|url| Link::documentation(format!("{url}#{}", fragment(entry.name()))));
        (description(entry), links.into_iter().collect())
    }
}

/// The form of a series' name in a legend: its labels.
pub(super) fn legend(labels: &[String]) -> String {
    let labels: Vec<String> = labels.iter().map(|label| format!("{{{{{label}}}}}")).collect();
    labels.join(" ")
}

/// A name in the fragment of an address.
fn fragment(name: &str) -> String {
    use std::fmt::Write as _;
    let mut fragment = String::with_capacity(name.len());
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            fragment.push(char::from(byte));
        } else {
            // Writing to a string never fails.
            let _ = write!(fragment, "%{byte:02X}");
        }
    }
    fragment
}
