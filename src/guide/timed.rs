//! Measure the calls of a function with the attribute `#[timed]`.
//!
//! The attribute works on sync and async functions, generic functions, methods, and functions in
//! traits. It does not change the types and borrows of the function, the auto traits of its future,
//! or the order in which arguments are dropped. [What it cannot do](#what-it-cannot-do) lists the
//! exceptions.
//!
//! ```
//! use typed_metrics::{Metrics, Outcome, timed};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "kiosk")]
//! enum Shop<'a> {
//!     /// Duration of requests.
//!     #[histogram(unit = "ms")]
//!     RequestDuration { route: &'a str, outcome: Outcome },
//! }
//!
//! #[timed(Shop::RequestDuration { route: &route, outcome })]
//! fn request(route: String, body: &str) -> Result<(String, u32), std::num::ParseIntError> {
//!     let number = body.parse()?;
//!     Ok((route, number))
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     request("/a".into(), "1").unwrap();
//!     request("/a".into(), "one").unwrap_err();
//! });
//! let ended = |outcome| Shop::RequestDuration { route: "/a", outcome };
//! assert_eq!(seen.histogram(ended(Outcome::Ok)).count, 1);
//! assert_eq!(seen.histogram(ended(Outcome::Error)).count, 1);
//! ```
//!
//! Labels are evaluated at entry and may use the arguments; the body may still move the arguments.
//! In an async function, entry is the first poll.
//!
//! The labels of a metric that has a [group](super::labels#groups-of-labels) are written as the
//! group: a value of its type, or the struct with its fields. The outcome may be one of the fields:
//!
//! ```
//! use typed_metrics::{LabelGroup, Metrics, Outcome, timed};
//!
//! #[derive(Clone, Copy, LabelGroup)]
//! struct Job<'a> {
//!     queue: &'a str,
//!     outcome: Outcome,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "job")]
//! enum Jobs<'a> {
//!     #[histogram(unit = "s")]
//!     Duration(Job<'a>),
//!     #[counter]
//!     Done(Job<'a>),
//! }
//!
//! #[timed(Jobs::Duration(Job { queue, outcome }), count = Jobs::Done(Job { queue, outcome }))]
//! fn run(queue: &str, work: impl FnOnce() -> Result<(), String>) -> Result<(), String> {
//!     work()
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     run("mail", || Err("no server".into())).unwrap_err();
//! });
//! let failed = Job { queue: "mail", outcome: Outcome::Error };
//! seen.assert_histogram_count(Jobs::Duration(failed), 1);
//! seen.assert_counter(Jobs::Done(failed), 1);
//! ```
//!
//! # Without a metric
//!
//! `#[timed]` alone records in the histogram `function.duration`, in seconds. Its labels are
//! `function`, `module` and `outcome`. For a method, `function` includes the type.
//!
//! ```
//! use typed_metrics::timed;
//!
//! #[timed]
//! fn parse(text: &str) -> Option<u8> {
//!     text.parse().ok()
//! }
//!
//! let seen = typed_metrics::testing::capture(|| parse("1"));
//! let metric = seen.snapshot.get("function.duration").unwrap();
//! // This example is compiled inside a function `main`, so the label is `main::parse`.
//! assert!(metric.series[0].labels.get("function").unwrap().to_string().ends_with("parse"));
//! assert_eq!(metric.series[0].labels.get("outcome").unwrap().to_string(), "ok");
//! ```
//!
//! # The outcome
//!
//! The word `outcome` among the labels, alone or in `Some(outcome)`, also in a group that is
//! written out, gets its value when the call ends:
//!
//! | outcome | meaning |
//! |---|---|
//! | `ok` | the function returned |
//! | `error` | the function returned an `Err`, also with `?` |
//! | `cancelled` | the future was dropped after its first poll and before its end |
//! | `panicked` | the function panicked |
//!
//! The attribute recognizes a `Result` by the return type: in a generic function that returns a
//! bare `T`, every returned value is `ok`. Options define other errors: `none_is_error` for an
//! `Option` or a `Result` of an `Option`, and `ok_if` or `error_if` with a closure that takes a
//! reference to the returned value.
//!
//! # Options
//!
//! | option | meaning |
//! |---|---|
//! | `count = Shop::Requests { outcome }` | adds 1 to a counter when the call ends |
//! | `in_flight = Shop::InFlight` | adds 1 to an up-down counter at entry, and subtracts it at the end, on every way out |
//! | `status = \|response\| response.status()` | computes the label `status` from the result. If no list of labels names `status`, it is a label of the metric; otherwise it is a label only where it is named, in the metric or in `count`. The type of the field is an `Option`, because a call without a result has no `status`. It is a field of the variant, not of a group |
//! | `busy` | async only: records the time that the polls took, instead of the time from entry to end |
//! | `busy = Shop::Busy` | async only: records the time that the polls took in another histogram as well |
//! | `sample = 1/64` | measures one call in 64, and counts every call; see [hot functions](#hot-functions) |
//! | `none_is_error`, `ok_if = …`, `error_if = …` | define which results are errors |
//! | `objective = Objective::latency("250ms", 0.99)` | adds an objective, or several with `[…, …]`, to the [catalog](crate::Descriptor::objectives) |
//! | `crate = path` | states the path of this crate, if that is not `::typed_metrics` |
//!
//! ```
//! use typed_metrics::{Metrics, Objective, Outcome, timed};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "site")]
//! enum Web<'a> {
//!     #[histogram(unit = "s")]
//!     Duration { route: &'a str, status: Option<u16> },
//!     #[counter]
//!     Requests { outcome: Outcome },
//!     #[up_down_counter]
//!     InFlight,
//! }
//!
//! struct Response(u16);
//!
//! #[timed(
//!     Web::Duration { route },
//!     status = |response| response.0,
//!     ok_if = |response| response.0 < 500,
//!     count = Web::Requests { outcome },
//!     in_flight = Web::InFlight,
//!     objective = Objective::success(0.999),
//! )]
//! fn serve(route: &str) -> Response {
//!     Response(if route == "/" { 200 } else { 503 })
//! }
//!
//! let seen = typed_metrics::testing::capture(|| (serve("/"), serve("/missing")));
//! assert_eq!(seen.histogram(Web::Duration { route: "/", status: Some(200) }).count, 1);
//! assert_eq!(seen.counter(Web::Requests { outcome: Outcome::Error }), 1);
//! assert_eq!(seen.up_down_counter(Web::InFlight), 0);
//!
//! let catalog = typed_metrics::catalog();
//! let duration = catalog.iter().find(|metric| metric.name() == "site.duration").unwrap();
//! assert_eq!(duration.objectives()[0].objective, Objective::success(0.999));
//! assert!(duration.objectives()[0].function.item.ends_with("serve"));
//! ```
//!
//! The share of an `Objective::latency` is read from the bucket whose upper limit is the
//! objective's time. So give the histogram a boundary of that time: for `"250ms"`, `buckets = [0.1,
//! 0.25, 0.3]` with `unit = "s"`. Neither the compiler nor [`check`](crate::check) requires the
//! boundary, and no boundary is added. Without it, and with an [exponential
//! histogram](super::histograms), a back end can only estimate the share between the two limits
//! nearest to the time.
//!
//! # Hot functions
//!
//! Two readings of the clock can take longer than the function itself. With `sample = 1/64`, one
//! call in 64 is measured, and every call is counted. The calls are chosen at random, each with the
//! same probability, so work that repeats in a period is measured at the right share.
//!
//! ```
//! use typed_metrics::{Metrics, Outcome, timed};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "cache")]
//! enum Cache {
//!     #[histogram(unit = "us")]
//!     LookUpTime { outcome: Outcome },
//!     #[counter]
//!     LookUps { outcome: Outcome },
//! }
//!
//! #[timed(
//!     Cache::LookUpTime { outcome },
//!     count = Cache::LookUps { outcome },
//!     sample = 1/64,
//!     none_is_error,
//! )]
//! fn look_up(key: u32) -> Option<u32> {
//!     key.checked_sub(100)
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     for key in 0..100_000 {
//!         look_up(key);
//!     }
//! });
//! assert_eq!(seen.counter(Cache::LookUps { outcome: Outcome::Ok }), 99_900);
//! assert_eq!(seen.counter(Cache::LookUps { outcome: Outcome::Error }), 100);
//! let measured = seen.histogram(Cache::LookUpTime { outcome: Outcome::Ok }).count;
//! assert!((1_300..1_800).contains(&measured));
//! ```
//!
//! - The histogram's count, sum and buckets are those of the measured calls. Quantiles and the mean
//!   are unbiased estimates for all calls. The total time of all calls is about 64 times the sum.
//! - For the rate of calls, read the counter. With a metric of your own, `count` is therefore
//!   required. Without a metric, the counter is `function.calls`, with the labels of
//!   `function.duration`; the catalog lists it if a function of the program needs it.
//! - `in_flight` counts every call. `busy` measures the same calls as the metric of the time.
//! - The labels of a histogram are evaluated for measured calls only.
//! - An `objective` is a share of all calls, so it is refused beside `sample`.
//! - In `sample = 1/N`, `N` is a number, or a constant of type `u32` such as `1/RATE`. With
//!   `sample = 1/1`, every call is measured.
//!
//! # Impl blocks
//!
//! Above an impl block, the attribute measures all functions of the block, except functions with
//! `#[timed(skip)]`. A function with its own `#[timed(…)]` is measured as that attribute says. The
//! labels can use every argument that all these functions have, such as `self`.
//!
//! ```
//! use typed_metrics::{Metrics, timed};
//!
//! #[derive(Metrics)]
//! enum Carts {
//!     #[histogram(unit = "us")]
//!     CartTime,
//! }
//!
//! struct Cart(Vec<u32>);
//!
//! #[timed(Carts::CartTime)]
//! impl Cart {
//!     fn add(&mut self, item: u32) {
//!         self.0.push(item);
//!     }
//!
//!     #[timed(skip)]
//!     fn len(&self) -> usize {
//!         self.0.len()
//!     }
//! }
//!
//! let seen = typed_metrics::testing::capture(|| {
//!     let mut cart = Cart(vec![]);
//!     cart.add(1);
//!     cart.len()
//! });
//! assert_eq!(seen.histogram(Carts::CartTime).count, 1);
//! ```
//!
//! # Futures
//!
//! For an async function, the attribute measures the time from the first poll to the end. A future
//! that is never polled is no call.
//!
//! A function that is not async is measured in the same way if it returns a future: a bare
//! `impl Future`, or a boxed one (`Pin<Box<dyn Future>>`, `BoxFuture`). `#[async_trait]` can
//! therefore be above or below `#[timed]`. The labels of this function are evaluated when it is
//! called. The work that it does before it returns the future is not part of the measured time.
//!
//! For a function that returns a future of a named type, or a stream, the attribute measures only
//! the call that creates the future or the stream.
//!
//! ```
//! use std::pin::Pin;
//! use typed_metrics::testing::capture_async;
//! use typed_metrics::{Metrics, Outcome, timed};
//!
//! #[derive(Metrics)]
//! enum Client {
//!     #[histogram(unit = "ms")]
//!     FetchDuration { outcome: Outcome },
//! }
//!
//! type Answer = Result<String, &'static str>;
//!
//! #[timed(Client::FetchDuration { outcome })]
//! fn fetch(url: &str) -> Pin<Box<dyn Future<Output = Answer> + Send + '_>> {
//!     if !url.starts_with("https://") {
//!         return Box::pin(std::future::ready(Err("not safe")));
//!     }
//!     Box::pin(async move { Ok(format!("what is at {url}")) })
//! }
//!
//! #[tokio::main(flavor = "current_thread")]
//! async fn main() {
//!     let seen = capture_async(async {
//!         fetch("https://a").await.unwrap();
//!         fetch("ftp://a").await.unwrap_err();
//!         drop(fetch("https://a")); // never polled
//!     })
//!     .await;
//!     assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Ok }).count, 1);
//!     assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Error }).count, 1);
//!     assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Cancelled }).count, 0);
//! }
//! ```
//!
//! # What it costs
//!
//! A call costs two readings of the clock and one record. A poll of a suspended future reads no
//! clock, except with the option `busy`. With `sample`, a call that is not measured reads no clock:
//! it subtracts from a number of its thread, and adds to a counter. `cargo bench -p
//! typed-metrics-core --bench timed` compares the attribute with the same measurement written by
//! hand. If some labels are open, the first call of a thread with new label values allocates; later
//! calls with them do not.
//!
//! The future of an async function grows by less than 80 bytes, by 16 bytes more with `count`, and
//! by 24 bytes more with `in_flight`. Arguments that the function would not otherwise hold across
//! an `await` are stored twice: the compiler keeps the arguments of an async function to its end,
//! even after they have moved into another future, and the measured body is another future.
//!
//! If the last expression of a function does not create the returned future itself, a boxed future
//! is boxed a second time, and a bare future that is not `Unpin` is stored twice.
//!
//! The stack frame of a sync function grows, by some hundred bytes in a debug build. So a deep
//! recursion of a measured function overflows the stack sooner.
//!
//! # What it cannot do
//!
//! - A `const fn` is refused.
//! - The body of a sync function stays a part of the function if it can end with its last
//!   expression only, and if `self` is not taken by value. Otherwise the body becomes a closure: if
//!   it contains `return`, `?`, or a macro that is not one of the standard library. In a closure
//!   and in a future, `#[track_caller]` has no effect, and so the attribute is refused there. A
//!   method that inherits `#[track_caller]` from its trait, as `Index::index` does, loses the
//!   attribute without an error, because the declaration of the trait is out of sight: write such a
//!   body without an early exit, or `#[timed(skip)]` above the method.
//! - In a closure and in a future, the names of nested items (`std::any::type_name`) contain
//!   `{{closure}}`.
//! - A global allocator is measured, but its calls that this crate makes itself may be missing:
//!   those that are made while a measurement or a collection allocates. Only `#[timed]` does that:
//!   code in an allocator must not record by hand in a metric with open labels.
//! - A label field is an owned value, or borrows from a value that lives at entry. A label that is
//!   computed from the result may borrow from the result.
//! - Among the labels, the word `outcome` always means the outcome, even if an argument has that
//!   name.
//! - Label expressions cannot contain `?`, `return` or `await`.
//! - Arguments are dropped in their order, with one exception. The fields that a pattern leaves
//!   unbound (`Pair { left, .. }: Pair`) are dropped after all other arguments if a label uses a
//!   bound field, or if another attribute macro is below `#[timed]` and needs to see the pattern.
//! - A returned future that implements more than `Future` and marker traits, such as `FusedFuture`,
//!   is not measured: the measured future could not implement the other trait. The attribute
//!   measures only the call that creates it.
//! - A boxed future that must be `'static`, although its output has a type parameter or a lifetime
//!   that need not be, is measured only if the last expression of the function is its async block.
//!   Otherwise the attribute measures only the call: a measured future would contain the future of
//!   the function, and so would not be `'static`. If the parameter belongs to the impl block, write
//!   `#[timed]` above that block, or give the parameter the bound `'static`; the attribute above a
//!   method does not see the parameters of the block, and the compiler reports E0310.
//! - In a function that returns `impl AsyncFn(…)`, the closure must state the types of its
//!   arguments.
//! - The compiler's warnings about the body and the arguments stay. Lints that look at a function
//!   as a whole see the expanded function instead: `unconditional_recursion`, and lints of clippy
//!   such as `await_holding_lock`, `unused_async`, `needless_pass_by_value` and `ptr_arg`.
//! - Auto traits of futures are proved through one more future for each timed function. If the
//!   compiler reports an overflow while it proves `Send` for a chain of twenty or more async
//!   functions, each of which awaits the next one, raise `#![recursion_limit = "256"]`, or box one
//!   of the futures as `Pin<Box<dyn Future + Send>>`.
