//! `#[timed]` on functions of every form: they stay what they were.
#![forbid(unsafe_op_in_unsafe_fn)]
#![deny(warnings)]
#![allow(
    clippy::elidable_lifetime_names,
    clippy::multiple_bound_locations,
    clippy::unnecessary_literal_bound,
    clippy::unused_self,
    reason = "the functions are written in every way that people write them"
)]

use std::cell::{Cell, RefCell};
use std::error::Error;
use std::fmt::{Debug, Display};
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use typed_metrics::testing::{Captured, capture, capture_async};
use typed_metrics::{Metrics, Outcome, timed};

#[derive(Metrics)]
#[metrics(prefix = "forms")]
enum Forms<'a> {
    /// Time of a call.
    #[histogram(unit = "us")]
    Time { name: &'a str, outcome: Outcome },
}

fn block_on<F: Future>(future: F) -> F::Output {
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(output) = future.as_mut().poll(&mut Context::from_waker(Waker::noop())) {
            return output;
        }
    }
}

/// Gives way once.
fn pause() -> Pause {
    Pause(false)
}

struct Pause(bool);

impl Future for Pause {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        if std::mem::replace(&mut self.0, true) { Poll::Ready(()) } else { Poll::Pending }
    }
}

/// All calls, as `name outcome`, each as often as it was recorded.
fn calls<R>(seen: &Captured<R>) -> Vec<String> {
    let Some(metric) = seen.snapshot.get("forms.time") else { return Vec::new() };
    let mut calls = Vec::new();
    for series in &metric.series {
        let label = |name| series.labels.get(name).unwrap().to_string();
        let count = series.value.as_histogram().unwrap().count;
        calls.extend((0..count).map(|_| format!("{} {}", label("name"), label("outcome"))));
    }
    calls.sort();
    calls
}

/// The `function` labels of `function.duration` in this module, with the outcome.
fn functions<R>(seen: &Captured<R>) -> Vec<String> {
    let Some(metric) = seen.snapshot.get("function.duration") else { return Vec::new() };
    let label =
        |series: &typed_metrics::SeriesSnapshot, name| series.labels.get(name).unwrap().to_string();
    let mut all: Vec<_> = metric
        .series
        .iter()
        .inspect(|series| assert_eq!(label(series, "module"), "timed_forms::by_default"))
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
fn borrows_and_moves_of_arguments() {
    struct Pair {
        left: String,
        right: Vec<u8>,
    }

    #[timed(Forms::Time { name: &pair.left, outcome })]
    fn taken_apart(pair: Pair) -> (String, Vec<u8>) {
        let left = pair.left;
        (left, pair.right)
    }
    #[timed(Forms::Time { name: "first", outcome })]
    fn first(of: &mut Vec<u8>) -> &mut u8 {
        of.push(1);
        of.push(2);
        &mut of[0]
    }
    #[timed(Forms::Time { name: "reborrowed", outcome })]
    fn reborrowed(of: &mut Vec<u8>) -> usize {
        first(of);
        first(of);
        of.len()
    }
    #[timed(Forms::Time { name: left, outcome })]
    fn patterns(
        (left, mut counter): (&str, u32),
        Pair { right, .. }: Pair,
        [a, _]: [u8; 2],
        _: Rc<()>,
    ) -> u32 {
        counter += u32::from(a);
        counter + u32::try_from(right.len()).unwrap() + u32::try_from(left.len()).unwrap()
    }
    #[timed(Forms::Time { name: "again", outcome })]
    fn again(mut of: Vec<u8>) -> Vec<u8> {
        drop(of);
        of = vec![7];
        of
    }
    #[timed(Forms::Time { name: &name, outcome })]
    async fn moved(name: String, mut of: Vec<u8>) -> (String, Vec<u8>) {
        of.push(1);
        pause().await;
        of.push(2);
        (name, of)
    }
    #[timed(Forms::Time { name: "borrowed", outcome })]
    async fn borrowed<'a>(of: &'a mut Vec<u8>, name: &str) -> &'a mut u8 {
        pause().await;
        of.extend(name.bytes());
        &mut of[0]
    }
    #[timed(Forms::Time { name: "locked", outcome })]
    fn locked(of: Mutex<u8>) -> u8 {
        *of.lock().unwrap()
    }
    #[timed(Forms::Time { name: "conditionally", outcome })]
    fn conditionally(of: String, take: bool) -> Option<String> {
        if take {
            return Some(of);
        }
        None
    }

    let seen = capture(|| {
        let pair = || Pair { left: "left".into(), right: vec![1, 2] };
        assert_eq!(taken_apart(pair()).1, [1, 2]);
        let mut of = Vec::new();
        *first(&mut of) = 9;
        assert_eq!(reborrowed(&mut of), 6);
        assert_eq!(of[0], 9);
        assert_eq!(patterns(("a", 1), pair(), [5, 6], Rc::new(())), 9);
        assert_eq!(again(vec![1]), [7]);
        assert_eq!(block_on(moved("name".into(), vec![])), ("name".into(), vec![1, 2]));
        *block_on(borrowed(&mut of, "x")) += 1;
        assert_eq!(of[0], 10);
        assert_eq!(locked(Mutex::new(3)), 3);
        assert_eq!(conditionally("a".into(), true).unwrap(), "a");
        assert_eq!(conditionally("a".into(), false), None);
    });
    let expected = [
        "a ok",
        "again ok",
        "borrowed ok",
        "conditionally ok",
        "conditionally ok",
        "first ok",
        "first ok",
        "first ok",
        "left ok",
        "locked ok",
        "name ok",
        "reborrowed ok",
    ];
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
    use super::{pause, timed};

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
        ("module", "timed_forms::by_default"),
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
fn functions_that_return_futures_and_streams() {
    #[timed(Forms::Time { name: "block", outcome })]
    fn block(fail: bool) -> impl Future<Output = Result<(), String>> + Send {
        let text = String::from("failed");
        async move {
            pause().await;
            if fail {
                return Err(text);
            }
            "1".parse::<u8>().map_err(|error| error.to_string())?;
            Ok(())
        }
    }
    #[timed(Forms::Time { name, outcome })]
    fn boxed<'a>(name: &'a str) -> Pin<Box<dyn Future<Output = Option<&'a str>> + 'a>> {
        Box::pin(async {
            pause().await;
            Some(name)
        })
    }
    #[timed(Forms::Time { name: "made", outcome })]
    fn made() -> std::future::Ready<u8> {
        std::future::ready(1)
    }

    let seen = capture(|| {
        block_on(block(true)).unwrap_err();
        block_on(block(false)).unwrap();
        drop(block(true));
        assert_eq!(block_on(boxed("boxed")), Some("boxed"));
        drop(made());
    });
    assert_eq!(calls(&seen), ["block error", "block ok", "boxed ok", "made ok"]);
}

