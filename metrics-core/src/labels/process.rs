//! The labels of the process, which every series has.

use std::borrow::Cow;
use std::sync::OnceLock;

use super::value::LabelValue;
use crate::locks::get_or_init;

/// Names and values.
pub(crate) type Pairs = Box<[(Cow<'static, str>, LabelValue)]>;

/// The labels, once they are decided: by the program, or by the first series without them. So all
/// series have the same ones, and a series keeps its labels for ever.
static PROCESS_LABELS: OnceLock<Pairs> = OnceLock::new();

/// The labels of the process. The first call decides that there are none, if none are set.
pub(crate) fn process_labels() -> &'static Pairs {
    get_or_init(&PROCESS_LABELS, Pairs::default)
}

/// Sets the labels of the process.
///
/// # Errors
/// The labels that are decided already, if they differ.
pub(crate) fn set(labels: Pairs) -> Result<(), &'static Pairs> {
    let set = labels.clone();
    let decided = get_or_init(&PROCESS_LABELS, || set);
    if *decided == labels { Ok(()) } else { Err(decided) }
}
