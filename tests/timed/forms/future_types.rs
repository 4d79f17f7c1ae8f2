//! The types of futures: their auto traits and their sizes.

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;

use typed_metrics::testing::capture;
use typed_metrics::{Metrics, Outcome, timed};

use super::{Forms, calls, pause};
use crate::polls::block_on;

/// Shows which auto traits `T` has. For each trait, an inherent method exists if `T` has the trait.
/// Otherwise the call reaches the method of [`IsNot`].
struct Is<'a, T>(#[allow(dead_code, reason = "only its type is used")] &'a T);

trait IsNot {
    fn send(&self) -> bool {
        false
    }
    fn sync(&self) -> bool {
        false
    }
    fn unpin(&self) -> bool {
        false
    }
    fn unwind_safe(&self) -> bool {
        false
    }
    fn ref_unwind_safe(&self) -> bool {
        false
    }
}

impl<T> IsNot for Is<'_, T> {}

impl<T: Send> Is<'_, T> {
    fn send(&self) -> bool {
        true
    }
}

impl<T: Sync> Is<'_, T> {
    fn sync(&self) -> bool {
        true
    }
}

#[allow(dead_code, reason = "no future of an async function is `Unpin`")]
impl<T: Unpin> Is<'_, T> {
    fn unpin(&self) -> bool {
        true
    }
}

impl<T: UnwindSafe> Is<'_, T> {
    fn unwind_safe(&self) -> bool {
        true
    }
}

impl<T: RefUnwindSafe> Is<'_, T> {
    fn ref_unwind_safe(&self) -> bool {
        true
    }
}

#[test]
fn futures_keep_their_auto_traits() {
    // The future holds neither the `Rc` nor a reference to the argument while it waits.
    #[timed(Forms::Time { name: &Rc::<str>::from(name), outcome })]
    async fn measured<T>(value: T, name: &'static str) -> (T, &'static str) {
        pause().await;
        (value, name)
    }
    async fn plain<T>(value: T, name: &'static str) -> (T, &'static str) {
        pause().await;
        (value, name)
    }

    macro_rules! traits {
        ($future:expr) => {
            match &$future {
                future => {
                    let is = Is(future);
                    (is.send(), is.sync(), is.unpin(), is.unwind_safe(), is.ref_unwind_safe())
                }
            }
        };
    }
    macro_rules! assert_same {
        ($($value:expr => $traits:expr;)*) => {$(
            assert_eq!(traits!(plain($value, "a")), $traits);
            assert_eq!(traits!(measured($value, "a")), $traits);
        )*};
    }
    assert_same! {
        1 => (true, true, false, true, true);
        Rc::new(1) => (false, false, false, true, true);
        Cell::new(1) => (true, false, false, true, false);
        &Cell::new(1) => (false, false, false, false, false);
        &mut 1 => (true, true, false, false, true);
    }
    let seen = capture(|| assert_eq!(block_on(measured(Cell::new(1), "a")).0.get(), 1));
    assert_eq!(calls(&seen), ["a ok"]);
}

/// The bounds that a program requires of a future. A method of [`Is`] does not show that the
/// compiler can prove them.
fn require<F: Future + Send + Sync + UnwindSafe + RefUnwindSafe + 'static>(future: F) -> F {
    future
}

#[test]
fn the_auto_traits_of_futures_can_be_required() {
    #[derive(Metrics)]
    #[metrics(prefix = "required")]
    enum Required<'a> {
        #[histogram(unit = "ns")]
        Time { outcome: Outcome, size: Option<u64> },
        #[histogram(unit = "ns")]
        Busy { outcome: Outcome },
        #[counter]
        Calls { name: &'a str },
        #[up_down_counter]
        InFlight { name: &'a str },
    }
    #[timed]
    async fn bare() -> u8 {
        pause().await;
        1
    }
    #[timed(sample = 1/1)]
    async fn sampled() -> u8 {
        pause().await;
        1
    }
    #[timed(
        Required::Time { outcome, size },
        size = |returned| u64::from(*returned),
        busy = Required::Busy { outcome },
        count = Required::Calls { name },
        in_flight = Required::InFlight { name },
    )]
    async fn all(name: &'static str) -> u8 {
        pause().await;
        1
    }
    #[timed]
    fn returned() -> impl Future<Output = u8> {
        async {
            pause().await;
            1
        }
    }
    #[timed(Required::Busy { outcome }, count = Required::Calls { name })]
    fn made(name: &'static str) -> impl Future<Output = u8> {
        let future = plain();
        async move { future.await }
    }
    #[timed]
    fn passed_on() -> impl Future<Output = u8> {
        plain()
    }
    async fn plain() -> u8 {
        pause().await;
        1
    }
    assert_eq!(block_on(require(bare())), 1);
    assert_eq!(block_on(require(sampled())), 1);
    assert_eq!(block_on(require(all("a"))), 1);
    assert_eq!(block_on(require(returned())), 1);
    assert_eq!(block_on(require(made("a"))), 1);
    assert_eq!(block_on(require(passed_on())), 1);
}

