//! Metrics that follow a sum which the operating system keeps.

#![cfg_attr(
    not(target_os = "linux"),
    allow(dead_code, reason = "other platforms read only some of the metrics")
)]

use typed_metrics_core::unit::NotTime;
use typed_metrics_core::value::CounterValue;
use typed_metrics_core::{Counter, Number, UpDownCounter};

/// A counter that follows a total, in unit `U` if that is a unit of time.
#[derive(Debug)]
pub(crate) struct Total<T: Number, U = NotTime> {
    counter: Counter<T, U>,
    last: T,
}

impl<T: Number + CounterValue<T, U>, U> Total<T, U> {
    pub(crate) fn new(counter: Counter<T, U>) -> Self {
        Self { counter, last: T::ZERO }
    }

    /// Adds the increase since the last call. A total that fell has started again from zero, for
    /// example because a device was replaced.
    pub(crate) fn follow(&mut self, now: T) {
        self.counter.add(if now < self.last { now } else { now.minus(self.last) });
        self.last = now;
    }

    /// Does the same for a total that never starts again but sometimes falls a little: then nothing
    /// is added.
    pub(crate) fn follow_up(&mut self, now: T) {
        if now >= self.last {
            self.follow(now);
        }
    }
}

/// An up-down counter that follows a sum.
#[derive(Debug)]
pub(crate) struct Level {
    counter: UpDownCounter,
    last: i64,
}

impl Level {
    pub(crate) fn new(counter: UpDownCounter) -> Self {
        Self { counter, last: 0 }
    }

    pub(crate) fn follow(&mut self, now: u64) {
        let now = i64::try_from(now).unwrap_or(i64::MAX);
        self.counter.add(now - self.last);
        self.last = now;
    }

    /// Removes the series until the next call of `follow`.
    pub(crate) fn hide(&mut self) {
        self.counter.remove();
        self.last = 0;
    }
}

#[cfg(test)]
mod tests {
    use typed_metrics_core::Value;
    use typed_metrics_derive::Metrics;

    use super::*;

    #[derive(Metrics)]
    #[metrics(prefix = "sum")]
    enum Sum {
        #[counter]
        Restarting,
        #[counter(value = f64)]
        Wavering,
        #[up_down_counter]
        Level,
    }

    fn value(name: &str) -> Option<Value> {
        let snapshot = typed_metrics_core::snapshot();
        Some(snapshot.get(name).unwrap().series.first()?.value.clone())
    }

    #[test]
    fn a_total_that_starts_again_is_added_from_zero() {
        let mut total = Total::new(Sum::restarting());
        assert_eq!(value("sum.restarting"), None);
        for (now, sum) in [(0, 0), (10, 10), (10, 10), (15, 15), (4, 19), (6, 21)] {
            total.follow(now);
            assert_eq!(value("sum.restarting"), Some(Value::U64(sum)), "{now}");
        }
    }

    #[test]
    fn a_total_that_only_wavers_is_not_added_again() {
        let mut total = Total::new(Sum::wavering());
        for (now, sum) in [(10.0, 10.0), (9.5, 10.0), (9.75, 10.0), (11.0, 11.0)] {
            total.follow_up(now);
            assert_eq!(value("sum.wavering"), Some(Value::F64(sum)), "{now}");
        }
    }

    #[test]
    fn a_level_goes_up_and_down_and_returns_after_it_was_hidden() {
        let mut level = Level::new(Sum::level());
        for now in [7, 3, 0, 12] {
            level.follow(now);
            assert_eq!(value("sum.level"), Some(Value::I64(now.cast_signed())));
        }
        level.hide();
        assert_eq!(value("sum.level"), None);
        level.follow(5);
        assert_eq!(value("sum.level"), Some(Value::I64(5)));
    }
}
