//! Arguments of timed functions: borrowed, moved and dropped.

use std::cell::RefCell;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Mutex;
use std::task::{Context, Waker};

use typed_metrics::testing::capture;
use typed_metrics::timed;

use super::{Forms, calls, pause};
use crate::polls::block_on;

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

/// Adds its name to a list when it is dropped.
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

macro_rules! with_patterns {
    ($module:ident: $(#[$attribute:meta])*) => {
        mod $module {
            #![allow(dead_code, unused_imports, unused_variables)]
            use super::{Forms, Noted, pause, timed};

            pub(super) struct Pair<'a> {
                pub(super) left: Noted<'a>,
                pub(super) right: Noted<'a>,
            }
            $(#[$attribute])*
            pub(super) fn partly<'a>(Pair { right, .. }: Pair<'a>, (c, _): (Noted<'a>, Noted<'a>)) {
                let _local = Noted("local", right.1);
            }
            $(#[$attribute])*
            pub(super) fn by_reference<'a>(ref a: Noted<'a>, b: Noted<'a>, (mut c, d): (Noted<'a>, Noted<'a>)) {
                c.0 = "c again";
                drop(b);
                c.1 = a.1;
            }
            $(#[$attribute])*
            pub(super) fn unused<'a>(a: Noted<'a>, b: Noted<'a>, c: Noted<'a>, _: Noted<'a>) {
                let _a = &a;
                "b";
            }
            $(#[$attribute])*
            pub(super) async fn later<'a>(Pair { right, .. }: Pair<'a>, c: Noted<'a>, (d, _): (Noted<'a>, u8)) {
                let _local = Noted("local", right.1);
                pause().await;
            }
            $(#[$attribute])*
            pub(super) async fn unused_later<'a>(a: Noted<'a>, b: Noted<'a>, c: Noted<'a>, mut d: Noted<'a>) {
                let _a = &a;
                pause().await;
                d.0 = "d again";
            }
        }
    };
}
with_patterns!(measured: #[timed(Forms::Time { name: "rest", outcome })]);
with_patterns!(bare:);

#[test]
fn what_patterns_leave_unbound_is_dropped_in_the_same_order() {
    fn order(call: impl for<'a> FnOnce([Noted<'a>; 4])) -> Vec<&'static str> {
        let order = RefCell::new(Vec::new());
        call(["a", "b", "c", "d"].map(|name| Noted(name, &order)));
        order.into_inner()
    }
    macro_rules! assert_same_order {
        ($([$a:ident $b:ident $c:ident $d:ident]: $module:ident => $call:expr;)*) => {$(
            let bare = order(|[$a, $b, $c, $d]| { use self::bare as $module; $call });
            let measured = order(|[$a, $b, $c, $d]| { use self::measured as $module; $call });
            assert_eq!(measured, bare);
            assert!(bare.len() >= 4);
        )*};
    }
    let polled_once = |future: Pin<&mut dyn Future<Output = ()>>| {
        assert!(future.poll(&mut Context::from_waker(Waker::noop())).is_pending());
    };
    assert_same_order! {
        [a b c d]: of => of::partly(of::Pair { left: a, right: b }, (c, d));
        [a b c d]: of => of::by_reference(a, b, (c, d));
        [a b c d]: of => of::unused(a, b, c, d);
        [a b c d]: of => block_on(of::later(of::Pair { left: a, right: b }, c, (d, 0)));
        [a b c d]: of => polled_once(pin!(of::later(of::Pair { left: a, right: b }, c, (d, 0))));
        [a b c d]: of => block_on(of::unused_later(a, b, c, d));
        [a b c d]: of => polled_once(pin!(of::unused_later(a, b, c, d)));
        [a b c d]: of => drop(of::unused_later(a, b, c, d));
        [a b c d]: of => drop(of::later(of::Pair { left: a, right: b }, c, (d, 0)));
    }
}

#[test]
fn labels_of_what_a_pattern_binds() {
    struct Pair {
        left: String,
        _right: u8,
    }
    #[timed(Forms::Time { name: &left, outcome })]
    fn taken(Pair { left, .. }: Pair) -> String {
        left
    }
    #[timed(Forms::Time { name: &left, outcome })]
    async fn taken_later(Pair { left, .. }: Pair, (_, end): (u8, usize)) -> String {
        pause().await;
        left[..end].to_owned()
    }

    let pair = || Pair { left: "left".into(), _right: 1 };
    let seen = capture(|| {
        assert_eq!(taken(pair()), "left");
        assert_eq!(block_on(taken_later(pair(), (1, 2))), "le");
    });
    assert_eq!(calls(&seen), ["left ok", "left ok"]);
}

