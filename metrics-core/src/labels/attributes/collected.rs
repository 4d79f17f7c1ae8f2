//! The attributes of one measurement, copied into memory that the thread keeps.

use std::cell::Cell;
use std::fmt::Display;
use std::ops::Range;

use super::error::AttributeError;
use crate::labels::list::{self, Element, List};
use crate::labels::scratch::Scratch;
use crate::labels::value::{LabelRef, cut};
use crate::rules::limits::MAX_LABEL_LEN;
use crate::rules::name::check_label_name;

/// The maximum number of attributes of a measurement: OpenTelemetry's [default limit] for the
/// attributes of other signals.
///
/// [default limit]: https://opentelemetry.io/docs/specs/otel/common/#configurable-parameters
pub const MAX_ATTRIBUTES: usize = 128;

/// Attributes, checked and sorted by name.
///
/// Serde lends text only for the length of a call, so the text is copied. The thread keeps the
/// memory for the next measurement.
#[derive(Debug, Default)]
pub struct Collected {
    text: String,
    /// The bytes of lists.
    lists: Vec<u8>,
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    name: Range<usize>,
    value: Stored,
}

/// A value whose text is stored in [`Collected`].
#[derive(Debug)]
pub(super) enum Stored {
    Absent,
    Bool(bool),
    Int(i64),
    Float(f64),
    Str(Range<usize>),
    List(Range<usize>),
}

thread_local! {
    /// Empty while a measurement uses the memory, because serializing attributes may record too.
    static KEPT: Cell<Collected> = const { Cell::new(Collected::EMPTY) };
}

/// Collects attributes with `collect`, and calls `f` with them.
pub(crate) fn collected<R>(
    collect: impl FnOnce(&mut Collected) -> Result<(), AttributeError>,
    f: impl FnOnce(Result<&Collected, AttributeError>) -> R,
) -> R {
    with_kept(|collected| match collect(collected).and_then(|()| collected.sort()) {
        Ok(()) => f(Ok(collected)),
        Err(error) => f(Err(error)),
    })
}

/// Collects attributes with `collect`, of which the last with a name counts, and calls `f` with
/// them.
pub(crate) fn collected_last_wins<R>(
    collect: impl FnOnce(&mut Collected),
    f: impl FnOnce(&Collected) -> R,
) -> R {
    with_kept(|collected| {
        collect(collected);
        collected.sort_last_wins();
        f(collected)
    })
}

/// Calls `f` with the empty memory that the thread keeps.
fn with_kept<R>(f: impl FnOnce(&mut Collected) -> R) -> R {
    // Without thread-local storage, at the end of a thread, the memory is not kept.
    let mut collected = KEPT.try_with(Cell::take).unwrap_or_default();
    collected.text.clear();
    collected.lists.clear();
    collected.entries.clear();
    let result = f(&mut collected);
    let _ = KEPT.try_with(|kept| kept.set(collected));
    result
}

