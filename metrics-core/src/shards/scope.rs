//! Scopes: a capture records into shards of its own.
//!
//! A thread inside a scope writes to a shard that began at zero. These shards count in the totals
//! of the process like any other shard. When the last reference to the scope is dropped, its counts
//! are added to the scope around it, or to the thread's own shard if there is none, and the emptied
//! segments are kept for the next capture. Until then, the scopes around it read its shards too, so
//! it does not matter how long a scope is referenced.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::iter::successors;
use std::sync::{Arc, Mutex};

use super::shard::{self, Numbered, Segment, SegmentList, Shard};
use crate::cells::change::{Change, Reading};
use crate::cells::totals::Totals;
use crate::locks::lock;
use crate::metric::descriptor::Descriptor;
use crate::metric::series_id::SeriesId;
use crate::metric::value_type::with_number;

/// The memory that a capture records into.
#[derive(Debug)]
pub(crate) struct Scope {
    /// The scope in which the capture began. It sees everything that this scope sees.
    outer: Option<Arc<Scope>>,
    /// Shards of threads that are outside the scope at the moment.
    idle: Mutex<Vec<Shard>>,
    /// The segments of all shards of this scope and of the scopes inside it.
    segments: SegmentList,
    /// The measurements that were written to shared cells.
    tapped: Mutex<HashMap<SeriesId, Reading>>,
    /// Called when the last reference to the scope is dropped: moves the counts out of the scope.
    at_end: fn(&Scope),
}

thread_local! {
    static ACTIVE: Cell<bool> = const { Cell::new(false) };
    /// The scopes that this thread has entered and not left yet, the innermost last.
    static ENTERED: RefCell<Vec<Entered>> = const { RefCell::new(Vec::new()) };
    /// The number of the next [`Entered`].
    static NEXT: Cell<u64> = const { Cell::new(0) };
}

/// One entry of a thread into a scope, or out of any scope.
#[derive(Debug)]
struct Entered {
    number: u64,
    scope: Option<Arc<Scope>>,
    /// The shard that the thread wrote to before; `None` if the thread kept its shard.
    before: Option<Shard>,
    /// Whether the guard was dropped. The thread stays inside while an inner guard lives.
    has_ended: bool,
}

impl Drop for Entered {
    fn drop(&mut self) {
        // Only at the end of a thread that never left the scope.
        if let Some(before) = self.before.take() {
            before.release();
        }
    }
}

/// Whether this thread is inside a scope.
#[inline]
pub(crate) fn is_active() -> bool {
    ACTIVE.get()
}

/// The scope that this thread is inside, if any.
pub(crate) fn current() -> Option<Arc<Scope>> {
    // The list is borrowed already if it grows, and a global allocator records.
    let current = ENTERED.try_with(|entered| entered.try_borrow().ok()?.last()?.scope.clone());
    current.ok().flatten()
}

/// Whether this thread can still enter scopes.
fn is_available() -> bool {
    shard::is_available() && ENTERED.try_with(|_| ()).is_ok()
}

/// Calls `f` outside any scope.
pub(crate) fn outside<R>(f: impl FnOnce() -> R) -> R {
    if is_active() {
        let _outside = Inside::switch_to(None);
        f()
    } else {
        f()
    }
}

/// Keeps the thread inside a scope, or outside any scope, until it is dropped. Guards may be
/// dropped in any order: the thread leaves a scope when the guard and all guards made after it are
/// dropped.
#[derive(Debug)]
pub(crate) struct Inside(Option<u64>);

impl Inside {
    /// Enters `scope`, or stays in a scope inside it, which records for both.
    pub(crate) fn enter(scope: Arc<Scope>) -> Self {
        let current = current();
        let is_inside = current.as_ref().is_some_and(|current| {
            current.and_outer().any(|s| std::ptr::eq(s, Arc::as_ptr(&scope)))
        });
        if is_inside { Self::push(current, None) } else { Self::switch_to(Some(scope)) }
    }

    /// Enters exactly `scope`, or leaves every scope.
    fn switch_to(scope: Option<Arc<Scope>>) -> Self {
        if !is_available() {
            return Self(None);
        }
        let shard = match &scope {
            Some(scope) => lock(&scope.idle).pop().unwrap_or_else(|| scope.new_shard()),
            None => Shard::UNCLAIMED,
        };
        Self::push(scope, shard::swap(shard).ok())
    }

