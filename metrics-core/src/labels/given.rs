//! Attributes as a foreign API gives them.

use super::attributes::collected::{Collected, collected_last_wins};
use super::list::Element;
use super::set::Labels;
use super::value::{LabelRef, LabelValue};
use crate::rules::limits::MAX_LABEL_LEN;

/// The attributes of a measurement as a foreign API gives them: in any order, with any names, and
/// with repeated names, of which the last counts.
#[doc(hidden)]
pub trait GivenAttributes {
    /// The names and values. A value that is a list is [`LabelRef::Absent`].
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)>;

    /// Visits the elements of the value at `index`, which is a list.
    fn list(&self, index: usize, visit: &mut dyn FnMut(Element<'_>));
}

/// No attributes.
impl GivenAttributes for () {
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        std::iter::empty()
    }

    fn list(&self, _: usize, _: &mut dyn FnMut(Element<'_>)) {}
}

/// The labels of a series, to find the series again.
impl GivenAttributes for Labels {
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        self.iter().map(|(name, value)| match value.as_ref() {
            LabelRef::List(_) => (name, LabelRef::Absent),
            value => (name, value),
        })
    }

    fn list(&self, index: usize, visit: &mut dyn FnMut(Element<'_>)) {
        if let Some((_, LabelValue::List(list))) = self.iter().nth(index) {
            list.as_ref().iter().for_each(visit);
        }
    }
}

/// Calls `f` with the attributes in the form of a series: sorted, each name once.
pub(crate) fn collected<R>(given: &impl GivenAttributes, f: impl FnOnce(&Collected) -> R) -> R {
    let collect = |collected: &mut Collected| {
        for (index, (name, value)) in given.pairs().enumerate() {
            // OpenTelemetry has no attributes without a name.
            if name.is_empty() {
                continue;
            }
            match value {
                LabelRef::Absent => {
                    collected.push_list(name, |push| given.list(index, push));
                }
                value => collected.push_unchecked(name, value),
            }
        }
    };
    collected_last_wins(collect, f)
}

/// Whether the attributes can be compared as they are given: none is a list or has a text that is
/// cut.
pub(crate) fn are_plain(given: &impl GivenAttributes) -> bool {
    given.pairs().all(|(name, value)| match value {
        LabelRef::Absent => false,
        LabelRef::Str(text) => name.len().max(text.len()) <= MAX_LABEL_LEN,
        _ => name.len() <= MAX_LABEL_LEN,
    })
}