impl Collected {
    const EMPTY: Self = Self { text: String::new(), lists: Vec::new(), entries: Vec::new() };

    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// The names and values.
    #[inline]
    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, LabelRef<'_>)> {
        self.entries.iter().map(|entry| {
            let value = match &entry.value {
                Stored::Absent => LabelRef::Absent,
                Stored::Bool(value) => LabelRef::Bool(*value),
                Stored::Int(value) => LabelRef::Int(*value),
                Stored::Float(value) => LabelRef::Float(*value),
                Stored::Str(text) => LabelRef::Str(&self.text[text.clone()]),
                Stored::List(list) => LabelRef::List(List::of_bytes(&self.lists[list.clone()])),
            };
            (&self.text[entry.name.clone()], value)
        })
    }

    pub(super) fn push(&mut self, name: &str, value: LabelRef<'_>) -> Result<(), AttributeError> {
        let name = self.name(name)?;
        let value = self.stored(value);
        self.pair(name, value)
    }

    /// Adds an attribute with any name. OpenTelemetry [limits neither] the names nor the number of
    /// a metric's attributes.
    ///
    /// [limits neither]: https://opentelemetry.io/docs/specs/otel/common/#exempt-entities
    pub(crate) fn push_unchecked(&mut self, name: &str, value: LabelRef<'_>) {
        let name = self.copy(cut(name));
        let value = self.stored(value);
        self.entries.push(Entry { name, value });
    }

    /// Adds an attribute with any name, and with the elements that `visit` hands over.
    pub(crate) fn push_list(
        &mut self,
        name: &str,
        visit: impl FnOnce(&mut dyn FnMut(Element<'_>)),
    ) {
        let name = self.copy(cut(name));
        let start = self.lists.len();
        let mut is_whole = true;
        visit(&mut |element| {
            is_whole = is_whole && list::push(&mut self.lists, start, element, MAX_LABEL_LEN);
        });
        self.entries.push(Entry { name, value: Stored::List(start..self.lists.len()) });
    }

    fn stored(&mut self, value: LabelRef<'_>) -> Stored {
        match value {
            LabelRef::Absent => Stored::Absent,
            LabelRef::Bool(value) => Stored::Bool(value),
            LabelRef::Int(value) => Stored::Int(value),
            LabelRef::Float(value) => Stored::Float(value),
            LabelRef::Str(text) => self.str(text),
            LabelRef::List(list) => {
                let start = self.lists.len();
                self.lists.extend(list.bytes());
                Stored::List(start..self.lists.len())
            }
        }
    }

    /// Checks and copies a name.
    pub(super) fn name(&mut self, name: &str) -> Result<Range<usize>, AttributeError> {
        let name = self.copy(cut(name));
        self.check_name(&name)?;
        Ok(name)
    }

    /// Checks a copied name.
    pub(super) fn check_name(&self, name: &Range<usize>) -> Result<(), AttributeError> {
        let name = self.text(name);
        check_label_name(name).map_err(|error| {
            AttributeError(format!("attribute name {name:?} cannot be used: {error}"))
        })
    }

    /// Copies text, cut to [`MAX_LABEL_LEN`](crate::label::MAX_LABEL_LEN).
    pub(super) fn str(&mut self, text: &str) -> Stored {
        Stored::Str(self.copy(cut(text)))
    }

    /// Writes `value`, cut to [`MAX_LABEL_LEN`](crate::label::MAX_LABEL_LEN).
    pub(super) fn display(&mut self, value: &(impl Display + ?Sized)) -> Stored {
        match Scratch::new().write(value) {
            LabelRef::Str(text) => self.str(text),
            _ => Stored::Absent,
        }
    }

    /// Adds an attribute, unless its value is absent.
    pub(super) fn pair(&mut self, name: Range<usize>, value: Stored) -> Result<(), AttributeError> {
        if matches!(value, Stored::Absent) {
            return Ok(());
        }
        if self.entries.len() == MAX_ATTRIBUTES {
            return Err(AttributeError(format!(
                "it has more than {MAX_ATTRIBUTES} attributes; each combination of their values is \
                 a series, so give only the attributes that distinguish series"
            )));
        }
        self.entries.push(Entry { name, value });
        Ok(())
    }

    /// The text of a copied name.
    pub(super) fn text(&self, name: &Range<usize>) -> &str {
        &self.text[name.clone()]
    }

    fn copy(&mut self, text: &str) -> Range<usize> {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    /// Sorts the attributes by name, and keeps the last with each name.
    fn sort_last_wins(&mut self) {
        let Self { text, entries, .. } = self;
        let name = |entry: &Entry| &text[entry.name.clone()];
        if entries.is_sorted_by(|a, b| name(a) < name(b)) {
            return;
        }
        // Names are copied one behind the other, so the one that begins last was given last.
        entries.sort_unstable_by(|a, b| name(a).cmp(name(b)).then(b.name.start.cmp(&a.name.start)));
        entries.dedup_by(|other, kept| name(other) == name(kept));
    }

    /// Sorts the attributes by name, and checks that no name is given twice.
    fn sort(&mut self) -> Result<(), AttributeError> {
        let Self { text, entries, .. } = self;
        let name = |entry: &Entry| &text[entry.name.clone()];
        // Most attributes come sorted, or there is only one.
        if !entries.is_sorted_by_key(name) {
            entries.sort_unstable_by(|a, b| name(a).cmp(name(b)));
        }
        match entries.windows(2).find(|pair| name(&pair[0]) == name(&pair[1])) {
            None => Ok(()),
            Some(pair) => Err(AttributeError(format!(
                "attribute `{}` is given twice; give it once",
                name(&pair[0])
            ))),
        }
    }
}
