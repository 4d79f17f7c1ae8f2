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