#[test]
fn a_returned_future_stays_unpin_and_is_stored_once() {
    #[timed(Forms::Time { name: "ready", outcome })]
    fn ready(n: u8) -> impl Future<Output = Result<u8, ()>> + Unpin {
        std::future::ready(if n == 0 { Err(()) } else { Ok(n) })
    }
    #[timed(Forms::Time { name: "unsaid", outcome })]
    fn unsaid() -> impl Future {
        std::future::ready(1)
    }
    #[timed(Forms::Time { name: "boxed", outcome })]
    fn boxed(data: [u8; 100]) -> impl Future<Output = u8> {
        let boxed: std::pin::Pin<Box<dyn Future<Output = u8>>> = Box::pin(async move {
            pause().await;
            data[0]
        });
        boxed
    }
    #[timed(Forms::Time { name: "many", outcome })]
    fn many(bytes: [u8; 100]) -> impl Future<Output = [u8; 100]> {
        std::future::ready(bytes)
    }
    fn unpin(future: impl Future + Unpin) -> impl Future + Unpin {
        future
    }
    let seen = capture(|| {
        assert_eq!(block_on(ready(1)), Ok(1));
        assert_eq!(block_on(ready(0)), Err(()));
        block_on(unpin(unsaid()));
        assert_eq!(block_on(boxed([7; 100])), 7);
        let mut dropped = boxed([7; 100]);
        let polled = std::pin::Pin::new(&mut dropped)
            .poll(&mut std::task::Context::from_waker(std::task::Waker::noop()));
        assert!(polled.is_pending());
        drop(dropped);
        drop(boxed([7; 100]));
        assert!(size_of_val(&many([0; 100])) < 200);
    });
    assert_eq!(
        calls(&seen),
        ["boxed cancelled", "boxed ok", "ready error", "ready ok", "unsaid ok"]
    );
}

/// Functions whose futures are compared.
mod sizes {
    use super::{Forms, Metrics, Outcome, pause, timed};

    #[derive(Metrics)]
    enum Sizes {
        #[counter]
        SizedCalls { outcome: Outcome },
        #[up_down_counter]
        SizedInFlight,
    }
    macro_rules! functions {
        ($module:ident: $(#[$attribute:meta])*) => {
            pub(super) mod $module {
                #![allow(unused_imports)]
                use super::{Forms, Sizes, pause, timed};

                $(#[$attribute])*
                pub(crate) async fn held(data: [u8; 100], polls: u8) -> u8 {
                    for _ in 0..polls {
                        pause().await;
                    }
                    data[0]
                }
                $(#[$attribute])*
                pub(crate) async fn owned(name: String) -> usize {
                    pause().await;
                    name.len()
                }
                $(#[$attribute])*
                pub(crate) async fn none() {
                    pause().await;
                }
                $(#[$attribute])*
                pub(crate) async fn not_held(data: [u8; 100]) {
                    let _ = data[0];
                    pause().await;
                }
            }
        };
    }
    functions!(plain:);
    functions!(by_default: #[timed]);
    functions!(open: #[timed(Forms::Time { name: "size", outcome })]);
    functions!(everything: #[timed(
        Forms::Time { name: "size", outcome },
        count = Sizes::SizedCalls { outcome },
        in_flight = Sizes::SizedInFlight
    )]);
    pub(super) mod with_a_borrow {
        use super::{Forms, pause, timed};
        #[timed(Forms::Time { name: &name, outcome })]
        pub(crate) async fn owned(name: String) -> usize {
            pause().await;
            name.len()
        }
    }
}

#[test]
fn futures_grow_by_at_most_80_bytes() {
    use sizes::{by_default, everything, open, plain, with_a_borrow};

    macro_rules! assert_growth {
        ($($module:ident::$function:ident($($argument:expr),*): $limit:expr;)*) => {$(
            let bare = size_of_val(&plain::$function($($argument),*));
            let measured = size_of_val(&$module::$function($($argument),*));
            let what = concat!(stringify!($module), "::", stringify!($function));
            println!("{what}: from {bare} to {measured} bytes");
            assert!(measured <= bare + $limit, "{what}: from {bare} to {measured}");
        )*};
    }
    assert_growth! {
        by_default::held([0; 100], 1): 80;
        by_default::owned(String::new()): 80;
        by_default::none(): 80;
        open::held([0; 100], 1): 80;
        open::owned(String::new()): 80;
        open::none(): 80;
        by_default::not_held([0; 100]): 80 + 100;
        everything::not_held([0; 100]): 104 + 100;
        with_a_borrow::owned(String::new()): 80;
        // With `count` and `in_flight`, a future stores their series too.
        everything::owned(String::new()): 104;
        everything::held([0; 100], 1): 104;
        everything::none(): 104;
        // The timed future keeps the arguments beside the future of the function. So arguments that
        // the function would not otherwise hold across an `await` are stored twice.
        open::not_held([0; 100]): 80 + 100;
    }
}
