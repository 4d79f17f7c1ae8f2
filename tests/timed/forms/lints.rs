//! Lints of clippy see what the user wrote.
#![deny(clippy::implicit_return, clippy::needless_return, clippy::ptr_arg)]

use std::fmt::Debug;

use typed_metrics::testing::capture;
use typed_metrics::timed;

use super::{Forms, calls};
use crate::polls::block_on;

#[test]
fn bodies_that_end_with_return() {
    #[timed(Forms::Time { name: "sync", outcome })]
    fn of_sync(n: u8) -> u8 {
        return n;
    }
    #[timed(Forms::Time { name: "async", outcome })]
    async fn of_async(n: u8) -> u8 {
        return n;
    }
    #[timed(Forms::Time { name: "made", outcome })]
    fn made(n: u8) -> impl Future<Output = u8> {
        return std::future::ready(n);
    }
    #[timed(Forms::Time { name: "unit", outcome })]
    fn unit() {}
    // Reported if the argument were used in a closure.
    #[timed(Forms::Time { name: "debug", outcome })]
    #[allow(clippy::implicit_return)]
    fn debug(bytes: &Vec<u8>) -> &dyn Debug {
        bytes
    }

    let seen = capture(|| {
        assert_eq!((of_sync(1), block_on(of_async(1)), block_on(made(1))), (1, 1, 1));
        unit();
        assert_eq!(format!("{:?}", debug(&vec![1])), "[1]");
    });
    assert_eq!(calls(&seen), ["async ok", "debug ok", "made ok", "sync ok", "unit ok"]);
}
