//! Operations in the words of other crates for metrics. They exist so that the compiler's error
//! names the operation of this crate, see [`wrong_kind`](super::wrong_kind).

use super::any_number::FromAny;
use super::handle::{Counter, Gauge, Handle, Histogram, Timer, UpDownCounter};
use super::wrong_kind::wrong_kind;
use crate::rules::unit::TimeUnit;

wrong_kind! {
    [K] Handle<K>, "not an operation of a handle" {
        get: HandleGet,
            "a handle has no `get`: the code that records a metric cannot read it",
            "in a test, record inside `testing::capture`, and ask the capture; elsewhere, read a \
             `snapshot()`";
        get_or_create: HandleGetOrCreate,
            "a handle has no `get_or_create`: it belongs to one series already",
            "the labels are arguments of the constructor: `Shop::requests(\"/search\", 200)`; keep \
             the handle to record the same labels again";
        reset: HandleReset,
            "a handle has no `reset`",
            "write `.remove()`: the series is exported no more, and begins again with the next \
             record";
        with_label_values: HandleWithLabelValues,
            "a handle has no `with_label_values`: it belongs to one series already",
            "the labels are arguments of the constructor: `Shop::requests(\"/search\", 200)`; keep \
             the handle to record the same labels again";
    }
    [T, U] Counter<T, U>, "not an operation of a counter" {
        absolute: CounterAbsolute,
            "a counter has no `absolute`: it adds up",
            "write `.observe(|| total)` for a total that something else counts";
        inc_by: CounterIncBy,
            "a counter has no `inc_by`",
            "write `.add(n)`";
        increment: CounterIncrement,
            "a counter has no `increment`",
            "write `.inc()` or `.add(n)`";
    }
    [T, U] UpDownCounter<T, U>, "not an operation of an up-down counter" {
        dec_by: UpDownCounterDecBy,
            "an up-down counter has no `dec_by`",
            "write `.add(-n)`";
        decrement: UpDownCounterDecrement,
            "an up-down counter has no `decrement`",
            "write `.dec()` or `.add(-n)`";
        guard: UpDownCounterGuard,
            "an up-down counter has no `guard`",
            "write `let _guard = ….enter();`";
        inc_by: UpDownCounterIncBy,
            "an up-down counter has no `inc_by`",
            "write `.add(n)`";
        inc_guard: UpDownCounterIncGuard,
            "an up-down counter has no `inc_guard`",
            "write `let _guard = ….enter();`";
        increment: UpDownCounterIncrement,
            "an up-down counter has no `increment`",
            "write `.inc()` or `.add(n)`";
    }
    [T, U] Gauge<T, U>, "not an operation of a gauge" {
        dec_by: GaugeDecBy,
            "a gauge has no `dec_by`",
            "write `.sub(n)`";
        decrement: GaugeDecrement,
            "a gauge has no `decrement`",
            "write `.dec()` or `.sub(n)`";
        inc_by: GaugeIncBy,
            "a gauge has no `inc_by`",
            "write `.add(n)`";
        inc_guard: GaugeIncGuard,
            "a gauge has no `inc_guard`",
            "declare a number of things in progress as `#[up_down_counter]`, and write \
             `let _guard = ….enter();`";
        increment: GaugeIncrement,
            "a gauge has no `increment`",
            "write `.inc()` or `.add(n)`";
        set_duration: GaugeSetDuration,
            "a gauge has no `set_duration`",
            "write `.set(duration)`, on a gauge with a unit of time";
        set_to_current_time: GaugeSetToCurrentTime,
            "a gauge has no `set_to_current_time`",
            "write `.set_to_now()`, on a gauge with a unit of time";
    }
    [T, U] Histogram<U, T>, "not an operation of a histogram" {
        observe_closure_duration: HistogramObserveClosureDuration,
            "a histogram has no `observe_closure_duration`",
            "write `.time(|| …)`, on a histogram with a unit of time";
        observe_duration: HistogramObserveDuration,
            "a histogram has no `observe_duration`",
            "write `.record(duration)`, or `let timer = ….start_timer();` and then `timer.stop()`, \
             on a histogram with a unit of time";
        start: HistogramStart,
            "a histogram has no `start`",
            "write `let timer = ….start_timer();`, on a histogram with a unit of time";
        start_coarse_timer: HistogramStartCoarseTimer,
            "a histogram has no `start_coarse_timer`",
            "write `let timer = ….start_timer();`, on a histogram with a unit of time";
    }
    [U: TimeUnit, T: FromAny] Timer<U, T>, "not an operation of a timer" {
        observe: TimerObserve,
            "a timer has no `observe`",
            "write `.stop()`, or drop the timer";
        observe_duration: TimerObserveDuration,
            "a timer has no `observe_duration`",
            "write `.stop()`, or drop the timer";
        record: TimerRecord,
            "a timer has no `record`",
            "write `.stop()`, or drop the timer";
        stop_and_discard: TimerStopAndDiscard,
            "a timer has no `stop_and_discard`",
            "write `.discard()`";
        stop_and_record: TimerStopAndRecord,
            "a timer has no `stop_and_record`",
            "write `.stop()`, which also returns the elapsed time";
    }
}
