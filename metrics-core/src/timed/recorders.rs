//! The values that are recorded for a call.

use std::time::{Duration, Instant};

use super::pending::{FindSeries, Pending};
use crate::labels::outcome::Outcome;
use crate::number::Number;
use crate::rules::unit::{NotTime, TimeUnit};
use crate::typed::any_number::FromAny;
use crate::typed::handle::{Entered, Handle, Histogram, UpDownCounter, kind};

/// A recorder with its labels, before the call begins. Several recorders form a pair of pairs.
pub trait Prepared {
    type Begun: CallRecorder;

    /// Begins the call.
    fn begin(self) -> Self::Begun;
}

/// Records a value for a call. Several recorders form a pair of pairs, in which the first recorder
/// is that of the time.
pub trait CallRecorder {
    /// When the call began.
    type Start: Start;

    /// Whether the recorder needs the duration of each poll.
    const BUSY: bool = false;

    /// Whether this call is measured.
    #[inline(always)]
    fn is_measured(&self) -> bool {
        true
    }

    /// Adds the duration of a poll.
    fn polled(&mut self, _: Duration) {}

    /// Records the end of the call, with its outcome and the elapsed time `wall`, which is 0 if the
    /// call is not measured.
    fn end(&self, outcome: Outcome, wall: Duration);
}

/// When a call began: an `Instant`, or an `Option<Instant>` if only some calls are measured.
pub trait Start: Copy {
    /// Reads the clock if the call is measured.
    fn now(is_measured: bool) -> Self;

    /// The time since then, or 0 if the call is not measured.
    fn elapsed(self) -> Duration;
}

impl Start for Instant {
    #[inline(always)]
    fn now(_: bool) -> Self {
        Self::now()
    }

    #[inline(always)]
    fn elapsed(self) -> Duration {
        Self::elapsed(&self)
    }
}

impl Start for Option<Instant> {
    #[inline(always)]
    fn now(is_measured: bool) -> Self {
        is_measured.then(Instant::now)
    }

    #[inline(always)]
    fn elapsed(self) -> Duration {
        self.map_or(Duration::ZERO, |start| start.elapsed())
    }
}

impl CallRecorder for () {
    type Start = Instant;

    #[inline(always)]
    fn end(&self, _: Outcome, _: Duration) {}
}

impl Prepared for () {
    type Begun = ();

    #[inline(always)]
    fn begin(self) {}
}

impl<A: Prepared, B: Prepared> Prepared for (A, B) {
    type Begun = (A::Begun, B::Begun);

    #[inline(always)]
    fn begin(self) -> Self::Begun {
        (self.0.begin(), self.1.begin())
    }
}

/// A recorder that records only at the end needs no preparation.
macro_rules! prepared_without_change {
    ($($recorder:ident)*) => {$(
        impl<K: AnyKind, P: FindSeries> Prepared for $recorder<K, P> {
            type Begun = Self;

            #[inline(always)]
            fn begin(self) -> Self {
                self
            }
        }
    )*};
}

prepared_without_change! { Wall Busy Count }

impl<A: CallRecorder, B: CallRecorder> CallRecorder for (A, B) {
    type Start = A::Start;

    const BUSY: bool = A::BUSY || B::BUSY;

    #[inline(always)]
    fn is_measured(&self) -> bool {
        self.0.is_measured()
    }

    #[inline(always)]
    fn polled(&mut self, time: Duration) {
        self.0.polled(time);
        self.1.polled(time);
    }

    #[inline(always)]
    fn end(&self, outcome: Outcome, wall: Duration) {
        self.0.end(outcome, wall);
        self.1.end(outcome, wall);
    }
}

/// The actions of a call on a metric of some kind. On a metric of the wrong kind they do nothing.
///
/// [`TimeKind`], [`CountKind`] and [`InFlightKind`] check the kind. Each is required once, and
/// nothing else depends on them, so a wrong kind causes a single error.
pub trait AnyKind: Sized {
    type Entered: CallRecorder;

    fn time(_: Handle<Self>, _: Duration) {}
    fn count(_: Handle<Self>) {}
    fn enter(_: Handle<Self>) -> Self::Entered;
}

impl<T: Number, U> AnyKind for kind::Counter<T, U> {
    type Entered = ();

    #[inline(always)]
    fn count(handle: Handle<Self>) {
        handle.inc();
    }

    fn enter(_: Handle<Self>) {}
}

impl<T: Number, U> AnyKind for kind::UpDownCounter<T, U> {
    type Entered = Entered<T>;

    #[inline(always)]
    fn enter(handle: UpDownCounter<T, U>) -> Entered<T> {
        handle.enter()
    }
}

impl<T, U> AnyKind for kind::Gauge<T, U> {
    type Entered = ();

    fn enter(_: Handle<Self>) {}
}

impl<S> AnyKind for kind::State<S> {
    type Entered = ();

    fn enter(_: Handle<Self>) {}
}

impl AnyKind for kind::Info {
    type Entered = ();

