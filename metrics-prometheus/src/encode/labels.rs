//! The labels of a series, encoded.

use std::collections::HashMap;

use typed_metrics_core::LabelRef;

use super::protobuf::write_label_pair;
use super::quote::write_quoted;
use crate::escaping::{Escaping, is_classic_label};
use crate::format::Format;
use crate::naming::Naming;

/// Encodes labels, sorted by their translated names.
#[derive(Debug)]
pub(super) struct LabelWriter<'a> {
    naming: &'a Naming,
    escaping: Escaping,
    is_protobuf: bool,
    /// Whether the format has exemplars.
    pub(super) has_exemplars: bool,
    /// The names that the family has had so far.
    names: Vec<LabelName>,
    by_original: HashMap<String, usize>,
    /// The label with the state, and its name in a state set.
    state: Option<(&'static str, String)>,
    /// Whether the label `quantile` of the family keeps its name.
    keeps_quantile: bool,
    /// The value of a label, if it has to be put together first.
    scratch: Vec<u8>,
}

/// The name of a label.
#[derive(Debug)]
struct LabelName {
    original: String,
    translated: String,
    /// In text, the name up to the value.
    open: Vec<u8>,
    /// Whether the label comes after all others, because series that differ in no other label
    /// belong together.
    is_last: bool,
}

/// A label of one series: the index of its name, and its value.
type Entry<'v> = (usize, LabelRef<'v>);

/// The number of labels of a series that need no allocation.
const INLINE: usize = 8;

impl<'a> LabelWriter<'a> {
    pub(super) fn new(format: Format, naming: &'a Naming) -> Self {
        Self {
            naming,
            escaping: format.escaping(),
            is_protobuf: matches!(format, Format::Protobuf(_)),
            has_exemplars: !matches!(format, Format::Text | Format::Text1(_)),
            names: Vec::new(),
            by_original: HashMap::new(),
            state: None,
            keeps_quantile: false,
            scratch: Vec::new(),
        }
    }

    /// Begins a family. In a state set, `state` is the label with the state, and the name of the
    /// family.
    pub(super) fn begin(&mut self, state: Option<(&'static str, String)>) {
        self.names.clear();
        self.by_original.clear();
        self.state = state;
        self.keeps_quantile = false;
    }

    /// Lets the label `quantile` of the family keep its name, as in the summary of a registry that
    /// is read.
    pub(super) fn keep_quantile(&mut self) {
        self.keeps_quantile = true;
    }

    /// Appends the labels of a series. Labels without text are left out: Prometheus makes no
    /// difference between them and absent labels.
    pub(super) fn write<'v>(
        &mut self,
        labels: impl Iterator<Item = (&'v str, LabelRef<'v>)>,
        out: &mut Vec<u8>,
    ) {
        let mut inline = [(0, LabelRef::Absent); INLINE];
        let mut heap: Vec<Entry<'v>> = Vec::new();
        let mut count = 0;
        for (position, (name, value)) in labels.enumerate() {
            if matches!(value, LabelRef::Absent | LabelRef::Str("")) {
                continue;
            }
            let entry = (self.index(name, position), value);
            match inline.get_mut(count) {
                Some(place) => *place = entry,
                None if heap.is_empty() => {
                    heap.extend_from_slice(&inline);
                    heap.push(entry);
                }
                None => heap.push(entry),
            }
            count += 1;
        }
        let entries = if count > INLINE { &mut heap[..] } else { &mut inline[..count] };
        self.write_entries(entries, out);
    }

