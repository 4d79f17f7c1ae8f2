//! Names that the compiler puts together.

use crate::rules::const_text::Text;
use crate::rules::name::MAX_NAME_LEN;

/// A prefix, a dot and a name. It is empty if it would be longer than a name can be.
#[derive(Debug, Clone, Copy)]
#[doc(hidden)]
pub struct JoinedName(Text<MAX_NAME_LEN>);

impl JoinedName {
    pub(super) const EMPTY: Self = Self(Text::new());

    pub(super) const fn of(prefix: &str, name: &str) -> Self {
        let mut joined = Self::EMPTY;
        if prefix.len() + 1 + name.len() <= MAX_NAME_LEN {
            joined.0.push(prefix);
            joined.0.push(".");
            joined.0.push(name);
        }
        joined
    }

    /// The name of a metric, whose prefix is a constant.
    ///
    /// # Panics
    /// While compiling, if the name is too long.
    #[must_use]
    #[track_caller]
    pub const fn of_metric(prefix: &str, name: &str) -> Self {
        if prefix.len() <= MAX_NAME_LEN && prefix.len() + 1 + name.len() > MAX_NAME_LEN {
            let mut text = Text::<1024>::new();
            text.push("the name of the metric `");
            text.push(name);
            text.push("` is longer than 255 bytes with the prefix `");
            text.push(prefix);
            text.push("`; shorten one of them");
            panic!("{}", text.as_str());
        }
        Self::of(prefix, name)
    }

    #[must_use]
    pub const fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Checks the old name of a metric of an enum whose prefix is a constant. `metrics` are the
/// variants of the enum with the last parts of their names; the metric is the one at `index`.
///
/// # Panics
/// While compiling, if a metric of the enum has the name now.
#[doc(hidden)]
#[track_caller]
pub const fn check_old_name(old: &str, prefix: &str, metrics: &[(&str, &str)], index: usize) {
    let mut i = 0;
    while i < metrics.len() {
        let (variant, last) = metrics[i];
        if JoinedName::of(prefix, last).as_str().eq_ignore_ascii_case(old) {
            let mut text = Text::<1024>::new();
            if i == index {
                text.push("the metric has the name \"");
                text.push(old);
                text.push("\" now; write the name that it had before");
            } else {
                text.push("`");
                text.push(variant);
                text.push("` has the name \"");
                text.push(old);
                text.push("\"; an old name belongs to one metric, so leave it out here");
            }
            panic!("{}", text.as_str());
        }
        i += 1;
    }
}