mod async_traits {
    use super::{Forms, pause, timed};
    use async_trait::async_trait;

    #[async_trait]
    pub(super) trait Fetch: Send + Sync {
        async fn fetch(&self, path: &str) -> Result<String, std::num::ParseIntError>;
        #[timed(Forms::Time { name: self.name(), outcome })]
        async fn provided(&self) -> u8 {
            pause().await;
            1
        }
        fn name(&self) -> &str {
            "provided"
        }
    }

    pub(super) struct Inside;
    pub(super) struct Above;
    pub(super) struct Below;

    #[async_trait]
    impl Fetch for Inside {
        #[timed(Forms::Time { name: path, outcome })]
        async fn fetch(&self, path: &str) -> Result<String, std::num::ParseIntError> {
            pause().await;
            let number: u8 = path.parse()?;
            Ok(format!("{}{number}", self.name()))
        }
        fn name(&self) -> &str {
            "inside"
        }
    }

    #[timed(Forms::Time { name: "above", outcome })]
    #[async_trait]
    impl Fetch for Above {
        async fn fetch(&self, path: &str) -> Result<String, std::num::ParseIntError> {
            pause().await;
            Ok(path.parse::<u8>()?.to_string())
        }
    }

    #[async_trait]
    #[timed(Forms::Time { name: "below", outcome })]
    impl Fetch for Below {
        async fn fetch(&self, path: &str) -> Result<String, std::num::ParseIntError> {
            pause().await;
            Ok(path.parse::<u8>()?.to_string())
        }
    }
}

#[test]
fn async_trait_in_either_order() {
    use async_traits::{Above, Below, Fetch, Inside};

    let seen = capture(|| {
        assert_eq!(block_on(Inside.fetch("1")).unwrap(), "inside1");
        assert_eq!(block_on(Inside.provided()), 1);
        assert_eq!(block_on(Above.provided()), 1);
        let all: [Box<dyn Fetch>; 2] = [Box::new(Above), Box::new(Below)];
        for one in all {
            assert_eq!(block_on(one.fetch("1")).unwrap(), "1");
            block_on(one.fetch("a")).unwrap_err();
            let mut future = one.fetch("1");
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        }
    });
    let expected = [
        "1 ok",
        "above cancelled",
        "above error",
        "above ok",
        "below cancelled",
        "below error",
        "below ok",
        "inside ok",
        "provided ok",
    ];
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

/// Notes when it is dropped.
struct Noted<'a>(&'static str, &'a RefCell<Vec<&'static str>>);

