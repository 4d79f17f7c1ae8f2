//! The end of a program: exporting the last values, whatever ends it.
//!
//! # The guard
//!
//! A handler exports every so often, or only when it is asked to. The last values of a program are
//! exported when its handlers are shut down. `main` keeps a guard for that:
//!
//! ```no_run
//! fn main() -> Result<(), typed_metrics::Error> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("console")?;
//!     // the program
//!     Ok(())
//! }
//! ```
//!
//! The guard shuts all handlers down when `main` returns, and when it panics. Handlers report
//! failures to the crate `log`. If the program has no logger, each kind of failure is written to
//! standard error once; so are other warnings of this crate. A logger that is set and silenced, as
//! by `RUST_LOG=off`, silences these failures, too.
//!
//! | what ends the program | are the last values exported? |
//! |---|---|
//! | `main` returns, also with an error | yes |
//! | a panic in `main` | yes; with `panic = "abort"` no |
//! | SIGTERM or Ctrl-C | with [one of these](#signals) |
//! | `std::process::exit` | no; return an `ExitCode`, or call `typed_metrics::shutdown()` first |
//! | `std::process::abort`, SIGKILL, a lost machine | no |
//!
//! The table is about a guard in `main`. A program reports one of these mistakes, if it is certain:
//!
//! - `let _ = shutdown_guard();` drops the guard at once. Write `let _shutdown = …`. The compiler
//!   finds this mistake if the crate says `#![warn(let_underscore_drop)]`; the lint is off by
//!   default. Without the lint, setting handlers reports the mistake.
//! - A guard in a function such as `init` is dropped when the function returns, and removes the
//!   handlers. Return the guard from the function instead. The end of the program reports this
//!   mistake if all of this is true: the program went on for at least five seconds, and for longer
//!   than the guard lived; it recorded something; and it set no handlers and read no metrics.
//! - Without a guard, the handlers `console`, `otel` and `logfire` may export nothing. The end of
//!   the program reports this mistake if something was recorded since handlers were set, and nobody
//!   has read metrics.
//!
//! The main thread has to make the guard or set the handlers. Mistakes at the end are written to
//! standard error, on Unix, when `main` returns or when the main thread calls `std::process::exit`.
//! In tests, nothing is reported.
//!
//! # With an async runtime
//!
//! A runtime ends its tasks when it is dropped. The end of a task records, too: the calls that are
//! cancelled in functions with `#[timed]`, and what is no longer active. With `#[tokio::main]`, the
//! runtime is dropped after the locals of the async `main`, so a guard in there exports too early.
//! Make the guard outside of the runtime:
//!
#![cfg_attr(feature = "signals", doc = "```no_run")]
#![cfg_attr(not(feature = "signals"), doc = "```ignore")]
//! # async fn serve() {}
//! use std::time::Duration;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("console")?;
//!     let runtime = tokio::runtime::Runtime::new()?;
//!     runtime.block_on(async {
//!         tokio::select! {
//!             () = serve() => {}
//!             () = typed_metrics::shutdown_signal() => {}
//!         }
//!     });
//!     // Ends the tasks. A blocking task, such as a read of standard input, may never end.
//!     runtime.shutdown_timeout(Duration::from_secs(10));
//!     Ok(()) // now the guard is dropped
//! }
//! ```
//!
//! Where `#[tokio::main]` has to stay, `main` ends the tasks itself. A `JoinSet` does so, and waits
//! until the tasks have ended:
//!
#![cfg_attr(feature = "signals", doc = "```no_run")]
#![cfg_attr(not(feature = "signals"), doc = "```ignore")]
//! # async fn serve() {}
//! # async fn refresh() {}
//! #[tokio::main]
//! async fn main() -> Result<(), typed_metrics::Error> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers("console")?;
//!     let mut tasks = tokio::task::JoinSet::new();
//!     tasks.spawn(refresh());
//!     serve().await;
//!     tasks.shutdown().await;
//!     Ok(()) // now the guard is dropped
//! }
//! ```
//!
//! A single task ends by `task.abort()` and `let _ = task.await`.
//!
//! # Observed values
//!
//! The last export has the value of everything that is observed in `main`, whether `main` declares
//! the guard before the observations or after them. An observation that is dropped by the thread
//! that holds the guard calls its callback once more. The value is in the last export, unless
//! something was exported since then. An observation that another thread drops is gone at once.
//!
//! ```
//! use typed_metrics::{InMemoryHandler, Metrics};
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "pool")]
//! enum Pool {
//!     #[gauge]
//!     Connections,
//! }
//!
//! let memory = InMemoryHandler::new();
//! {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::set_metric_handlers(memory.clone())?;
//!     let _connections = Pool::connections().observe(|| 3); // dropped before the guard
//! }
//! let last = memory.last().unwrap();
//! assert_eq!(last.get("pool.connections").unwrap().series[0].value.as_f64(), 3.0);
//! # Ok::<(), typed_metrics::Error>(())
//! ```
//!
//! # Signals
//!
//! Kubernetes and systemd end a program with SIGTERM, a terminal with SIGINT (Ctrl-C). Both end it
//! at once: `main` does not return, and the guard is not dropped. The feature `signals` has two
//! functions, of which a program calls one. It brings tokio.
//!
//! A program that ends gracefully waits for the signal, and returns from `main`. With axum, this is
//! `axum::serve(…).with_graceful_shutdown(typed_metrics::shutdown_signal())`; with other servers,
//! `select!` does it, as [above](#with-an-async-runtime). A graceful end that hangs can be hurried:
//! the second signal exports the last values and ends the program.
//!
//! A program that cannot end in the middle of its work has itself ended, after the export:
//!
#![cfg_attr(feature = "signals", doc = "```no_run")]
#![cfg_attr(not(feature = "signals"), doc = "```ignore")]
//! # fn work() {}
//! fn main() -> Result<(), typed_metrics::Error> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     typed_metrics::exit_on_signal();
//!     typed_metrics::set_metric_handlers("console")?;
//!     work();
//!     Ok(())
//! }
//! ```
//!
//! The parent process sees that the signal ended the program, as a shell expects. While handlers
//! export, another signal ends the program at once.
//!
//! Without tokio, and without the feature, the crate [`signal-hook`] does the same on Unix:
//!
#![cfg_attr(all(unix, feature = "signals"), doc = "```no_run")]
#![cfg_attr(not(all(unix, feature = "signals")), doc = "```ignore")]
//! use signal_hook::consts::{SIGINT, SIGTERM};
//! use signal_hook::iterator::Signals;
//! use signal_hook::low_level::emulate_default_handler;
//!
//! # fn work() {}
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let _shutdown = typed_metrics::shutdown_guard();
//!     let mut signals = Signals::new([SIGTERM, SIGINT])?;
//!     std::thread::spawn(move || {
//!         for signal in signals.forever() {
//!             // On a thread: a second signal finds no handlers, and ends the program at once.
//!             std::thread::spawn(move || {
//!                 typed_metrics::clear_metric_handlers(); // exports the last values
//!                 emulate_default_handler(signal).unwrap(); // ends the program
//!             });
//!         }
//!     });
//!     typed_metrics::set_metric_handlers("console")?;
//!     work();
//!     Ok(())
//! }
//! ```
//!
//! [`signal-hook`]: https://docs.rs/signal-hook
