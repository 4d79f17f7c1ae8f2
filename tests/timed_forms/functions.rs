//! Functions and methods of every kind.

use std::cell::Cell;
use std::error::Error;
use std::fmt::{Debug, Display};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Waker};

use typed_metrics::testing::{Captured, capture};
use typed_metrics::{Metrics, Objective, timed};

use crate::{Forms, block_on, calls, pause};

/// The `function` labels of `function.duration` in this module, each with its outcome.
fn functions<R>(seen: &Captured<R>) -> Vec<String> {
    let Some(metric) = seen.snapshot.get("function.duration") else { return Vec::new() };
    let label =
        |series: &typed_metrics::SeriesSnapshot, name| series.labels.get(name).unwrap().to_string();
    let mut all: Vec<_> = metric
        .series
        .iter()
        .inspect(|series| assert_eq!(label(series, "module"), "timed_forms::functions::by_default"))
        .map(|series| format!("{} {}", label(series, "function"), label(series, "outcome")))
        .collect();
    all.sort();
    all
}

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

mod by_default {
    use crate::pause;
    use typed_metrics::timed;

    #[timed]
    pub(super) fn free() {}

    #[timed]
    pub(super) fn r#match<T>(_: T) {}

    pub(super) struct Type<T>(pub(super) T);

    pub(super) trait Trait {
        #[timed]
        fn provided(&self) -> u8 {
            1
        }
        fn required(&self) -> u8;
    }

    #[timed]
    impl<T: Copy> Type<T> {
        pub(super) fn method(&self) -> T {
            self.0
        }
        pub(super) async fn later(&self) -> Result<T, ()> {
            pause().await;
            Err(())
        }
    }

    impl Trait for Type<u8> {
        #[timed]
        fn required(&self) -> u8 {
            self.0
        }
    }
}

#[test]
fn functions_without_a_metric_are_recorded_under_their_path() {
    use by_default::{Trait, Type, free, r#match};

    let seen = capture(|| {
        free();
        assert_eq!(Type(5).method(), 5);
        block_on(Type('x').later()).unwrap_err();
        assert_eq!(Type(5).provided() + Type(5).required(), 6);
        r#match(1);
        r#match("a");
    });
    assert_eq!(
        functions(&seen),
        [
            "<Type as Trait>::required ok",
            "Trait::provided ok",
            "Type::later error",
            "Type::method ok",
            "free ok",
            "match ok"
        ]
    );
    let metric = seen.snapshot.get("function.duration").unwrap();
    assert_eq!(metric.descriptor.unit(), "s");
    let twice = metric.series_with(&[
        ("function", "match"),
        ("module", "timed_forms::functions::by_default"),
        ("outcome", "ok"),
    ]);
    assert_eq!(twice.unwrap().value.as_histogram().unwrap().count, 2);
    assert!(typed_metrics::catalog().iter().any(|metric| metric.name() == "function.duration"));
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
fn closures_that_take_references_are_returned() {
    struct Table<T>(Vec<T>);

    impl<T: Fn(&str) -> usize> Table<T> {
        #[timed(Forms::Time { name: "method", outcome })]
        fn largest(&self, limit: usize) -> impl Fn(&T, &str) -> Option<usize> + use<'_, T> {
            let first = self.0.len();
            move |one, text| Some(one(text).min(limit) + first)
        }
    }

    #[timed(Forms::Time { name: "length", outcome })]
    fn length(more: usize) -> impl Fn(&str) -> usize {
        move |text| text.len() + more
    }
    #[timed(Forms::Time { name: "suffix", outcome })]
    fn suffix<T: ?Sized + AsRef<str>>(from: usize) -> impl for<'a> Fn(&'a T) -> &'a str + Send {
        return move |text| &text.as_ref()[from..];
    }
    #[timed(Forms::Time { name: "lifetime", outcome })]
    fn lifetime<'a>(words: &'a [String]) -> impl FnMut(&mut Vec<&'a String>) -> bool + 'a {
        let mut rest = words.iter();
        move |seen| rest.next().map(|word| seen.push(word)).is_some()
    }
    #[timed(Forms::Time { name: "later", outcome })]
    async fn later(more: usize) -> impl FnOnce(&[u8], (u8, &str)) -> usize {
        pause().await;
        move |bytes, (_, text)| bytes.len() + text.len() + more
    }

    let seen = capture(|| {
        assert_eq!(length(1)("abc"), 4);
        assert_eq!(suffix::<str>(2)("abc"), "c");
        let words = ["a".to_owned()];
        let (mut next, mut found) = (lifetime(&words), Vec::new());
        assert!(next(&mut found) && !next(&mut found));
        assert_eq!(found, ["a"]);
        assert_eq!(block_on(later(1))(&[1, 2], (3, "abc")), 6);
        let table = Table(vec![str::len]);
        assert_eq!(table.largest(2)(&table.0[0], "abc"), Some(3));
    });
    assert_eq!(calls(&seen), ["later ok", "length ok", "lifetime ok", "method ok", "suffix ok"]);
}

#[test]
fn closures_of_every_type_are_returned() {
    type Boxed<'a> = Pin<Box<dyn Future<Output = usize> + Send + 'a>>;
    struct Bytes<'a, const N: usize>(&'a [u8; N]);

    #[timed(Forms::Time { name: "writer", outcome })]
    fn writer() -> impl Fn(&mut dyn std::fmt::Write) -> std::fmt::Result {
        |to| to.write_str("x")
    }
    #[timed(Forms::Time { name: "callback", outcome })]
    fn callback() -> impl Fn(&str) -> Boxed<'_> + Clone {
        |text| Box::pin(async move { text.len() })
    }
    #[timed(Forms::Time { name: "parser", outcome })]
    fn parser() -> impl for<'a> Fn(&'a str) -> Result<(&'a str, u8), String> {
        |text| Ok((text, 1))
    }
    #[timed(Forms::Time { name: "const", outcome })]
    fn of_const<const N: usize>() -> impl Fn(Bytes<'_, N>) -> usize {
        |bytes| bytes.0.len()
    }
    #[timed(Forms::Time { name: "nested", outcome })]
    fn nested() -> impl Fn(&(dyn Fn(&str) -> usize + Send)) -> usize {
        |inner| inner("abc")
    }
    #[timed(Forms::Time { name: "pair", outcome })]
    fn pair(n: usize) -> (impl Fn(&str) -> &str, usize) {
        (
            {
                let from = n;
                move |text| &text[from..]
            },
            n,
        )
    }
    #[timed(Forms::Time { name: "displayed", outcome })]
    fn displayed() -> Box<dyn Iterator<Item = impl Display>> {
        Box::new([1, 2].into_iter())
    }

    let seen = capture(|| {
        let mut text = String::new();
        writer()(&mut text).unwrap();
        assert_eq!(text, "x");
        assert_eq!(block_on(callback().clone()("ab")), 2);
        assert_eq!(parser()("ab"), Ok(("ab", 1)));
        assert_eq!(of_const()(Bytes(&[1, 2])), 2);
        assert_eq!(nested()(&str::len), 3);
        let (suffix, n) = pair(1);
        assert_eq!((suffix("abc"), n), ("bc", 1));
        assert_eq!(displayed().map(|n| n.to_string()).collect::<String>(), "12");
    });
    assert_eq!(calls(&seen).len(), 7);
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
