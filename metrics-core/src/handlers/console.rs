//! The handler named "console": the table of every metric, for people.

mod output;
mod stream;

use std::fmt;
use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use log::Level;

use crate::collect::reader::snapshot;
use crate::foreign;
use crate::handlers::handler::{HandlerError, MetricHandler};
use crate::handlers::table::{self, LEAST_WIDTH, Line};
use crate::report::report;
use crate::sync::lock;
use output::Output;
use stream::Stream;

/// The standard variable for the interval, in milliseconds.
const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

/// Prints the table of every metric: at the end of the program, and if wanted also at every
/// interval.
///
/// The table goes to standard output, unless [`to_stderr`](Self::to_stderr) or [`to`](Self::to)
/// choose another output. [`flush`](crate::flush()) prints the table at once. A shutdown prints the
/// last table, unless it equals the one before. On a terminal, the table is coloured unless the
/// variable [`NO_COLOR`](https://no-color.org) is set.
///
/// ```
/// # use typed_metrics_core as typed_metrics;
/// use std::time::Duration;
/// use typed_metrics::ConsoleHandler;
///
/// let every_minute = ConsoleHandler::new().every(Duration::from_secs(60)).to_stderr();
/// typed_metrics::set_metric_handlers(every_minute).unwrap();
/// # typed_metrics::clear_metric_handlers();
/// ```
///
/// If the handler is chosen by the name `console`, the variable `OTEL_METRIC_EXPORT_INTERVAL` sets
/// the interval, in milliseconds. Without the variable, the table is printed at the end only.
///
/// # Width
///
/// The first of these that is available limits the width, each time the table is printed:
///
/// 1. [`width`](Self::width);
/// 2. the variable `COLUMNS`, if it is a whole number from 1;
/// 3. the width of the terminal, if the table goes to a terminal;
/// 4. no limit: in a file, in a pipe and in a writer, lines are as long as they need to be.
///
/// A table that must be narrower cuts or wraps labels so that no two series of a metric look alike.
pub struct ConsoleHandler {
    every: Option<Duration>,
    layout: Layout,
    output: Arc<Mutex<Output>>,
    /// Dropping the sender ends the thread that prints at every interval.
    ticking: Mutex<Option<mpsc::Sender<()>>>,
}

/// The settings that determine the lines of the table.
#[derive(Debug, Clone, Copy)]
struct Layout {
    stream: Stream,
    width: Option<usize>,
    list_unrecorded: bool,
}

impl ConsoleHandler {
    /// Prints to standard output, at the end of the program.
    #[must_use]
    pub fn new() -> Self {
        let layout = Layout { stream: Stream::Stdout, width: None, list_unrecorded: false };
        let output = Arc::new(Mutex::new(Output::new(io::stdout(), layout.stream.has_colours())));
        Self { every: None, layout, output, ticking: Mutex::new(None) }
    }

    /// Also prints at every interval, from a thread of its own. An interval is at least one
    /// millisecond.
    #[must_use]
    pub fn every(self, interval: Duration) -> Self {
        Self { every: Some(interval.max(Duration::from_millis(1))), ..self }
    }

    /// Prints to standard error instead.
    #[must_use]
    pub fn to_stderr(self) -> Self {
        self.writing(io::stderr(), Stream::Stderr)
    }

    /// Prints to `writer` instead, without colours.
    #[must_use]
    pub fn to(self, writer: impl Write + Send + 'static) -> Self {
        self.writing(writer, Stream::Writer)
    }

    /// Limits lines to this number of terminal columns, at least 20, for every output.
    ///
    /// `usize::MAX` means no limit, also on a terminal.
    ///
    /// ```
    /// # use typed_metrics_core as typed_metrics;
    /// use typed_metrics::ConsoleHandler;
    ///
    /// let for_the_log = ConsoleHandler::new().to_stderr().width(100);
    /// ```
    #[must_use]
    pub fn width(mut self, columns: usize) -> Self {
        self.layout.width = Some(columns.max(LEAST_WIDTH));
        self
    }

