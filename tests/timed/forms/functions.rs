//! Functions and methods of every kind.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::catch_unwind;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};

use typed_metrics::testing::capture;
use typed_metrics::{Metrics, Objective, timed};

use super::{Forms, calls, pause};
use crate::polls::block_on;

#[test]
fn generics_and_impl_trait() {
    #[timed(Forms::Time { name: "longest", outcome })]
    fn longest<'a, T: ?Sized + PartialOrd>(a: &'a T, b: &'a T) -> &'a T
    where
        T: Debug,
    {
        if a > b { a } else { b }
    }
    #[timed(Forms::Time { name: "array", outcome })]
    fn array<const N: usize>(fill: impl Fn(usize) -> u8) -> [u8; N] {
        std::array::from_fn(fill)
    }
    #[timed(Forms::Time { name: "evens", outcome })]
    fn evens<'a>(of: &'a [u8], offset: u8) -> impl Iterator<Item = u8> + 'a {
        of.iter().map(move |n| n + offset).filter(|n| n % 2 == 0)
    }
    #[timed(Forms::Time { name: "nested", outcome })]
    fn nested(of: &str) -> Result<impl Iterator<Item = char> + '_, Box<dyn Error>> {
        if of.is_empty() {
            return Err("empty".into());
        }
        Ok(of.chars().rev())
    }
    #[timed(Forms::Time { name: "closure", outcome })]
    fn closure(n: usize) -> impl Fn(usize) -> usize {
        move |m| n + m
    }
    #[timed(Forms::Time { name: "dynamic", outcome })]
    fn dynamic(n: &u8) -> Box<dyn Display + '_> {
        Box::new(n)
    }
    #[timed(Forms::Time { name: "generic", outcome })]
    async fn generic<T: Display, const N: usize>(values: [T; N]) -> String {
        pause().await;
        values.map(|value| value.to_string()).join(",")
    }

    let seen = capture(|| {
        assert_eq!(longest("b", "a"), "b");
        assert_eq!(array::<3>(|i| u8::try_from(i).unwrap()), [0, 1, 2]);
        assert_eq!(evens(&[1, 2, 3], 1).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(nested("abc").unwrap().collect::<String>(), "cba");
        assert!(nested("").is_err());
        assert_eq!(closure(1)(2), 3);
        assert_eq!(dynamic(&7).to_string(), "7");
        assert_eq!(block_on(generic([1, 2])), "1,2");
    });
    let expected = ["array", "closure", "dynamic", "evens", "generic", "longest"];
    let mut expected: Vec<_> = expected.iter().map(|name| format!("{name} ok")).collect();
    expected.extend(["nested error".into(), "nested ok".into()]);
    assert_eq!(calls(&seen), expected);
}

#[test]
fn methods_with_self_in_every_form() {
    #[derive(Clone)]
    struct Cart {
        name: String,
        items: Vec<u8>,
    }

    #[timed(Forms::Time { name: "cart", outcome })]
    impl Cart {
        /// Not a function.
        const LIMIT: usize = 3;

        fn new(name: &str) -> Self {
            Self { name: name.into(), items: Vec::new() }
        }
        fn by_reference(&self) -> &str {
            &self.name
        }
        fn by_unique_reference(&mut self) -> &mut Vec<u8> {
            self.items.push(1);
            &mut self.items
        }
        fn by_value(self) -> Vec<u8> {
            let items = self.items;
            drop(self.name);
            items
        }
        fn mutable(mut self) -> Self {
            self.items.clear();
            self
        }
        fn boxed(self: Box<Self>) -> String {
            self.name
        }
        fn shared(self: Rc<Self>) -> usize {
            Rc::strong_count(&self)
        }
        fn atomically_shared(self: &Arc<Self>) -> Arc<Self> {
            Arc::clone(self)
        }
        fn pinned(mut self: Pin<&mut Self>) -> usize {
            self.items.push(2);
            self.items.len()
        }
        async fn later(&self) -> &str {
            pause().await;
            &self.name
        }
        async fn later_by_value(self) -> String {
            pause().await;
            self.name
        }
        async fn later_pinned(mut self: Pin<&mut Self>) -> Result<usize, ()> {
            pause().await;
            self.items.push(2);
            if self.items.len() > Self::LIMIT { Err(()) } else { Ok(self.items.len()) }
        }
        #[timed(Forms::Time { name: &self.name, outcome })]
        fn with_labels_of_its_own(&self) {}
        #[timed(skip)]
        const fn left_out() -> usize {
            Self::LIMIT
        }
        #[timed(skip)]
        fn left_out_too(&self) -> usize {
            self.items.len()
        }
    }

    let seen = capture(|| {
        let mut cart = Cart::new("a");
        assert_eq!(cart.by_reference(), "a");
        cart.by_unique_reference().push(5);
        assert_eq!(cart.clone().by_value(), [1, 5]);
        assert!(cart.clone().mutable().items.is_empty());
        assert_eq!(Box::new(cart.clone()).boxed(), "a");
        assert_eq!(Rc::new(cart.clone()).shared(), 1);
        assert_eq!(Arc::strong_count(&Arc::new(cart.clone()).atomically_shared()), 2);
        assert_eq!(Pin::new(&mut cart).pinned(), 3);
        assert_eq!(block_on(cart.later()), "a");
        assert_eq!(block_on(cart.clone().later_by_value()), "a");
        assert_eq!(block_on(Pin::new(&mut cart).later_pinned()), Err(()));
        cart.with_labels_of_its_own();
        assert_eq!(Cart::left_out() + cart.left_out_too(), 7);
    });
    let mut expected = vec!["a ok", "cart error"];
    expected.extend(["cart ok"; 11]);
    assert_eq!(calls(&seen), expected);
}

