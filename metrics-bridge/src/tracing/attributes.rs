//! The fields of an event that are no measurements.

use std::fmt::{self, Write as _};
use std::ops::Range;

use typed_metrics_core::label::Element;
use typed_metrics_core::{GivenAttributes, LabelRef};

/// The attributes of an event. Its memory is used again for the next event of the thread.
#[derive(Debug, Default)]
pub(super) struct EventAttributes {
    pairs: Vec<(&'static str, Value)>,
    /// All texts, one after the other.
    text: String,
}

#[derive(Debug, Clone)]
enum Value {
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(Range<usize>),
}

impl EventAttributes {
    pub(super) fn clear(&mut self) {
        self.pairs.clear();
        self.text.clear();
    }

    pub(super) fn push_bool(&mut self, name: &'static str, value: bool) {
        self.pairs.push((name, Value::Bool(value)));
    }

    pub(super) fn push_int(&mut self, name: &'static str, value: i64) {
        self.pairs.push((name, Value::Int(value)));
    }

    pub(super) fn push_float(&mut self, name: &'static str, value: f64) {
        self.pairs.push((name, Value::Float(value)));
    }

    pub(super) fn push_text(&mut self, name: &'static str, value: fmt::Arguments<'_>) {
        let begin = self.text.len();
        // Writing to a string never fails, and a value that does not format itself is cut.
        let _ = self.text.write_fmt(value);
        self.pairs.push((name, Value::Text(begin..self.text.len())));
    }
}

impl GivenAttributes for EventAttributes {
    #[inline]
    fn pairs(&self) -> impl ExactSizeIterator<Item = (&str, LabelRef<'_>)> {
        self.pairs.iter().map(|(name, value)| {
            let value = match value {
                Value::Bool(value) => LabelRef::Bool(*value),
                Value::Int(value) => LabelRef::Int(*value),
                Value::Float(value) => LabelRef::Float(*value),
                Value::Text(range) => LabelRef::Str(&self.text[range.clone()]),
            };
            (*name, value)
        })
    }

    fn list(&self, _: usize, _: &mut dyn FnMut(Element<'_>)) {}
}
