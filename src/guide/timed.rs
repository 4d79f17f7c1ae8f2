//! Timed functions: `#[timed]`.
//!
//! The attribute measures every call of a function: sync or async, generic, a method, in a trait. The
//! function stays what it was: its types and borrows, the auto traits of its future, the order in which
//! arguments are dropped.
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
//! Labels are evaluated at entry, and may use the arguments; the body may move those all the same. In an
//! async function, entry is the first poll.
//!
//! # Without a metric
//!
//! `#[timed]` alone records in the histogram `function.duration`, in seconds, with the labels `function`
//! (with the type, for a method), `module` and `outcome`.
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
//! // Here it stands inside `main`, so it is `main::parse`.
//! assert!(metric.series[0].labels.get("function").unwrap().to_string().ends_with("parse"));
//! assert_eq!(metric.series[0].labels.get("outcome").unwrap().to_string(), "ok");
//! ```
//!
//! # The outcome
//!
//! Where `outcome` stands among the labels, alone or in `Some(outcome)`, it is filled in at the end:
//!
//! | outcome | when |
//! |---|---|
//! | `ok` | it returned |
//! | `error` | it returned an `Err`, by `?` too |
//! | `cancelled` | its future was dropped after it was polled, before it was done |
//! | `panicked` | it panicked |
//!
//! A `Result` is known by its type: in a generic function that returns a bare `T`, everything that is
//! returned is `ok`. What else is an error, an option says: `none_is_error` for an `Option` or a `Result`
//! of one, `ok_if` and `error_if` with a closure over a reference to what was returned.
//!
//! # Options
//!
//! | option | what |
//! |---|---|
//! | `count = Shop::Requests { outcome }` | adds 1 to a counter when the call ends |
//! | `in_flight = Shop::InFlight` | counts up at entry and down at the end, on every way out |
//! | `status = \|response\| response.status()` | a label that is computed from the result. If `status` stands nowhere, it is a label of the metric; if it stands among the labels of the metric or of `count`, it is one just there. The field is an `Option`: without a result it is absent |
//! | `busy` | async: the time that polls took, instead of the time from entry to end |
//! | `busy = Shop::Busy` | async: that time too, in another histogram |
//! | `none_is_error`, `ok_if = …`, `error_if = …` | what is an error |
//! | `objective = Objective::latency("250ms", 0.99)` | what is aimed at, or `[…, …]`; it stands in the [catalog](crate::Descriptor::objectives) |
//! | `crate = path` | where this crate is, if it is not `::typed_metrics` |
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
//! # Impl blocks
//!
//! Above an impl block it measures all functions in it, but for those with `#[timed(skip)]`, and those
//! that have a `#[timed(…)]` of their own. Labels can use what all of them have, such as `self`.
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
//! The time of an async function is that from its first poll to its end; so a future that is never polled
//! is no call. A function that is not async is measured in the same way if it returns a future, bare
//! (`impl Future`) or boxed (`Pin<Box<dyn Future>>`, `BoxFuture`), however it makes it; so
//! `#[async_trait]` can stand above or below. Its labels are evaluated when it is called, and what it does
//! itself before it returns the future is not part of the call. Of a function that returns a future
//! of a named type, or a stream, the call that makes it is measured.
//!
//! ```
//! use std::pin::Pin;
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
//! # fn block_on<F: Future>(future: F) -> F::Output {
//! #     let mut context = std::task::Context::from_waker(std::task::Waker::noop());
//! #     let mut future = std::pin::pin!(future);
//! #     loop {
//! #         if let std::task::Poll::Ready(output) = future.as_mut().poll(&mut context) {
//! #             return output;
//! #         }
//! #     }
//! # }
//! let seen = typed_metrics::testing::capture(|| {
//!     block_on(fetch("https://a")).unwrap();
//!     block_on(fetch("ftp://a")).unwrap_err();
//!     drop(fetch("https://a")); // never polled
//! });
//! assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Ok }).count, 1);
//! assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Error }).count, 1);
//! assert_eq!(seen.histogram(Client::FetchDuration { outcome: Outcome::Cancelled }).count, 0);
//! ```
//!
//! # What it costs
//!
//! Two looks at the clock, and a record; a suspended future is polled without a look at the clock, unless
//! `busy` asks for it. `cargo bench -p typed-metrics-core --bench timed` measures it beside the same by
//! hand. The first call of a thread with labels that it has not seen allocates if some are open, and no
//! later one does.
//!
//! The future of an async function grows by less than 80 bytes, by 16 more with `count` and 24 with
//! `in_flight`. Arguments that it does not hold across an `await` by itself, it holds once more: the
//! compiler keeps the arguments of an async function to its end, also those that it hands on to a
//! future that it awaits, and the measured body is one. A boxed future that the function's last expression
//! does not make itself is boxed once more, and a bare one is kept twice.
//!
//! # What it cannot do
//!
//! A `const fn` and a function with `#[track_caller]` are refused. A label field is an owned value or
//! borrows from what lives at entry; what is computed from the result may borrow from the result. In the
//! labels, `outcome` is the outcome, also where an argument has that name. Labels cannot
//! leave the function by `?` or `return`, nor `await`.
//!
//! Arguments are dropped in their order, with one exception: what a pattern leaves unbound
//! (`Pair { left, .. }: Pair`) is dropped after all other arguments if a label uses what it binds, or if
//! another attribute macro stands below `#[timed]` and so has to see the pattern.
//!
//! A function that returns a future which implements more than `Future` and marker traits, such as
//! `FusedFuture`, is measured as any other function: what measured the future would not implement that.
//! The closure of a function that returns `impl AsyncFn(…)` has to write the types of its arguments.
//!
//! The compiler's warnings of a body and its arguments stay. What looks at a function as a whole finds
//! another one: `unconditional_recursion`, and lints of clippy such as `await_holding_lock`,
//! `unused_async` and `needless_pass_by_value`.
