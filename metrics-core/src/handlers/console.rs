//! The handler named "console": the table of every metric, for people.

use std::fmt::{self, Write as _};
use std::io::{self, IsTerminal, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use log::Level;

use crate::collect::reader::snapshot;
use crate::handlers::handler::{HandlerError, MetricHandler};
use crate::handlers::table::{self, Line};
use crate::report::report;
use crate::sync::lock;

/// How wide the table may be; what it is shown on is not asked.
const WIDTH: usize = 120;

/// The standard variable for the interval, in milliseconds.
const INTERVAL: &str = "OTEL_METRIC_EXPORT_INTERVAL";

/// Prints the table of every metric: at the end of the program, or every interval too.
///
/// To standard output, unless told otherwise. [`flush`](crate::flush()) prints the table there and
/// then; a shutdown prints it for the last time, unless it would be the same as the one before. It
/// is coloured on a terminal, if the variable [`NO_COLOR`](https://no-color.org) is not set.
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
/// By the name `console`, the interval is what `OTEL_METRIC_EXPORT_INTERVAL` says, in milliseconds;
/// if that is not set, the table is printed at the end only.
pub struct ConsoleHandler {
    every: Option<Duration>,
    output: Arc<Mutex<Output>>,
    /// Ends the thread that prints every interval when it is dropped.
    ticking: Mutex<Option<mpsc::Sender<()>>>,
}

struct Output {
    writer: Box<dyn Write + Send>,
    colours: bool,
    /// What was printed last, so that the end does not repeat it.
    last: String,
    /// Not before installation, and no more after shutdown: a table that the thread of the interval
    /// still had in hand then would be older than the last one.
    is_ticking: bool,
}

impl ConsoleHandler {
    /// Prints to standard output, at the end of the program.
    #[must_use]
    pub fn new() -> Self {
        Self::writing(io::stdout(), colours(&io::stdout()))
    }

    /// Prints every interval too, from a thread of its own. Intervals are at least a millisecond.
    #[must_use]
    pub fn every(self, interval: Duration) -> Self {
        Self { every: Some(interval.max(Duration::from_millis(1))), ..self }
    }

    /// Prints to standard error instead.
    #[must_use]
    pub fn to_stderr(self) -> Self {
        Self { every: self.every, ..Self::writing(io::stderr(), colours(&io::stderr())) }
    }

    /// Prints to `writer` instead, without colours.
    #[must_use]
    pub fn to(self, writer: impl Write + Send + 'static) -> Self {
        Self { every: self.every, ..Self::writing(writer, false) }
    }

    fn writing(writer: impl Write + Send + 'static, colours: bool) -> Self {
        let (last, writer) = (String::new(), Box::new(writer));
        let output = Arc::new(Mutex::new(Output { writer, colours, last, is_ticking: false }));
        Self { every: None, output, ticking: Mutex::new(None) }
    }
}

impl Default for ConsoleHandler {
    fn default() -> Self {
        Self::new()
    }
}

impl fmt::Debug for ConsoleHandler {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ConsoleHandler").field("every", &self.every).finish_non_exhaustive()
    }
}

impl MetricHandler for ConsoleHandler {
    fn name(&self) -> &'static str {
        "console"
    }

    fn install(&self) -> Result<(), HandlerError> {
        let Some(interval) = self.every else { return Ok(()) };
        let (sender, receiver) = mpsc::channel::<()>();
        lock(&self.output).is_ticking = true;
        let output = Arc::clone(&self.output);
        thread::Builder::new().name("metrics-console".to_owned()).spawn(move || {
            while receiver.recv_timeout(interval) == Err(RecvTimeoutError::Timeout) {
                if let Err(error) = tick(&output) {
                    let text = format_args!("handler `console` stops: {error}");
                    report(Level::Error, "handler `console` stops", text);
                    return;
                }
            }
        })?;
        *lock(&self.ticking) = Some(sender);
        Ok(())
    }

    fn flush(&self) -> Result<(), HandlerError> {
        let lines = lines();
        Ok(lock(&self.output).print(&lines)?)
    }

    fn shutdown(&self) -> Result<(), HandlerError> {
        *lock(&self.ticking) = None;
        let lines = lines();
        let mut output = lock(&self.output);
        output.is_ticking = false;
        if output.render(&lines) != output.last {
            output.print(&lines)?;
        }
        Ok(())
    }
}

// Taken before the output is locked: callbacks that are observed may print.
fn lines() -> Vec<Line> {
    table::lines(&snapshot(), WIDTH)
}

fn tick(output: &Mutex<Output>) -> io::Result<()> {
    let lines = lines();
    let mut output = lock(output);
    if output.is_ticking { output.print(&lines) } else { Ok(()) }
}

impl Output {
    fn print(&mut self, lines: &[Line]) -> io::Result<()> {
        let text = self.render(lines);
        // In one piece, so that what other threads print does not land inside.
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()?;
        self.last = text;
        Ok(())
    }

    fn render(&self, lines: &[Line]) -> String {
        let mut text = String::new();
        for line in lines {
            let code = match line {
                Line::Header(_) => "1",
                Line::Rule(_) => "2",
                Line::Note(_) => "33",
                Line::Row(_) | Line::Blank => "",
            };
            let line = line.text();
            // Writing to a string cannot fail.
            let _ = if self.colours && !code.is_empty() {
                writeln!(text, "\x1b[{code}m{line}\x1b[0m")
            } else {
                writeln!(text, "{line}")
            };
        }
        text
    }
}

fn colours(output: &impl IsTerminal) -> bool {
    output.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
}

/// The handler as the environment wants it.
pub(crate) fn from_env() -> Result<Arc<dyn MetricHandler>, HandlerError> {
    let console = ConsoleHandler::new();
    // The OpenTelemetry specification: a variable that is empty counts as not set.
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

    #[test]
    fn colours_mark_what_a_line_is() {
        let output = |colours| Output {
            writer: Box::new(io::sink()),
            colours,
            last: String::new(),
            is_ticking: false,
        };
        let lines = [
            Line::Header("metric".to_owned()),
            Line::Rule("──".to_owned()),
            Line::Row("jobs".to_owned()),
            Line::Blank,
            Line::Note("note: x".to_owned()),
        ];
        assert_eq!(output(false).render(&lines), "metric\n──\njobs\n\nnote: x\n");
        assert_eq!(
            output(true).render(&lines),
            "\x1b[1mmetric\x1b[0m\n\x1b[2m──\x1b[0m\njobs\n\n\x1b[33mnote: x\x1b[0m\n"
        );
    }
}
