//! The plain model: a number for each series that was recorded since its last removal.

use std::collections::BTreeMap;

use crate::metrics::{Key, Step};

#[derive(Default)]
pub(crate) struct Model {
    values: BTreeMap<Key, f64>,
    /// How often each value was recorded in each histogram.
    histograms: BTreeMap<Key, BTreeMap<i32, u64>>,
    /// How often each series was removed.
    lives: BTreeMap<Key, u32>,
    /// The values that each open capture saw, the innermost last.
    captures: Vec<BTreeMap<Key, f64>>,
}

impl Model {
    pub(crate) fn record(&mut self, key: Key, value: i32) {
        for values in self.captures.iter_mut().chain([&mut self.values]) {
            apply(values, key, value);
        }
        self.note(key, value);
    }

    fn note(&mut self, key: Key, value: i32) {
        *self.histograms.entry(key).or_default().entry(value).or_default() += 1;
    }

    /// How often each value was recorded in a series, by the texts of a snapshot.
    pub(crate) fn recorded(&self) -> BTreeMap<(String, String), BTreeMap<i32, u64>> {
        self.histograms.iter().map(|(key, values)| (key.shown(), values.clone())).collect()
    }

    /// Records in a thread that is outside of every capture.
    pub(crate) fn record_outside(&mut self, key: Key, value: i32) {
        apply(&mut self.values, key, value);
        self.note(key, value);
    }

    /// Takes a step in a gauge. A capture has a value of its own, which begins with the capture.
    pub(crate) fn step(&mut self, key: Key, step: Step, value: i32) {
        for values in self.captures.iter_mut().chain([&mut self.values]) {
            let before = values.get(&key).copied();
            values.insert(key, step.from(before, key.counted(value)));
        }
    }

    pub(crate) fn remove(&mut self, key: Key) {
        self.values.remove(&key);
        self.histograms.remove(&key);
        *self.lives.entry(key).or_default() += 1;
    }

    pub(crate) fn life(&self, key: Key) -> u32 {
        self.lives.get(&key).copied().unwrap_or(0)
    }

    pub(crate) fn begin_capture(&mut self) {
        self.captures.push(BTreeMap::new());
    }

    pub(crate) fn end_capture(&mut self) -> BTreeMap<Key, f64> {
        self.captures.pop().unwrap_or_default()
    }

    /// The values, by the texts of a snapshot.
    pub(crate) fn shown(&self) -> BTreeMap<(String, String), f64> {
        self.values.iter().map(|(key, value)| (key.shown(), *value)).collect()
    }
}

fn apply(values: &mut BTreeMap<Key, f64>, key: Key, value: i32) {
    let total = values.entry(key).or_insert(0.0);
    *total = if key.is_gauge() { key.counted(value) } else { *total + key.counted(value) };
}
