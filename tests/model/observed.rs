//! Observed values: callbacks, and what the model expects of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicI32, Ordering::Relaxed};

use fastrand::Rng;
use typed_metrics::Observation;

use crate::metrics::{self, Key};
use crate::plain::Model;

/// A series that is observed.
pub(crate) struct Observed {
    key: Key,
    value: Arc<AtomicI32>,
    /// The value at the last collection, and the life in which it was counted.
    last: Option<(i32, u32)>,
    observation: Observation,
}

impl Observed {
    /// Observes a random series; `None` if it is a histogram, which cannot be observed.
    pub(crate) fn begin(random: &mut Rng) -> Option<Self> {
        let key = Key::random(random);
        let value = Arc::new(AtomicI32::new(random.i32(0..20)));
        let observation = metrics::observe(key, Arc::clone(&value))?;
        Some(Self { key, value, last: None, observation })
    }

    /// Changes the value. That of a counter is never negative.
    pub(crate) fn change(&self, value: i32) {
        self.value.store(if self.key.is_counter() { value.abs() } else { value }, Relaxed);
    }

    /// What a collection records. It belongs to no capture.
    pub(crate) fn collect(&mut self, model: &mut Model) {
        let (now, life) = (self.value.load(Relaxed), model.life(self.key));
        let change = match self.last {
            // A counter that fell has started again.
            Some((last, _)) if self.key.is_counter() && now >= last => now - last,
            // The series still has the last value, unless it was removed.
            Some((last, counted)) if self.key.is_level() && counted == life => now - last,
            _ => now,
        };
        model.record_outside(self.key, change);
        self.last = Some((now, life));
    }

    /// Ends the observation: a counter keeps its total, and a gauge is removed.
    pub(crate) fn end(self, model: &mut Model) {
        drop(self.observation);
        if self.key.is_gauge() {
            model.remove(self.key);
        } else if let Some((last, life)) = self.last
            && self.key.is_level()
            && life == model.life(self.key)
        {
            model.record_outside(self.key, -last);
        }
    }
}
