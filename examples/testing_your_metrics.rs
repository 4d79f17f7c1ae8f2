//! Tests of recorded metrics: `cargo run --example testing_your_metrics`.
//!
//! In your project, each function below would be a `#[test]`. Here `main` calls the functions, so
//! that the example shows their output.

use std::panic::catch_unwind;
use std::thread;
use std::time::Duration;

use typed_metrics::testing::{Captured, Scope, capture, capture_async};
use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Payment {
    Card,
    Invoice,
}

#[derive(Metrics)]
#[metrics(prefix = "orders")]
enum Orders<'a> {
    /// Orders placed.
    #[counter(unit = "{order}")]
    Placed { payment: Payment, country: &'a str },
    /// Value of an order.
    #[histogram(unit = "EUR", buckets = [10, 50, 100, 500])]
    Value,
    /// Orders that wait to be packed.
    #[gauge(unit = "{order}")]
    Waiting,
    /// Orders being packed right now.
    #[up_down_counter(unit = "{order}")]
    Packing,
    /// Time to pack an order.
    #[histogram(unit = "ms")]
    PackingTime,
}

/// The code under test.
fn place(payment: Payment, country: &str, value: f64) {
    Orders::placed(payment, country).inc();
    Orders::value().record(value);
    Orders::waiting().set(1);
}

async fn pack() -> &'static str {
    let _packing = Orders::packing().enter();
    let _timer = Orders::packing_time().start_timer();
    tokio::time::sleep(Duration::from_millis(2)).await;
    "packed"
}

fn an_order_is_counted_with_its_labels() {
    let seen = capture(|| place(Payment::Card, "DE", 42.0));

    assert_eq!(seen.counter(Orders::Placed { payment: Payment::Card, country: "DE" }), 1);
    assert_eq!(seen.counter(Orders::Placed { payment: Payment::Invoice, country: "DE" }), 0);
    assert_eq!(seen.gauge(Orders::Waiting), Some(1.0));

    let value = seen.histogram(Orders::Value);
    assert_eq!((value.count, value.sum, value.buckets[1]), (1, 42.0, 1));
    println!("one order: {seen:?}");
}

fn tests_that_run_at_the_same_time_do_not_see_each_other() {
    let elsewhere = thread::spawn(|| (0..1000).for_each(|_| place(Payment::Card, "FR", 1.0)));
    let seen = capture(|| place(Payment::Card, "FR", 99.0));
    elsewhere.join().expect("placing orders does not panic");

    seen.assert_counter(Orders::Placed { payment: Payment::Card, country: "FR" }, 1);
    assert_eq!(seen.histogram(Orders::Value).max, 99.0);
    println!("another thread placed 1000 orders at the same time; the capture saw 1");
}

fn threads_are_seen_if_they_carry_the_scope() {
    let seen = capture(|| {
        let scope = Scope::current();
        thread::spawn(move || scope.enter(|| place(Payment::Invoice, "IT", 5.0)))
            .join()
            .expect("placing orders does not panic");
    });
    seen.assert_counter(Orders::Placed { payment: Payment::Invoice, country: "IT" }, 1);
    println!("the capture saw a thread that carries the scope");
}

async fn a_future_is_captured_wherever_it_is_polled() {
    let seen: Captured<&str> = capture_async(pack()).await;

    assert_eq!(seen.returned, "packed");
    seen.assert_up_down_counter(Orders::Packing, 0);
    seen.assert_histogram_count(Orders::PackingTime, 1);
    assert!(seen.histogram(Orders::PackingTime).min >= 2.0);
    println!("packing took at least 2 ms, and no order is being packed now");
}

fn a_failed_assertion_says_what_was_recorded() {
    let seen = capture(|| place(Payment::Card, "DE", 42.0));
    let wrong = Orders::Placed { payment: Payment::Card, country: "AT" };
    let failed = catch_unwind(|| seen.assert_counter(wrong, 1)).expect_err("it was not recorded");
    let message = failed.downcast_ref::<String>().expect("assertions panic with a text");
    println!("a failed assertion: {message}");
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    an_order_is_counted_with_its_labels();
    tests_that_run_at_the_same_time_do_not_see_each_other();
    threads_are_seen_if_they_carry_the_scope();
    a_future_is_captured_wherever_it_is_polled().await;
    // Keeps the message of the expected panic out of the output.
    std::panic::set_hook(Box::new(|_| {}));
    a_failed_assertion_says_what_was_recorded();
}