    /// Gives each metric that was never recorded a row. By default, a line below the table names
    /// some of them.
    #[must_use]
    pub fn list_unrecorded(mut self) -> Self {
        self.layout.list_unrecorded = true;
        self
    }

    fn writing(self, writer: impl Write + Send + 'static, stream: Stream) -> Self {
        let layout = Layout { stream, ..self.layout };
        let output = Arc::new(Mutex::new(Output::new(writer, stream.has_colours())));
        Self { layout, output, ..self }
    }
}

impl Default for ConsoleHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ConsoleHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("ConsoleHandler");
        debug.field("every", &self.every).field("layout", &self.layout).finish_non_exhaustive()
    }
}

impl MetricHandler for ConsoleHandler {
    fn name(&self) -> &'static str {
        "console"
    }

    fn install(&self) -> Result<(), HandlerError> {
        lock(&self.output).is_closed = false;
        let Some(interval) = self.every else { return Ok(()) };
        let (sender, receiver) = mpsc::channel::<()>();
        let (layout, output) = (self.layout, Arc::clone(&self.output));
        thread::Builder::new().name("metrics-console".to_owned()).spawn(move || {
            while receiver.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                // The writer is foreign.
                let printed = foreign::call(|| layout.print(&output));
                let printed = printed.unwrap_or_else(|panicked| Err(io::Error::other(panicked)));
                if let Err(error) = printed {
                    let text = format_args!("handler `console` stops: {error}");
                    report(Level::Error, "handler `console` stops", text);
                    return;
                }
            }
        })?;
        *lock(&self.ticking) = Some(sender);
        Ok(())
    }

    /// The thread that prints is in the parent, and the values are the parent's.
    fn survives_fork(&self) -> bool {
        false
    }

    fn flush(&self) -> Result<(), HandlerError> {
        Ok(self.layout.print(&self.output)?)
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        // Closed first: a table that another thread prints from here on may be older than the table
        // below.
        self.abandon()?;
        let lines = self.layout.lines();
        Ok(lock(&self.output).print_if_new(&lines)?)
    }

    /// Prints no table.
    fn abandon(&self) -> Result<(), HandlerError> {
        *lock(&self.ticking) = None;
        lock(&self.output).is_closed = true;
        Ok(())
    }
}

impl Layout {
    // The snapshot is taken before the output is locked, because observed callbacks may print.
    fn lines(self) -> Vec<Line> {
        table::lines(&snapshot(), self.stream.width(self.width), self.list_unrecorded)
    }

    /// Prints the table, unless the handler is shut down meanwhile.
    fn print(self, output: &Mutex<Output>) -> io::Result<()> {
        let lines = self.lines();
        let mut output = lock(output);
        if output.is_closed { Ok(()) } else { output.print(&lines) }
    }
}

/// The handler, configured by the environment.
pub(crate) fn from_env() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    let console = ConsoleHandler::new();
    // The OpenTelemetry specification: an empty variable counts as not set.
    Ok(match std::env::var_os(INTERVAL).filter(|value| !value.is_empty()) {
        Some(value) => Arc::new(console.every(interval(&value.to_string_lossy())?)),
        None => Arc::new(console),
    })
}

fn interval(value: &str) -> Result<Duration, HandlerError> {
    match value.trim().parse() {
        Ok(millis @ 1..) => Ok(Duration::from_millis(millis)),
        _ => Err(format!(
            "{INTERVAL} is {value:?}; set it to a whole number of milliseconds from 1, \
             such as 10000, or unset it to print at the end only"
        )
        .into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_a_whole_number_of_milliseconds() {
        assert_eq!(interval("10000").unwrap(), Duration::from_secs(10));
        assert_eq!(interval(" 1 ").unwrap(), Duration::from_millis(1));
        for wrong in ["0", "-1", "10s", "1.5", "1e3", "99999999999999999999"] {
            let error = interval(wrong).unwrap_err().to_string();
            assert_eq!(
                error,
                format!(
                    "OTEL_METRIC_EXPORT_INTERVAL is {wrong:?}; set it to a whole number of \
                     milliseconds from 1, such as 10000, or unset it to print at the end only"
                )
            );
        }
    }
}