#[test]
fn recursion() {
    #[timed(Forms::Time { name: "factorial", outcome })]
    fn factorial(n: u64) -> u64 {
        if n == 0 { 1 } else { n * factorial(n - 1) }
    }
    #[timed(Forms::Time { name: "sum", outcome })]
    async fn sum(n: u64) -> u64 {
        pause().await;
        if n == 0 { 0 } else { n + Box::pin(sum(n - 1)).await }
    }

    let seen = capture(|| {
        assert_eq!(factorial(5), 120);
        assert_eq!(block_on(sum(3)), 6);
    });
    let mut expected = vec!["factorial ok"; 6];
    expected.extend(["sum ok"; 4]);
    assert_eq!(calls(&seen), expected);
}

#[test]
fn unsafe_extern_and_never_returning_functions() {
    #[timed(Forms::Time { name: "diverging", outcome })]
    fn diverging(text: &str) -> ! {
        panic!("{text}")
    }
    #[timed(Forms::Time { name: "diverging later", outcome })]
    async fn diverging_later() -> ! {
        loop {
            pause().await;
        }
    }
    #[timed(Forms::Time { name: "foreign", outcome })]
    extern "C" fn foreign(a: u8) -> u8 {
        a + 1
    }
    #[timed(Forms::Time { name: "unit", outcome })]
    fn unit(out: &Cell<u8>) {
        #![allow(clippy::needless_return)]
        out.set(1);
        return;
    }

    let seen = capture(|| {
        std::panic::catch_unwind(|| diverging("on purpose")).unwrap_err();
        let mut future = Box::pin(diverging_later());
        assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(future);
        assert_eq!(foreign(1), 2);
        unit(&Cell::new(0));
    });
    let expected = ["diverging later cancelled", "diverging panicked", "foreign ok", "unit ok"];
    assert_eq!(calls(&seen), expected);
}

#[test]
fn main_under_tokio() {
    #[timed(Forms::Time { name: "above", outcome })]
    #[tokio::main(flavor = "current_thread")]
    async fn above() -> Result<(), Box<dyn Error>> {
        tokio::task::yield_now().await;
        "a".parse::<u8>()?;
        Ok(())
    }
    #[tokio::main(flavor = "current_thread")]
    #[timed(Forms::Time { name: "below", outcome })]
    async fn below() -> Result<(), Box<dyn Error>> {
        tokio::task::yield_now().await;
        "a".parse::<u8>()?;
        Ok(())
    }

    let seen = capture(|| {
        above().unwrap_err();
        below().unwrap_err();
    });
    assert_eq!(calls(&seen), ["above error", "below error"]);
}

#[test]
fn traits_of_the_users_change_nothing() {
    trait HasOutcome {
        #[allow(dead_code, reason = "its name must not be confused with another")]
        fn outcome(&self) -> u8 {
            1
        }
    }
    impl<T> HasOutcome for T {}

    #[timed(Forms::Time { name: "unit", outcome })]
    fn unit() {}
    #[timed(Forms::Time { name: "result", outcome })]
    fn result() -> Result<(), u8> {
        Err(().outcome())
    }

    let seen = capture(|| {
        unit();
        result().unwrap_err();
    });
    assert_eq!(calls(&seen), ["result error", "unit ok"]);
}