    fn push(scope: Option<Arc<Scope>>, before: Option<Shard>) -> Self {
        let number = NEXT.replace(NEXT.get() + 1);
        let is_scope = scope.is_some();
        let entered = Entered { number, scope, before, has_ended: false };
        let is_entered = ENTERED.try_with(|all| all.borrow_mut().push(entered)).is_ok();
        ACTIVE.set(is_scope && is_entered);
        Self(is_entered.then_some(number))
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        let Some(number) = self.0 else { return };
        let left = ENTERED.try_with(|entered| {
            let mut entered = entered.borrow_mut();
            if let Some(own) = entered.iter_mut().find(|entered| entered.number == number) {
                own.has_ended = true;
            }
            let kept = entered.iter().rposition(|entered| !entered.has_ended);
            entered.split_off(kept.map_or(0, |kept| kept + 1))
        });
        let Ok(mut left) = left else { return };
        for Entered { scope, before, .. } in left.iter_mut().rev() {
            let Some(before) = before.take() else { continue };
            if let Ok(shard) = shard::swap(before) {
                match scope {
                    Some(scope) => lock(&scope.idle).push(shard),
                    None => shard.release(),
                }
            }
        }
        ACTIVE.set(current().is_some());
        // Last: the end of a scope enters the scope around it.
        drop(left);
    }
}

/// Also adds a measurement in shared cells to the scope, if this thread is inside one.
pub(crate) fn tap(id: SeriesId, descriptor: &'static Descriptor, change: Change) {
    let Some(scope) = current() else { return };
    let value_type = descriptor.value_type();
    for scope in scope.and_outer() {
        let mut tapped = lock(&scope.tapped);
        let before = match tapped.get(&id) {
            Some(Reading::Number(bits)) => Some(*bits),
            _ => None,
        };
        let after = match change {
            Change::Set(bits) => bits,
            Change::Add(bits) => before.map_or(bits, |before| value_type.sum(before, bits)),
            // The capture has a gauge of its own, which begins without a value.
            Change::Adjust(adjustment) => {
                with_number!(value_type, N => adjustment.apply::<N>(before)).bits
            }
            Change::Record { value, count } => {
                let grid = descriptor.grid();
                let empty = || Reading::Histogram(Totals::new(grid));
                if let Reading::Histogram(totals) = tapped.entry(id).or_insert_with(empty) {
                    totals.record(grid, value, count);
                }
                continue;
            }
        };
        tapped.insert(id, Reading::Number(after));
    }
}

impl Scope {
    /// A scope inside the current scope of this thread.
    ///
    /// `at_end` is called when the last reference to the scope is dropped. It moves the counts to
    /// the scope or thread in which this scope began.
    pub(crate) fn new(at_end: fn(&Self)) -> Self {
        Self {
            outer: current(),
            idle: Mutex::default(),
            segments: SegmentList::default(),
            tapped: Mutex::default(),
            at_end,
        }
    }

    /// A scope that has these segments, whose counts the caller moves. Readers are kept out.
    pub(crate) fn of(segments: Vec<Numbered>) -> Self {
        Self {
            outer: None,
            idle: Mutex::default(),
            segments: Arc::new(Mutex::new(segments)),
            tapped: Mutex::default(),
            at_end: |_| {},
        }
    }

    /// The scope and those around it.
    fn and_outer(&self) -> impl Iterator<Item = &Self> {
        successors(Some(self), |scope| scope.outer.as_deref())
    }

    /// Makes this thread record into the outer scope, unless the thread already does.
    pub(crate) fn enter_outer(&self) -> Option<Inside> {
        let is_entered = match (&current(), &self.outer) {
            (Some(current), Some(outer)) => Arc::ptr_eq(current, outer),
            (current, outer) => current.is_none() && outer.is_none(),
        };
        (!is_entered).then(|| Inside::switch_to(self.outer.clone()))
    }

    /// A shard whose segments are read by this scope and the scopes around it.
    fn new_shard(&self) -> Shard {
        Shard::for_capture(self.and_outer().map(|scope| Arc::clone(&scope.segments)).collect())
    }

    /// Empties the shards and keeps their segments for other shards. The caller has moved the
    /// counts out and keeps readers out.
    pub(crate) fn recycle(&self) {
        let own = std::mem::take(&mut *lock(&self.segments));
        for scope in self.and_outer().skip(1) {
            let is_own = |segment| own.iter().any(|(_, own)| std::ptr::eq(*own, segment));
            lock(&scope.segments).retain(|(_, segment)| !is_own(*segment));
        }
        lock(&self.idle).clear();
        shard::retire(own);
    }

    /// Leaves the segments and their counts to the shards of ended threads.
    pub(crate) fn give_up(&self) {
        Shard::of_lost(std::mem::take(&mut *lock(&self.segments))).release();
    }

    /// The copies of a segment in the shards of this scope.
    pub(crate) fn copies(&self, number: usize) -> Vec<&'static Segment> {
        let segments = lock(&self.segments);
        segments.iter().filter(|(n, _)| *n == number).map(|(_, segment)| *segment).collect()
    }

    /// The measurements that were written to the shared cells of the series `id` inside the scope.
    pub(crate) fn tapped(&self, id: SeriesId) -> Option<Reading> {
        lock(&self.tapped).get(&id).cloned()
    }
}

impl Drop for Scope {
    fn drop(&mut self) {
        if is_available() {
            return (self.at_end)(self);
        }
        // At the end of a thread, the counts cannot be moved. The scope around this one has the
        // segments too. Without such a scope, they become a shard of an ended thread.
        shard::leave_capture();
        if self.outer.is_none() {
            self.give_up();
        }
    }
}