#[test]
fn attributes_of_arguments_are_theirs_alone() {
    #[timed(Forms::Time { name: "conditional", outcome })]
    async fn conditional(#[cfg(not(test))] gone: String, #[cfg(test)] there: Vec<u8>) -> usize {
        let mut length = 1;
        length += there.len();
        length
    }
    #[timed(Forms::Time { name: "conditional", outcome })]
    fn conditional_too(#[cfg(not(test))] gone: String, #[cfg(test)] mut there: Vec<u8>) -> usize {
        there.push(1);
        there.len()
    }
    #[timed(Forms::Time { name: "allowed", outcome })]
    async fn allowed(#[allow(unused_mut)] mut a: u8, b: u8) -> u8 {
        a + b
    }
    #[timed(Forms::Time { name: "allowed", outcome })]
    async fn nothing(#[allow(unused_mut)] mut _a: u8) {}
    #[timed(Forms::Time { name: "expected", outcome })]
    fn expected(#[expect(unused_variables)] a: u8, #[expect(unused_mut)] mut b: u8) -> u8 {
        b
    }
    #[timed(Forms::Time { name: "expected", outcome })]
    async fn expected_later(#[expect(unused_variables)] a: u8) {}
    #[timed(Forms::Time { name: "expected", outcome })]
    fn expected_of_others(
        a: u8,
        #[expect(unused_variables)] b: &str,
        #[expect(unused_variables)] [c, _]: [u8; 2],
    ) -> u8 {
        a
    }

    let seen = capture(|| {
        assert_eq!(block_on(conditional(vec![1])), 2);
        assert_eq!(conditional_too(vec![1]), 2);
        assert_eq!(block_on(allowed(1, 2)), 3);
        block_on(nothing(1));
        assert_eq!(expected(1, 2), 2);
        block_on(expected_later(1));
        assert_eq!(expected_of_others(1, "", [2, 3]), 1);
    });
    let expected = [["allowed ok"; 2].as_slice(), &["conditional ok"; 2], &["expected ok"; 3]];
    assert_eq!(calls(&seen), expected.concat());
}

#[test]
fn arguments_that_only_labels_use() {
    #[timed(Forms::Time { name: &name, outcome })]
    fn owned(name: String) {}
    #[timed(Forms::Time { name: &name, outcome })]
    async fn owned_later(name: String, (): ()) {}
    // On one line, the compiler would attribute the unneeded braces of the expansion to the user.
    #[timed(Forms::Time { name: &name, outcome })]
    #[rustfmt::skip]
    fn used_too(name: String) -> usize { name.len() }

    let seen = capture(|| {
        owned("a".into());
        block_on(owned_later("b".into(), ()));
        assert_eq!(used_too("c".into()), 1);
    });
    assert_eq!(calls(&seen), ["a ok", "b ok", "c ok"]);
}

#[test]
fn patterns_of_every_kind() {
    struct Unit;
    struct Pair(String, #[allow(dead_code)] String);

    #[timed(Forms::Time { name: "unit", outcome })]
    async fn unit(Unit: Unit) {}
    #[timed(Forms::Time { name: "ref mut", outcome })]
    fn by_reference(ref mut a: Option<String>, Pair(ref mut b, _): Pair) -> Option<String> {
        b.push('b');
        a.as_mut()?.push_str(b);
        a.take()
    }
    #[timed(Forms::Time { name: "ref mut", outcome })]
    async fn by_reference_later(Pair(ref mut a, ..): Pair) -> usize {
        pause().await;
        a.push('a');
        a.len()
    }
    #[timed(Forms::Time { name: "never", outcome })]
    fn never(never: std::convert::Infallible) -> u8 {
        match never {}
    }

    let seen = capture(|| {
        let pair = || Pair("x".into(), String::new());
        block_on(unit(Unit));
        assert_eq!(by_reference(Some("a".into()), pair()).unwrap(), "axb");
        assert_eq!(block_on(by_reference_later(pair())), 2);
        let _: fn(std::convert::Infallible) -> u8 = never;
    });
    assert_eq!(calls(&seen), ["ref mut ok", "ref mut ok", "unit ok"]);
}
