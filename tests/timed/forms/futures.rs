//! Functions that return futures, and the futures of async functions.

use std::cell::Cell;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use typed_metrics::testing::{capture, capture_async};
use typed_metrics::{Metrics, timed};

use super::{Forms, calls, pause};
use crate::polls::block_on;

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
fn a_capture_of_an_async_call_sees_it() {
    #[timed(Forms::Time { name: "captured", outcome })]
    async fn captured() {
        pause().await;
    }

    let seen = block_on(capture_async(captured()));
    assert_eq!(calls(&seen), ["captured ok"]);
}

#[test]
fn labels_of_a_function_that_returns_a_future_are_those_at_entry() {
    thread_local!(static NAME: Cell<&'static str> = const { Cell::new("at entry") });

    // The label borrows `name` only while the label is evaluated.
    #[timed(Forms::Time { name: &name, outcome })]
    fn owned(name: String) -> impl Future<Output = usize> + Send {
        let length = name.len();
        drop(name);
        async move { length }
    }
    #[timed(Forms::Time { name: NAME.get(), outcome })]
    fn boxed() -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(async { pause().await })
    }
    #[timed(Forms::Time { name: NAME.get(), outcome })]
    fn bare() -> impl Future<Output = ()> {
        pause()
    }

    let seen = capture(|| {
        let (boxed, bare) = (boxed(), bare());
        NAME.set("later");
        block_on(boxed);
        block_on(bare);
        assert_eq!(block_on(owned("owned".into())), 5);
    });
    assert_eq!(calls(&seen), ["at entry ok", "at entry ok", "owned ok"]);
}

#[test]
fn futures_are_measured_however_a_function_returns_them() {
    type Boxed<T> = Pin<Box<dyn Future<Output = T> + Send>>;

    #[timed(Forms::Time { name: "early", outcome })]
    fn early(fail: bool) -> Pin<Box<dyn Future<Output = Result<u8, String>> + Send>> {
        if fail {
            return Box::pin(std::future::ready(Err("early".into())));
        }
        Box::pin(async {
            pause().await;
            Ok(1)
        })
    }
    #[timed(Forms::Time { name: "alias", outcome })]
    fn alias(n: u8) -> Boxed<Result<u8, ()>> {
        if n == 0 {
            return Box::pin(async { Err(()) });
        }
        Box::pin(async move { Ok(n) })
    }
    #[timed(Forms::Time { name: "futures", outcome })]
    fn of_futures<'a>(n: &'a u8) -> futures_util::future::BoxFuture<'a, Result<u8, ()>> {
        use futures_util::FutureExt as _;
        async move { if *n == 0 { Err(()) } else { Ok(*n) } }.boxed()
    }
    #[timed(Forms::Time { name: "made", outcome })]
    fn made_by_another(n: u8) -> impl Future<Output = Result<u8, ()>> + Send {
        alias(n)
    }
    #[timed(Forms::Time { name: "unpin", outcome })]
    fn unpin(n: u8) -> impl Future<Output = u8> + Unpin + use<> {
        std::future::ready(n)
    }
    #[timed(Forms::Time { name: "fused", outcome })]
    fn fused() -> impl Future<Output = ()> + futures_util::future::FusedFuture {
        futures_util::future::ready(())
    }
    trait Named {}
    impl<F: Future> Named for F {}
    #[timed(Forms::Time { name: "named", outcome })]
    fn named() -> impl Future<Output = ()> + Named {
        pause()
    }
    #[timed(Forms::Time { name: "of several", outcome })]
    fn several() -> Result<impl Future<Output = ()>, ()> {
        Ok(pause())
    }

    let seen = capture(|| {
        assert_eq!(block_on(early(true)), Err("early".into()));
        assert_eq!(block_on(early(false)), Ok(1));
        drop(early(true));
        let mut dropped = early(false);
        assert!(dropped.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
        drop(dropped);
        block_on(made_by_another(0)).unwrap_err();
        assert_eq!(block_on(made_by_another(2)), Ok(2));
        assert_eq!(block_on(of_futures(&3)), Ok(3));
        let mut future = unpin(4);
        assert_eq!(
            Pin::new(&mut future).poll(&mut Context::from_waker(Waker::noop())),
            Poll::Ready(4)
        );
        // For these functions, only the call that makes the future is measured.
        drop(fused());
        drop(named());
        drop(several());
    });
    let expected = [
        "alias error",
        "alias ok",
        "early cancelled",
        "early error",
        "early ok",
        "fused ok",
        "futures ok",
        "made error",
        "made ok",
        "named ok",
        "of several ok",
        "unpin ok",
    ];
    assert_eq!(calls(&seen), expected);
}