    fn write_entries(&mut self, entries: &mut [Entry<'_>], out: &mut Vec<u8>) {
        let key = |entry: &Entry<'_>| {
            let name = &self.names[entry.0];
            (name.is_last, &*name.translated)
        };
        if !entries.is_sorted_by(|a, b| key(a) < key(b)) {
            entries.sort_by(|a, b| {
                let originals = || self.names[a.0].original.cmp(&self.names[b.0].original);
                key(a).cmp(&key(b)).then_with(originals)
            });
        }
        let is_same = |a: &Entry<'_>, b: &Entry<'_>| {
            a.0 == b.0 || self.names[a.0].translated == self.names[b.0].translated
        };
        let mut scratch = std::mem::take(&mut self.scratch);
        for (number, same) in entries.chunk_by(is_same).enumerate() {
            let name = &self.names[same[0].0];
            if self.is_protobuf {
                scratch.clear();
                write_values(same, &mut scratch, |text, out| {
                    out.extend_from_slice(text.as_bytes());
                });
                write_label_pair(name.translated.as_bytes(), &scratch, out);
            } else {
                if number > 0 {
                    out.push(b',');
                }
                out.extend_from_slice(&name.open);
                write_values(same, out, write_quoted);
                out.push(b'"');
            }
        }
        self.scratch = scratch;
    }

    /// The name of a label that no series has.
    pub(super) fn translated(&self, original: &str) -> String {
        self.escaping.label(&self.naming.label_name(original)).into_owned()
    }

    /// Appends labels whose names are translated already, in this order.
    pub(super) fn write_plain(&self, labels: &[(String, String)], out: &mut Vec<u8>) {
        for (number, (name, value)) in labels.iter().enumerate() {
            if self.is_protobuf {
                write_label_pair(name.as_bytes(), value.as_bytes(), out);
                continue;
            }
            if number > 0 {
                out.push(b',');
            }
            out.extend_from_slice(&opened(name));
            write_quoted(value, out);
            out.push(b'"');
        }
    }

    /// The index of a name. Most series have the same labels in the same order, so the name is
    /// looked for at `guess` first.
    fn index(&mut self, original: &str, guess: usize) -> usize {
        if self.names.get(guess).is_some_and(|name| name.original == original) {
            return guess;
        }
        match self.by_original.get(original) {
            Some(index) => *index,
            None => self.add(original),
        }
    }

    #[cold]
    fn add(&mut self, original: &str) -> usize {
        let state = self.state.as_ref().filter(|(label, _)| *label == original);
        let is_last = state.is_some();
        let translated = match state {
            Some((_, family)) => family.clone(),
            None if self.keeps_quantile && original == "quantile" => original.to_owned(),
            None => {
                let translated = self.naming.label_name(original);
                let translated = self.escaping.label(&translated);
                // The name of the family is that of the label with the state.
                match &self.state {
                    Some((_, family)) if *family == translated => format!("exported_{family}"),
                    _ => translated.into_owned(),
                }
            }
        };
        let open = opened(&translated);
        let index = self.names.len();
        self.by_original.insert(original.to_owned(), index);
        self.names.push(LabelName { original: original.to_owned(), translated, open, is_last });
        index
    }
}

/// A label in text, up to its value.
fn opened(name: &str) -> Vec<u8> {
    let mut open = Vec::new();
    if is_classic_label(name) {
        open.extend_from_slice(name.as_bytes());
    } else {
        open.push(b'"');
        write_quoted(name, &mut open);
        open.push(b'"');
    }
    open.extend_from_slice(b"=\"");
    open
}

/// Appends the values of labels that have the same name after translation, separated by `;`, as
/// OpenTelemetry's compatibility specification says.
fn write_values(same: &[Entry<'_>], out: &mut Vec<u8>, write: impl Fn(&str, &mut Vec<u8>)) {
    for (number, (_, value)) in same.iter().enumerate() {
        if number > 0 {
            out.push(b';');
        }
        match value {
            LabelRef::Str(text) => write(text, out),
            LabelRef::Bool(value) => write(if *value { "true" } else { "false" }, out),
            LabelRef::Int(value) => write(itoa::Buffer::new().format(*value), out),
            LabelRef::Float(value) => write(&value.to_string(), out),
            LabelRef::List(list) => write(&list.to_string(), out),
            _ => {}
        }
    }
}
