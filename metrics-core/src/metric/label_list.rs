//! Lists of labels that the compiler puts together.

use super::joined_name::JoinedName;
use super::label_descriptor::LabelDescriptor;
use crate::rules::const_text::{Text, is_same};
use crate::rules::name::MAX_NAME_LEN;

/// The number of labels in all lists.
#[doc(hidden)]
#[must_use]
pub const fn count(lists: &[&[LabelDescriptor]]) -> usize {
    let (mut count, mut i) = (0, 0);
    while i < lists.len() {
        count += lists[i].len();
        i += 1;
    }
    count
}

/// All labels of the lists, of which there are `N`.
///
/// # Panics
/// While compiling, if two labels have the same name.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn concat<const N: usize>(lists: &[&[LabelDescriptor]]) -> [LabelDescriptor; N] {
    let mut labels = [LabelDescriptor::of::<bool>(""); N];
    let (mut list, mut length) = (0, 0);
    while list < lists.len() {
        let mut i = 0;
        while i < lists[list].len() {
            refuse_twin(&labels, length, &lists[list][i]);
            labels[length] = lists[list][i];
            length += 1;
            i += 1;
        }
        list += 1;
    }
    labels
}

/// The labels of a metric with states: that of the state comes before the constant ones. There are
/// `N`.
///
/// # Panics
/// While compiling, if two labels have the same name.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn with_state<const N: usize>(
    others: &[LabelDescriptor],
    state: LabelDescriptor,
) -> [LabelDescriptor; N] {
    let mut own = 0;
    while own < others.len() && !others[own].is_constant() {
        own += 1;
    }
    let (own, constant) = others.split_at(own);
    concat(&[own, &[state], constant])
}

#[track_caller]
const fn refuse_twin(labels: &[LabelDescriptor], length: usize, label: &LabelDescriptor) {
    let name = label.name();
    let mut i = 0;
    while i < length {
        if is_same(labels[i].name(), name) {
            let mut text = Text::<512>::new();
            if label.is_constant() {
                text.push("the enum has the constant label `");
                text.push(name);
                text.push(
                    "` already; give the label of the group another `#[label(name = \"…\")]`, ",
                );
                text.push("or give the group a `#[label(prefix = \"…\")]`");
                panic!("{}", text.as_str());
            }
            text.push("two fields are the label `");
            text.push(name);
            text.push("`; give one of them another `#[label(name = \"…\")]`, or give a group a ");
            text.push("`#[label(prefix = \"…\")]`");
            panic!("{}", text.as_str());
        }
        i += 1;
    }
}

/// The names of labels with a prefix, as in `client.route`.
///
/// # Panics
/// While compiling, if a name is too long.
#[doc(hidden)]
#[must_use]
#[track_caller]
pub const fn prefixed_names<const N: usize>(
    prefix: &str,
    labels: &[LabelDescriptor],
) -> [JoinedName; N] {
    let mut names = [JoinedName::EMPTY; N];
    let mut i = 0;
    while i < N {
        let name = labels[i].name();
        assert!(
            prefix.len() + 1 + name.len() <= MAX_NAME_LEN,
            "a name of a label is longer than 255 bytes with this prefix; write a shorter prefix"
        );
        names[i] = JoinedName::of(prefix, name);
        i += 1;
    }
    names
}

/// The same labels with other names.
#[doc(hidden)]
#[must_use]
pub const fn renamed<const N: usize>(
    labels: &[LabelDescriptor],
    names: &'static [JoinedName; N],
) -> [LabelDescriptor; N] {
    let mut renamed = [LabelDescriptor::of::<bool>(""); N];
    let mut i = 0;
    while i < N {
        renamed[i] = labels[i].renamed(names[i].as_str());
        i += 1;
    }
    renamed
}

/// The same labels as a group's, which are no fields of a variant.
#[doc(hidden)]
#[must_use]
pub const fn grouped<const N: usize>(labels: &[LabelDescriptor]) -> [LabelDescriptor; N] {
    let mut grouped = [LabelDescriptor::of::<bool>(""); N];
    let mut i = 0;
    while i < N {
        grouped[i] = labels[i].of_field("");
        i += 1;
    }
    grouped
}