impl Drop for Noted<'_> {
    fn drop(&mut self) {
        self.1.borrow_mut().push(self.0);
    }
}

#[test]
fn arguments_are_dropped_in_the_same_order() {
    macro_rules! functions {
        ($module:ident: $(#[$attribute:meta])*) => {
            mod $module {
                #![allow(unused_imports)]
                use super::{Forms, Noted, pause, timed};

                $(#[$attribute])*
                pub(super) fn plain<'a>(a: Noted<'a>, _: Noted<'a>, _c: Noted<'a>, mut d: Noted<'a>) {
                    let _local = Noted("local", a.1);
                    d.0 = "d again";
                }
                $(#[$attribute])*
                pub(super) fn moving<'a>(a: Noted<'a>, b: Noted<'a>, c: Noted<'a>, early: bool) {
                    if early {
                        drop(b);
                    }
                    let _ = (&a, &c);
                }
                $(#[$attribute])*
                pub(super) async fn later<'a>(a: Noted<'a>, _: Noted<'a>, _c: Noted<'a>, d: Noted<'a>) {
                    let _local = Noted("local", d.1);
                    pause().await;
                    drop(a);
                }
            }
        };
    }
    functions!(measured: #[timed(Forms::Time { name: "drops", outcome })]);
    functions!(bare:);

    fn order(call: impl for<'a> FnOnce([Noted<'a>; 4])) -> Vec<&'static str> {
        let order = RefCell::new(Vec::new());
        call(["a", "b", "c", "d"].map(|name| Noted(name, &order)));
        order.into_inner()
    }
    let polled_once = |future: Pin<&mut dyn Future<Output = ()>>| {
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };

    let expected = ["local", "d again", "c", "b", "a"];
    assert_eq!(order(|[a, b, c, d]| bare::plain(a, b, c, d)), expected);
    assert_eq!(order(|[a, b, c, d]| measured::plain(a, b, c, d)), expected);
    for early in [false, true] {
        let expected = order(|[a, b, c, d]| {
            drop(d);
            bare::moving(a, b, c, early);
        });
        let measured = order(|[a, b, c, d]| {
            drop(d);
            measured::moving(a, b, c, early);
        });
        assert_eq!(measured, expected);
    }
    let expected = order(|[a, b, c, d]| block_on(bare::later(a, b, c, d)));
    assert_eq!(order(|[a, b, c, d]| block_on(measured::later(a, b, c, d))), expected);
    let expected = order(|[a, b, c, d]| polled_once(pin!(bare::later(a, b, c, d))));
    assert_eq!(order(|[a, b, c, d]| polled_once(pin!(measured::later(a, b, c, d)))), expected);
}

/// Tells which auto traits a value has: an inherent method is there only where they hold, and else the
/// trait's.
struct Is<'a, T>(#[allow(dead_code, reason = "its type is all that is looked at")] &'a T);

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

#[allow(dead_code, reason = "no future of an async function is")]
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
    // Neither `Rc` here nor a reference to the argument is held while the future waits.
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

#[test]
fn futures_grow_by_at_most_80_bytes() {
    async fn plain(data: [u8; 100], polls: u8) -> u8 {
        for _ in 0..polls {
            pause().await;
        }
        data[0]
    }
    #[timed(Forms::Time { name: "size", outcome })]
    async fn measured(data: [u8; 100], polls: u8) -> u8 {
        for _ in 0..polls {
            pause().await;
        }
        data[0]
    }
    #[timed]
    async fn by_default(data: [u8; 100], polls: u8) -> u8 {
        for _ in 0..polls {
            pause().await;
        }
        data[0]
    }

    let plain = size_of_val(&plain([0; 100], 1));
    let sizes = [size_of_val(&measured([0; 100], 1)), size_of_val(&by_default([0; 100], 1))];
    for size in sizes {
        assert!(size <= plain + 80, "from {plain} to {size}");
    }
}

#[test]
fn a_capture_of_an_async_call_sees_it() {
    #[timed(Forms::Time { name: "captured", outcome })]
    async fn captured() {
        pause().await;
    }

    let seen = block_on(capture_async(captured()));
    assert_eq!(calls(&seen), ["captured ok"]);
}