#[test]
fn bodies_of_other_macros() {
    macro_rules! function {
        ($name:ident($argument:ident: $type:ty) -> $returned:ty $body:block) => {
            #[timed(Forms::Time { name: stringify!($name), outcome })]
            fn $name($argument: $type) -> $returned $body
        };
    }
    function!(half(n: u32) -> Result<u32, String> {
        if n % 2 == 1 {
            return Err(format!("{n} is odd"));
        }
        Ok(n / 2)
    });

    let seen = capture(|| {
        assert_eq!(half(4), Ok(2));
        half(5).unwrap_err();
    });
    assert_eq!(calls(&seen), ["half error", "half ok"]);
}

#[test]
fn a_condition_can_leave_functions_of_an_impl_block_out() {
    struct Cart;

    #[timed(Forms::Time { name: "all", outcome })]
    impl Cart {
        #[cfg_attr(all(), timed(skip))]
        fn left_out() {}
        #[cfg_attr(any(), timed(skip), inline)]
        fn not_left_out() {}
        #[cfg_attr(all(), inline, timed(Forms::Time { name: "own", outcome }))]
        fn with_its_own() {}
        #[cfg_attr(any(), timed(Forms::Time { name: "own", outcome }))]
        #[cfg_attr(all(), timed(skip))]
        fn under_two_conditions() {}
    }

    let seen = capture(|| {
        Cart::left_out();
        Cart::not_left_out();
        Cart::with_its_own();
        Cart::under_two_conditions();
    });
    assert_eq!(calls(&seen), ["all ok", "own ok"]);
}

#[test]
fn an_objective_of_an_enum_with_a_lifetime_is_no_lint() {
    #![deny(rust_2018_idioms, elided_lifetimes_in_paths)]

    #[derive(Metrics)]
    #[metrics(prefix = "forms")]
    enum Aims<'a> {
        #[histogram(unit = "s")]
        Aimed { name: &'a str },
    }
    #[timed(Aims::Aimed { name: "a" }, objective = Objective::success(0.99))]
    fn aimed() {}

    let seen = capture(aimed);
    assert_eq!(seen.histogram(Aims::Aimed { name: "a" }).count, 1);
    let catalog = typed_metrics::catalog();
    let metric = catalog.iter().find(|metric| metric.name() == "forms.aimed").unwrap();
    assert_eq!(metric.objectives()[0].objective, Objective::success(0.99));
}

/// The body stays in the function if it ends with its last expression only.
#[test]
fn the_caller_is_seen_in_bodies_without_early_exits() {
    use std::ops::Index;
    use std::panic::Location;

    trait Trace {
        #[track_caller]
        fn inherited(&self, name: String) -> u32;
    }
    struct Items(Vec<u8>);
    #[timed(Forms::Time { name: "inherited", outcome })]
    impl Trace for Items {
        fn inherited(&self, name: String) -> u32 {
            let line = if name.is_empty() { 0 } else { Location::caller().line() };
            line + u32::from(self[0])
        }
    }
    #[timed(Forms::Time { name: "index", outcome })]
    impl Index<usize> for Items {
        type Output = u8;

        fn index(&self, at: usize) -> &u8 {
            assert!(Location::caller().line() > 0);
            &self.0[at]
        }
    }
    #[timed(Forms::Time { name: "own", outcome })]
    #[track_caller]
    fn own() -> Option<u32> {
        #[derive(Debug)]
        struct Inside;
        assert!(!std::any::type_name::<Inside>().contains("closure"));
        Some(Location::caller().line())
    }
    #[timed(Forms::Time { name: "todo", outcome })]
    fn to_do(text: &str) -> u8 {
        todo!("{text}")
    }

    let seen = capture(|| {
        let items = Items(vec![0]);
        assert_eq!(items.inherited("a".into()), line!());
        assert_eq!(own(), Some(line!()));
        catch_unwind(|| to_do("later")).unwrap_err();
        catch_unwind(|| items[1]).unwrap_err();
    });
    let expected = ["index ok", "index panicked", "inherited ok", "own ok", "todo panicked"];
    assert_eq!(calls(&seen), expected);
}
