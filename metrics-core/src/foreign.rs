//! Foreign code: callbacks, handlers, loggers, writers. Foreign code may panic, and may call this
//! crate.

use std::any::Any;
use std::cell::Cell;
use std::fmt;
use std::ops::Deref;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread::LocalKey;

thread_local! {
    /// How many calls of foreign code are on the stack of this thread.
    static CALLS: Cell<usize> = const { Cell::new(0) };
}

/// Calls foreign code, and catches its panic.
///
/// # Errors
/// The text of the panic.
pub fn call<R>(f: impl FnOnce() -> R) -> Result<R, Panicked> {
    let _inside = Inside::begin();
    catch_unwind(AssertUnwindSafe(f)).map_err(Panicked::new)
}

/// Whether foreign code that this crate called is on the stack of this thread. Such a thread must
/// not wait for another call of foreign code, which may be waiting for this thread.
pub(crate) fn is_inside() -> bool {
    CALLS.get() > 0
}

struct Inside;

impl Inside {
    fn begin() -> Self {
        CALLS.set(CALLS.get() + 1);
        Self
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        CALLS.set(CALLS.get() - 1);
    }
}

/// Foreign code panicked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Panicked(String);

impl Panicked {
    fn new(payload: Box<dyn Any + Send>) -> Self {
        let text = payload.downcast_ref::<&str>().copied();
        let text = text.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
        let panicked = Self(text.unwrap_or("with something that is no text").to_owned());
        // The payload is foreign, too, and may panic when it is dropped. The payload of that second
        // panic is leaked.
        if let Err(again) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
            std::mem::forget(again);
        }
        panicked
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it panicked: {}", self.0)
    }
}

impl std::error::Error for Panicked {}

/// A value whose drop is foreign code, which may panic.
pub(crate) struct Foreign<T>(Option<T>);

impl<T> Foreign<T> {
    pub(crate) fn new(value: T) -> Self {
        Self(Some(value))
    }

    /// Drops the value before its time.
    pub(crate) fn end(&mut self) -> Result<(), Panicked> {
        let value = self.0.take();
        call(|| drop(value))
    }
}

impl<T> Deref for Foreign<T> {
    type Target = T;

    fn deref(&self) -> &T {
        self.0.as_ref().expect("the value is taken only when its owner is dropped")
    }
}

impl<T> Drop for Foreign<T> {
    fn drop(&mut self) {
        // An owner that reports the panic has called `end`.
        let _ = self.end();
    }
}

/// The outermost of the calls of a thread that share a flag. The flag is set until this is dropped,
/// also by a panic.
#[derive(Debug)]
pub struct Outermost(&'static LocalKey<Cell<bool>>);

impl Outermost {
    /// `None` if the flag is set already.
    pub fn begin(flag: &'static LocalKey<Cell<bool>>) -> Option<Self> {
        (!flag.replace(true)).then(|| Self(flag))
    }
}

impl Drop for Outermost {
    fn drop(&mut self) {
        self.0.set(false);
    }
}

#[cfg(test)]
mod tests {
    use std::panic::panic_any;
    use std::thread;

    use super::*;

    /// Panics when it is dropped, with another bomb as long as there are any.
    struct Bomb(u32);

    impl Drop for Bomb {
        fn drop(&mut self) {
            if !thread::panicking() {
                match self.0 {
                    0 => panic!("the last bomb"),
                    more => panic_any(Bomb(more - 1)),
                }
            }
        }
    }

    #[test]
    fn a_panic_becomes_an_error_with_its_text() {
        assert_eq!(call(|| 7), Ok(7));
        let text = |panicked: Result<(), Panicked>| panicked.unwrap_err().to_string();
        assert_eq!(text(call(|| panic!("no"))), "it panicked: no");
        assert_eq!(text(call(|| panic!("no {}", 1))), "it panicked: no 1");
        assert_eq!(text(call(|| panic_any(1))), "it panicked: with something that is no text");
    }

    #[test]
    fn a_payload_may_panic_when_it_is_dropped() {
        for bombs in 0..3 {
            call(|| panic_any(Bomb(bombs))).unwrap_err();
            drop(Foreign::new(Bomb(bombs)));
            assert!(Foreign::new(Bomb(bombs)).end().is_err());
        }
        assert!(!is_inside());
    }

    #[test]
    fn a_thread_is_inside_until_the_outermost_call_returns() {
        assert!(!is_inside());
        call(|| {
            let _ = call(|| panic!("inside"));
            assert!(is_inside());
        })
        .unwrap();
        assert!(!is_inside());
    }

    #[test]
    fn a_flag_is_set_until_the_outermost_call_ends_also_by_a_panic() {
        thread_local! {
            static FLAG: Cell<bool> = const { Cell::new(false) };
        }
        for panics in [false, true] {
            let called = call(|| {
                let _outermost = Outermost::begin(&FLAG).unwrap();
                let nested = Outermost::begin(&FLAG).is_none() && FLAG.get();
                assert!(!panics, "on purpose, {nested}");
                nested
            });
            let panicked = Err(Panicked("on purpose, true".to_owned()));
            assert_eq!(called, if panics { panicked } else { Ok(true) });
            assert!(!FLAG.get());
        }
    }
}
