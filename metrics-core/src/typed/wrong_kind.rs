//! Operations that a kind of metric, or a variant, does not have. They exist so that the compiler's
//! error names the operation to use instead.
//!
//! Each is a method behind a trait that nothing implements. The compiler finds the method, sees
//! that the trait is missing, and prints the trait's message. A method of the same name in a user's
//! own trait is still found: the compiler passes over a method whose bounds do not hold.

use super::handle::{Counter, Gauge, Histogram, UpDownCounter};
use super::state::{Info, State};

/// Bounds the methods that a metrics enum has in the names of operations of handles; nothing
/// implements it. The parameter is for a bound with `for<'a>`.
#[diagnostic::on_unimplemented(
    message = "a variant of `{Self}` has `record` only; the other operations belong to the handle \
     that the variant's constructor returns",
    label = "not an operation of a variant",
    note = "call the constructor, which has the variant's name in snake case and takes the labels \
     as arguments: `{Self}::some_metric(…)` for the variant `{Self}::SomeMetric`"
)]
#[doc(hidden)]
pub trait CallTheConstructor<'a> {}

/// Defines the methods that the handles of a kind do not have, or a guard does not have. All take
/// `self` alone, because the compiler looks a method up by its name.
macro_rules! wrong_kind {
    ($($parameters:tt $handle:ty, $label:literal {
        $($operation:ident: $bound:ident, $message:literal, $fix:literal;)*
    })*) => {$($(
        wrong_kind!(
            @method $parameters $handle: $bound, $operation,
            #[diagnostic::on_unimplemented(message = $message, label = $label, note = $fix)]
        );
    )*)*};
    // The compiler would refuse a bound without parameters.
    (@method [] $handle:ty: $bound:ident, $operation:ident, $(#[$message:meta])*) => {
        #[doc(hidden)]
        $(#[$message])*
        pub trait $bound<'a> {}

        impl $handle
        where
            for<'a> Self: $bound<'a>,
        {
            #[doc(hidden)]
            pub fn $operation(self) {}
        }
    };
    (
        @method [$($parameter:ident $(: $of:path)?),*]
        $handle:ty: $bound:ident, $operation:ident, $(#[$message:meta])*
    ) => {
        #[doc(hidden)]
        $(#[$message])*
        pub trait $bound {}

        impl<$($parameter $(: $of)?),*> $handle
        where
            Self: $bound,
        {
            #[doc(hidden)]
            pub fn $operation(self) {}
        }
    };
}

pub(super) use wrong_kind;

wrong_kind! {
    [T, U] Counter<T, U>, "not an operation of a counter" {
        dec: CounterDec,
            "a counter has no `dec`: it only grows",
            "declare a sum that also shrinks as `#[up_down_counter]`";
        enter: CounterEnter,
            "a counter has no `enter`: it only grows",
            "declare a number of things in progress as `#[up_down_counter]`";
        record: CounterRecord,
            "a counter has no `record`: it adds up",
            "write `.inc()` or `.add(n)`; declare a distribution of values as `#[histogram]`";
        record_many: CounterRecordMany,
            "a counter has no `record_many`: it adds up",
            "write `.add(n)`; declare a distribution of values as `#[histogram]`";
        set: CounterSet,
            "a counter has no `set`: it adds up",
            "write `.add(n)`, or `.observe(|| total)` for a total that something else counts; \
             declare a value that is set as `#[gauge]`";
        set_max: CounterSetMax,
            "a counter has no `set_max`: it adds up",
            "declare a largest value as `#[gauge]`";
        set_min: CounterSetMin,
            "a counter has no `set_min`: it adds up",
            "declare a smallest value as `#[gauge]`";
        set_to_now: CounterSetToNow,
            "a counter has no `set_to_now`: it adds up",
            "declare the time of an event as `#[gauge(unit = \"s\")]`";
        start_timer: CounterStartTimer,
            "a counter has no `start_timer`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
        sub: CounterSub,
            "a counter has no `sub`: it only grows",
            "declare a sum that also shrinks as `#[up_down_counter]`";
        time: CounterTime,
            "a counter has no `time`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
    }
    [T, U] UpDownCounter<T, U>, "not an operation of an up-down counter" {
        record: UpDownCounterRecord,
            "an up-down counter has no `record`: it adds up changes",
            "write `.add(change)`; declare a distribution of values as `#[histogram]`";
        record_many: UpDownCounterRecordMany,
            "an up-down counter has no `record_many`: it adds up changes",
            "write `.add(change)`; declare a distribution of values as `#[histogram]`";
        set: UpDownCounterSet,
            "an up-down counter has no `set`: it adds up changes",
            "write `.add(change)`, or `.observe(|| sum)` for a sum that something else keeps; \
             declare a value that is set as `#[gauge]`";
        set_max: UpDownCounterSetMax,
            "an up-down counter has no `set_max`: it adds up changes",
            "declare a largest value as `#[gauge]`";
        set_min: UpDownCounterSetMin,
            "an up-down counter has no `set_min`: it adds up changes",
            "declare a smallest value as `#[gauge]`";
        set_to_now: UpDownCounterSetToNow,
            "an up-down counter has no `set_to_now`: it adds up changes",
            "declare the time of an event as `#[gauge(unit = \"s\")]`";
        start_timer: UpDownCounterStartTimer,
            "an up-down counter has no `start_timer`: it does not measure durations",
            "write `let _guard = ….enter();` to count 1 until the end of the scope; declare a \
             duration as `#[histogram(unit = \"s\")]`";
        sub: UpDownCounterSub,
            "an up-down counter has no `sub`",
            "write `.dec()` or `.add(-n)`";
        time: UpDownCounterTime,
            "an up-down counter has no `time`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
    }
    [T, U] Gauge<T, U>, "not an operation of a gauge" {
        enter: GaugeEnter,
            "a gauge has no `enter`: it is set to a value",
            "declare a number of things in progress as `#[up_down_counter]`";
        record: GaugeRecord,
            "a gauge has no `record`: it is set to a value",
            "write `.set(value)`; declare a distribution of values as `#[histogram]`";
        record_many: GaugeRecordMany,
            "a gauge has no `record_many`: it is set to a value",
            "write `.set(value)`; declare a distribution of values as `#[histogram]`";
        start_timer: GaugeStartTimer,
            "a gauge has no `start_timer`: it is set to a value",
            "declare a duration as `#[histogram(unit = \"s\")]`";
        time: GaugeTime,
            "a gauge has no `time`: it is set to a value",
            "declare a duration as `#[histogram(unit = \"s\")]`";
    }
    [T, U] Histogram<U, T>, "not an operation of a histogram" {
        add: HistogramAdd,
            "a histogram has no `add`: it records values",
            "write `.record(value)`, which also adds the value to the sum; declare a plain sum as \
             `#[counter]`";
        dec: HistogramDec,
            "a histogram has no `dec`: it records values",
            "declare a sum that grows and shrinks as `#[up_down_counter]`";
        enter: HistogramEnter,
            "a histogram has no `enter`: it records values",
            "write `let _timer = ….start_timer();` to record the time until the end of the scope; \
             declare a number of things in progress as `#[up_down_counter]`";
        inc: HistogramInc,
            "a histogram has no `inc`: it records values",
            "write `.record(value)`, which also counts the values; declare a plain count as \
             `#[counter]`";
        observe: HistogramObserve,
            "a histogram has no `observe`: it records values",
            "write `.record(value)`";
        set: HistogramSet,
            "a histogram has no `set`: it records values",
            "write `.record(value)`; declare a value of which only the last one matters as \
             `#[gauge]`";
        set_max: HistogramSetMax,
            "a histogram has no `set_max`: it records values",
            "write `.record(value)`, which also keeps the largest value; declare a largest value \
             alone as `#[gauge]`";
        set_min: HistogramSetMin,
            "a histogram has no `set_min`: it records values",
            "write `.record(value)`, which also keeps the smallest value; declare a smallest value \
             alone as `#[gauge]`";
        set_to_now: HistogramSetToNow,
            "a histogram has no `set_to_now`: it records values",
            "declare the time of an event as `#[gauge(unit = \"s\")]`";
        sub: HistogramSub,
            "a histogram has no `sub`: it records values",
            "declare a sum that grows and shrinks as `#[up_down_counter]`";
    }
    [S] State<S>, "not an operation of a state" {
        inc: StateInc,
            "a state has no `inc`: one of its states is set",
            "write `.set(state)`; declare a number of things in progress as `#[up_down_counter]`";
        dec: StateDec,
            "a state has no `dec`: one of its states is set",
            "write `.set(state)`; declare a number of things in progress as `#[up_down_counter]`";
        add: StateAdd,
            "a state has no `add`: one of its states is set",
            "write `.set(state)`; declare a sum that grows and shrinks as `#[up_down_counter]`";
        enter: StateEnter,
            "a state has no `enter`: one of its states is set",
            "write `.set(state)`; declare a number of things in progress as `#[up_down_counter]`";
        record: StateRecord,
            "a state has no `record`: one of its states is set",
            "write `.set(state)`";
        record_many: StateRecordMany,
            "a state has no `record_many`: one of its states is set",
            "write `.set(state)`; declare a distribution of values as `#[histogram]`";
        set_max: StateSetMax,
            "a state has no `set_max`: one of its states is set",
            "write `.set(state)`; declare a largest value as `#[gauge]`";
        set_min: StateSetMin,
            "a state has no `set_min`: one of its states is set",
            "write `.set(state)`; declare a smallest value as `#[gauge]`";
        set_to_now: StateSetToNow,
            "a state has no `set_to_now`: one of its states is set",
            "write `.set(state)`; declare the time of an event as `#[gauge(unit = \"s\")]`";
        start_timer: StateStartTimer,
            "a state has no `start_timer`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
        sub: StateSub,
            "a state has no `sub`: one of its states is set",
            "write `.set(state)`; declare a sum that grows and shrinks as `#[up_down_counter]`";
        time: StateTime,
            "a state has no `time`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
    }
    [] Info, "not an operation of an info" {
        add: InfoAdd,
            "an info has no `add`: its value is always 1",
            "write `.set()`; declare a sum as `#[counter]`";
        dec: InfoDec,
            "an info has no `dec`: its value is always 1",
            "write `.remove()` to show the info no longer; declare a sum that grows and shrinks as \
             `#[up_down_counter]`";
        enter: InfoEnter,
            "an info has no `enter`: its value is always 1",
            "write `.set()`; declare a number of things in progress as `#[up_down_counter]`";
        inc: InfoInc,
            "an info has no `inc`: its value is always 1",
            "write `.set()`; declare a count as `#[counter]`";
        observe: InfoObserve,
            "an info has no `observe`: its value is always 1",
            "write `.set()` where the fact becomes known, or in the callback of \
             `typed_metrics::observe`";
        record: InfoRecord,
            "an info has no `record`: its value is always 1",
            "write `.set()`; declare a distribution of values as `#[histogram]`";
        record_many: InfoRecordMany,
            "an info has no `record_many`: its value is always 1",
            "write `.set()`; declare a distribution of values as `#[histogram]`";
        set_max: InfoSetMax,
            "an info has no `set_max`: its value is always 1",
            "write `.set()`; declare a largest value as `#[gauge]`";
        set_min: InfoSetMin,
            "an info has no `set_min`: its value is always 1",
            "write `.set()`; declare a smallest value as `#[gauge]`";
        set_to_now: InfoSetToNow,
            "an info has no `set_to_now`: its value is always 1",
            "declare the time of an event as `#[gauge(unit = \"s\")]`";
        start_timer: InfoStartTimer,
            "an info has no `start_timer`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
        sub: InfoSub,
            "an info has no `sub`: its value is always 1",
            "write `.remove()` to show the info no longer; declare a sum that grows and shrinks as \
             `#[up_down_counter]`";
        time: InfoTime,
            "an info has no `time`: it does not measure durations",
            "declare a duration as `#[histogram(unit = \"s\")]`";
    }
}
