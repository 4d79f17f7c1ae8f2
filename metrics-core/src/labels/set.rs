//! The labels of a series.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::process::process_labels;
use super::value::LabelValue;

/// The name of the label of overflow series.
pub(crate) const OVERFLOW: &str = "otel.metric.overflow";

/// The labels of a series: names and values. Absent labels are left out. Clones are cheap.
#[derive(Clone, PartialEq)]
pub struct Labels(Arc<[(Cow<'static, str>, LabelValue)]>);

impl Labels {
    pub(crate) fn new(labels: impl IntoIterator<Item = (Cow<'static, str>, LabelValue)>) -> Self {
        Self(labels.into_iter().collect())
    }

    /// Labels as they are given, for the targets in `fuzz/`.
    #[cfg(fuzzing)]
    #[doc(hidden)]
    pub fn given(labels: impl IntoIterator<Item = (String, LabelValue)>) -> Self {
        Self::new(labels.into_iter().map(|(name, value)| (name.into(), value)))
    }

    /// The labels of a series: its own, and those of the process.
    pub(crate) fn of_series(
        own: impl IntoIterator<Item = (Cow<'static, str>, LabelValue)>,
    ) -> Self {
        let process = process_labels();
        if process.is_empty() {
            return Self::new(own);
        }
        let mut labels: Vec<_> = own.into_iter().collect();
        for (name, value) in process {
            if labels.iter().all(|(own, _)| own != name) {
                labels.push((name.clone(), value.clone()));
            }
        }
        Self(labels.into())
    }

    /// The labels of the overflow series of a metric that has these `constant` labels.
    pub(crate) fn overflow(
        constant: impl IntoIterator<Item = (Cow<'static, str>, LabelValue)>,
    ) -> Self {
        let overflow = (OVERFLOW.into(), LabelValue::Bool(true));
        Self::of_series([overflow].into_iter().chain(constant))
    }

    /// These labels, and `label` behind the first of them whose names are `own`. A label of the
    /// process with the same name makes room.
    pub(crate) fn with(
        &self,
        label: (Cow<'static, str>, LabelValue),
        own: impl Fn(&str) -> bool,
    ) -> Self {
        let at = self.0.iter().take_while(|(name, _)| own(name)).count();
        let (before, after) = self.0.split_at(at);
        let after = after.iter().filter(|(name, _)| *name != label.0).cloned().collect::<Vec<_>>();
        Self::new(before.iter().cloned().chain([label]).chain(after))
    }

    /// The names and values, in the order of the metric's definition, and then the [labels of the
    /// process](crate::set_process_labels).
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &LabelValue)> {
        self.0.iter().map(|(name, value)| (name.as_ref(), value))
    }

    /// The value of the label `name`, if the series has that label.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&LabelValue> {
        self.iter().find(|(label, _)| *label == name).map(|(_, value)| value)
    }

    /// The number of labels.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no labels.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Display for Labels {
    /// `name=value` pairs, separated by blanks.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, (name, value)) in self.iter().enumerate() {
            write!(f, "{}{name}={value}", if i == 0 { "" } else { " " })?;
        }
        Ok(())
    }
}

impl fmt::Debug for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl Serialize for Labels {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.len()))?;
        for (name, value) in self.iter() {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}
