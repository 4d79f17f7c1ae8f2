//! The end of a program by a signal: SIGTERM, which Kubernetes and systemd send, and Ctrl-C.
//!
//! On Windows, these are Ctrl-C, Ctrl-Break, closing the console and shutting the system down.

use std::future::{Future, pending, poll_fn};
use std::io;
use std::sync::{Once, mpsc};
use std::task::{Context, Poll};
use std::thread;

use typed_metrics_core::{clear_metric_handlers, report};

/// Waits for the signal that asks the program to end: SIGTERM or Ctrl-C. Needs the feature
/// `signals`, and a tokio runtime.
///
/// Give the future to a server that ends gracefully (`axum::serve(…).with_graceful_shutdown(…)`),
/// or to `tokio::select!`. Then `main` returns, and its [`shutdown_guard`](crate::shutdown_guard)
/// exports the last values:
///
/// ```no_run
/// # async fn serve() {}
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), typed_metrics::Error> {
/// let _shutdown = typed_metrics::shutdown_guard();
/// typed_metrics::set_metric_handlers("console")?;
/// tokio::select! {
///     () = serve() => {}
///     () = typed_metrics::shutdown_signal() => {}
/// }
/// # Ok(())
/// # }
/// ```
///
/// A program with background tasks makes the guard outside of the runtime, as the guide on shutdown
/// shows.
///
/// From the call on, the signals no longer end the program by themselves, even after the future is
/// dropped; so call it once the program is ready to end that way. A signal that arrives between
/// the call and the first poll is not lost.
///
/// A graceful end may take long, or hang. So once the future has resolved, the program ends at the
/// next signal, as after [`exit_on_signal`]: the second signal exports the last values and ends the
/// program, and the third one ends the program at once.
///
/// If the program cannot wait for signals, the failure is reported, the signals end the program at
/// once as before, and the future never resolves.
///
/// # Panics
/// If it is called outside of a tokio runtime, or the runtime has no I/O driver
/// ([`enable_all`](tokio::runtime::Builder::enable_all) enables it; so does `#[tokio::main]`).
pub fn shutdown_signal() -> impl Future<Output = ()> + Send + 'static {
    // Now, not at the first poll.
    let signals = Signals::new();
    async {
        match signals {
            Ok(mut signals) => {
                signals.received().await;
                exit_on_signal();
            }
            Err(error) => {
                cannot_wait(&error);
                pending::<()>().await;
            }
        }
    }
}

/// Ends the program at a signal, SIGTERM or Ctrl-C, after all handlers have exported the last
/// values. Needs the feature `signals`, and no runtime.
///
/// For programs that are not made to end gracefully. A thread waits for the signal, and shuts all
/// handlers down, as [`clear_metric_handlers`](crate::clear_metric_handlers) does. Then the signal
/// ends the program as it does by default, so that the parent process sees which one it was. `main`
/// does not return, and its locals are not dropped.
///
/// A second signal, while the handlers export, ends the program at once: an export may wait long
/// for a server that does not answer.
///
/// ```no_run
/// # fn work() {}
/// let _shutdown = typed_metrics::shutdown_guard();
/// typed_metrics::exit_on_signal();
/// typed_metrics::set_metric_handlers("console")?;
/// loop {
///     work();
/// }
/// # Ok::<(), typed_metrics::Error>(())
/// ```
///
/// The second call and later ones do nothing. If the program cannot wait for signals, the failure
/// is reported, and the signals end the program at once as before.
pub fn exit_on_signal() {
    static STARTED: Once = Once::new();
    STARTED.call_once(|| {
        let (ready, is_ready) = mpsc::channel();
        let waiting = thread::Builder::new().name("metrics-signals".to_owned());
        match waiting.spawn(move || wait_and_exit(&ready)) {
            // From here on, no signal is lost.
            Ok(_) => drop(is_ready.recv()),
            Err(error) => cannot_wait(&error),
        }
    });
}

/// Waits for a signal, exports, and ends the program. A second signal does not wait for the export.
fn wait_and_exit(ready: &mpsc::Sender<()>) {
    // A runtime of its own: that of the program may be busy, or there is none.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let waited = runtime.and_then(|runtime| {
        runtime.block_on(async {
            let mut signals = Signals::new()?;
            // The caller waits, so it receives.
            let _ = ready.send(());
            let first = signals.received().await;
            let export = move || {
                clear_metric_handlers();
                end_by(first)
            };
            if thread::Builder::new().name("metrics-export".to_owned()).spawn(export).is_err() {
                export();
            }
            Ok(signals.received().await)
        })
    });
    match waited {
        Ok(second) => end_by(second),
        Err(error) => cannot_wait(&error),
    }
}

fn cannot_wait(error: &io::Error) {
    let text = format_args!("cannot wait for SIGTERM and Ctrl-C, which end the program: {error}");
    report(log::Level::Error, "waiting for signals", text);
}

impl Signals {
    /// The signal that arrives next.
    async fn received(&mut self) -> Received {
        poll_fn(|context| self.poll(context)).await
    }
}

#[cfg(unix)]
use unix::{Received, Signals, end_by};
#[cfg(windows)]
use windows::{Received, Signals, end_by};

#[cfg(unix)]
mod unix {
    use super::{Context, Poll, io};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    pub(super) type Received = SignalKind;

    pub(super) struct Signals([(SignalKind, Signal); 2]);

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            let listen = |kind| Ok::<_, io::Error>((kind, signal(kind)?));
            Ok(Self([listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?]))
        }

        pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Received> {
            let received = |(kind, signal): &mut (SignalKind, Signal)| {
                signal.poll_recv(context).is_ready().then_some(*kind)
            };
            self.0.iter_mut().find_map(received).map_or(Poll::Pending, Poll::Ready)
        }
    }

    /// Ends the program as the signal does where nobody waits for it.
    pub(super) fn end_by(signal: Received) -> ! {
        let number = signal.as_raw_value();
        // It does not return for signals that end a program.
        let _ = signal_hook::low_level::emulate_default_handler(number);
        // What a shell makes of such an end.
        std::process::exit(128 + number)
    }
}

#[cfg(windows)]
mod windows {
    use super::{Context, Poll, io};
    use tokio::signal::windows::{
        CtrlBreak, CtrlC, CtrlClose, CtrlShutdown, ctrl_break, ctrl_c, ctrl_close, ctrl_shutdown,
    };

    pub(super) type Received = ();

    pub(super) struct Signals(CtrlC, CtrlBreak, CtrlClose, CtrlShutdown);

    impl Signals {
        pub(super) fn new() -> io::Result<Self> {
            Ok(Self(ctrl_c()?, ctrl_break()?, ctrl_close()?, ctrl_shutdown()?))
        }

        pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Received> {
            let Self(c, r#break, close, shutdown) = self;
            let received = c.poll_recv(context).is_ready()
                || r#break.poll_recv(context).is_ready()
                || close.poll_recv(context).is_ready()
                || shutdown.poll_recv(context).is_ready();
            if received { Poll::Ready(()) } else { Poll::Pending }
        }
    }

    /// Ends the program with the status of one that Ctrl-C ended, `STATUS_CONTROL_C_EXIT`.
    pub(super) fn end_by((): Received) -> ! {
        std::process::exit(0xC000_013A_u32.cast_signed())
    }
}