    fn enter(_: Handle<Self>) {}
}

impl<U: AnyUnit, T: FromAny> AnyKind for kind::Histogram<U, T> {
    type Entered = ();

    #[inline(always)]
    fn time(handle: Handle<Self>, time: Duration) {
        U::record(handle, time);
    }

    fn enter(_: Handle<Self>) {}
}

/// The units of histograms.
pub trait AnyUnit: Sized {
    fn record<T: FromAny>(_: Histogram<Self, T>, _: Duration) {}
}

impl AnyUnit for NotTime {}

impl<U: TimeUnit> AnyUnit for U {
    #[inline(always)]
    fn record<T: FromAny>(histogram: Histogram<U, T>, time: Duration) {
        histogram.record(time);
    }
}

/// The kinds of metric that a time can be recorded in.
#[diagnostic::on_unimplemented(
    message = "`#[timed]` records a time, which `{Self}` does not take",
    label = "not a histogram of time",
    note = "name a `#[histogram]` whose unit is one of time: `ns`, `us`, `ms`, `s`, `min`, `h`, `d`"
)]
pub trait TimeKind {}

impl<U: TimeUnit, T> TimeKind for kind::Histogram<U, T> {}

/// The kinds of metric that count calls.
#[diagnostic::on_unimplemented(
    message = "`count` adds 1 for each call, which `{Self}` does not take",
    label = "not a counter",
    note = "name a `#[counter]`"
)]
pub trait CountKind {}

impl<T: Number, U> CountKind for kind::Counter<T, U> {}

/// The kinds of metric that count running calls.
#[diagnostic::on_unimplemented(
    message = "`in_flight` counts up and down again, which `{Self}` does not",
    label = "not an up-down counter",
    note = "name an `#[up_down_counter]`"
)]
pub trait InFlightKind {}

impl<T: Number, U> InFlightKind for kind::UpDownCounter<T, U> {}

/// Adds 1 when the call begins.
#[derive(Debug)]
pub struct InFlight<K>(pub(crate) Pending<K>);

impl<K: AnyKind> Prepared for InFlight<K> {
    /// `None` if the call is not recorded.
    type Begun = Option<K::Entered>;

    #[inline(always)]
    fn begin(self) -> Self::Begun {
        // The metric has no outcome, so every outcome has the same series.
        self.0.handle(Outcome::Ok).map(K::enter)
    }
}

/// Subtracts 1 when it is dropped, which is after `end`.
impl<T: Number> CallRecorder for Entered<T> {
    type Start = Instant;

    #[inline(always)]
    fn end(&self, _: Outcome, _: Duration) {}
}

/// Records the time from entry to end.
#[derive(Debug)]
pub struct Wall<K, P>(pub Pending<K, P>);

impl<K: AnyKind, P: FindSeries> CallRecorder for Wall<K, P> {
    type Start = Instant;

    #[inline(always)]
    fn end(&self, outcome: Outcome, wall: Duration) {
        if let Some(handle) = self.0.handle(outcome) {
            K::time(handle, wall);
        }
    }
}

/// Records the sum of the durations of all polls.
#[derive(Debug)]
pub struct Busy<K, P>(pub Pending<K, P>, pub(crate) Duration);

impl<K: AnyKind, P: FindSeries> CallRecorder for Busy<K, P> {
    type Start = Instant;

    const BUSY: bool = true;

    #[inline(always)]
    fn polled(&mut self, time: Duration) {
        self.1 = self.1.saturating_add(time);
    }

    #[inline(always)]
    fn end(&self, outcome: Outcome, _: Duration) {
        if let Some(handle) = self.0.handle(outcome) {
            K::time(handle, self.1);
        }
    }
}

/// Adds 1 when the call ends.
#[derive(Debug)]
pub struct Count<K, P>(pub Pending<K, P>);

impl<K: AnyKind, P: FindSeries> CallRecorder for Count<K, P> {
    type Start = Instant;

    #[inline(always)]
    fn end(&self, outcome: Outcome, _: Duration) {
        if let Some(handle) = self.0.handle(outcome) {
            K::count(handle);
        }
    }
}

/// A recorder of a function of which only some calls are measured: `None` in the other calls.
impl<R: Prepared> Prepared for Option<R> {
    type Begun = Option<R::Begun>;

    #[inline(always)]
    fn begin(self) -> Self::Begun {
        self.map(R::begin)
    }
}

impl<R: CallRecorder> CallRecorder for Option<R> {
    type Start = Option<Instant>;

    const BUSY: bool = R::BUSY;

    #[inline(always)]
    fn is_measured(&self) -> bool {
        self.is_some()
    }

    #[inline(always)]
    fn polled(&mut self, time: Duration) {
        if let Some(recorder) = self {
            recorder.polled(time);
        }
    }

    #[inline(always)]
    fn end(&self, outcome: Outcome, wall: Duration) {
        if let Some(recorder) = self {
            recorder.end(outcome, wall);
        }
    }
}
