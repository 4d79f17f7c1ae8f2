//! The indicators of a metric, under names of their own.

use std::collections::BTreeMap;

use super::indicator::{Indicator, LeftOut};
use super::settings::RuleSettings;
use crate::entry::Entry;

/// Names that are in use.
#[derive(Debug, Default)]
pub(crate) struct Names(BTreeMap<String, u32>);

impl Names {
    /// The name, with a number if it is in use.
    pub(super) fn free(&mut self, name: &str) -> String {
        let count = self.0.entry(name.to_owned()).or_insert(0);
        *count += 1;
        match *count {
            1 => name.to_owned(),
            count => self.free(&format!("{name}_{count}")),
        }
    }
}

/// The indicators of a metric. Equal objectives of several functions are one, because the metric
/// does not tell the functions apart.
pub(crate) fn indicators(
    entry: &Entry,
    settings: &RuleSettings,
    names: &mut Names,
) -> (Vec<Indicator>, Vec<LeftOut>) {
    let mut indicators: Vec<Indicator> = Vec::new();
    let mut left_out = Vec::new();
    for objective in entry.objectives() {
        match Indicator::new(entry, &objective, settings) {
            Err(reason) => left_out.push(LeftOut { metric: entry.name(), objective, reason }),
            Ok(mut indicator) => {
                let twin = indicators.iter_mut().find(|known| {
                    known.objective == indicator.objective && known.selector == indicator.selector
                });
                match twin {
                    Some(twin) => twin.functions.extend(indicator.functions),
                    None => {
                        indicator.name = names.free(&indicator.name);
                        indicators.push(indicator);
                    }
                }
            }
        }
    }
    (indicators, left_out)
}