#[test]
fn calls_are_under_way_from_the_first_poll_on() {
    #[derive(Metrics)]
    enum Counted {
        #[up_down_counter]
        CountedInFlight,
    }
    #[timed(Forms::Time { name: "counted", outcome }, in_flight = Counted::CountedInFlight)]
    fn counted(early: bool) -> Pin<Box<dyn Future<Output = ()>>> {
        if early {
            return Box::pin(pause());
        }
        Box::pin(async { pause().await })
    }

    for early in [true, false] {
        let seen = capture(|| {
            let in_flight = || {
                let snapshot = typed_metrics::snapshot();
                let metric = snapshot.get("counted_in_flight");
                metric.and_then(|metric| metric.series.first()).map_or(0.0, |s| s.value.as_f64())
            };
            let mut future = counted(early);
            let before = in_flight();
            assert!(future.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
            assert_eq!(in_flight() - before, 1.0);
            drop(future);
            assert_eq!(in_flight(), before);
            drop(counted(early));
        });
        assert_eq!(calls(&seen), ["counted cancelled"]);
    }
}

/// The future must be `'static`, and a measured future would contain the type parameter, which may
/// not be. So only the call is measured.
#[test]
fn a_static_future_of_a_parameter_that_may_borrow() {
    type Boxed<U, E> = Pin<Box<dyn Future<Output = Result<U, E>> + Send>>;
    type BoxFuture<U, E> = Boxed<U, E>;
    type Make<U> = fn() -> Pin<Box<dyn Future<Output = U> + Send>>;

    #[timed(Forms::Time { name: "pass", outcome })]
    fn pass<U>(make: Make<U>) -> Pin<Box<dyn Future<Output = U> + Send>> {
        make()
    }
    #[timed(Forms::Time { name: "futures", outcome })]
    fn futures<U>(make: Make<U>) -> futures_util::future::BoxFuture<'static, U> {
        make()
    }
    #[timed(Forms::Time { name: "lifetime", outcome })]
    fn lifetime<'a>(make: Make<&'a u8>) -> Pin<Box<dyn Future<Output = &'a u8> + Send>> {
        make()
    }
    struct Service<U, E>(fn() -> Boxed<U, E>);
    #[timed(Forms::Time { name: "service", outcome })]
    impl<U: Clone, E> Service<U, E>
    where
        U: Send,
    {
        fn call(&self) -> BoxFuture<U, E> {
            (self.0)()
        }
    }
    // With a bound, the future is measured.
    #[timed(Forms::Time { name: "bound", outcome })]
    fn bound<U: 'static>(make: Make<U>) -> Pin<Box<dyn Future<Output = U> + Send>> {
        make()
    }
    #[timed(Forms::Time { name: "clause", outcome })]
    fn clause<U>(make: Make<U>) -> futures_util::future::BoxFuture<'static, U>
    where
        Option<U>: 'static,
    {
        make()
    }

    let one: Make<u8> = || Box::pin(std::future::ready(1));
    let seen = capture(|| {
        assert_eq!(block_on(pass(one)), 1);
        assert_eq!(block_on(futures(one)), 1);
        assert_eq!(*block_on(lifetime(|| Box::pin(std::future::ready(&1)))), 1);
        let service = Service::<u8, u8>(|| Box::pin(std::future::ready(Err(1))));
        assert_eq!(block_on(service.call()), Err(1));
        drop((bound(one), clause(one)));
        assert_eq!(block_on(bound(one)), 1);
        assert_eq!(block_on(clause(one)), 1);
    });
    let expected = ["bound ok", "clause ok", "futures ok", "lifetime ok", "pass ok", "service ok"];
    assert_eq!(calls(&seen), expected);
}

#[test]
fn a_block_whose_type_the_signature_hides() {
    type Fut<T> = Pin<Box<dyn Future<Output = T> + Send>>;
    trait Serve {
        type Future: Future;
        fn serve(&self) -> Self::Future;
    }
    struct Server;

    #[timed(Forms::Time { name: "collected", outcome })]
    fn collected() -> Fut<Vec<u8>> {
        Box::pin(async { (0..3).collect() })
    }
    #[timed(Forms::Time { name: "converted", outcome })]
    fn converted() -> Fut<String> {
        Box::pin(async { "1".into() })
    }
    #[timed(Forms::Time { name: "cast", outcome })]
    fn cast() -> Fut<Box<dyn ToString + Send>> {
        Box::pin(async { Box::new(1) as _ })
    }
    #[timed(Forms::Time { name: "question", outcome })]
    fn question(text: &'static str) -> Fut<Result<u8, Box<dyn std::error::Error + Send + Sync>>> {
        Box::pin(async move {
            pause().await;
            Ok(text.parse()?)
        })
    }
    #[timed(Forms::Time { name: "associated", outcome })]
    impl Serve for Server {
        type Future = Fut<Vec<u8>>;

        fn serve(&self) -> Self::Future {
            Box::pin(async { (0..3).collect() })
        }
    }

    let seen = capture(|| {
        assert_eq!(block_on(collected()), [0, 1, 2]);
        assert_eq!(block_on(converted()), "1");
        assert_eq!(block_on(cast()).to_string(), "1");
        assert_eq!(block_on(question("1")).unwrap(), 1);
        block_on(question("one")).unwrap_err();
        assert_eq!(block_on(Server.serve()), [0, 1, 2]);
    });
    let expected = [
        "associated ok",
        "cast ok",
        "collected ok",
        "converted ok",
        "question error",
        "question ok",
    ];
    assert_eq!(calls(&seen), expected);
}
