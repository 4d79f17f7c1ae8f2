//! The result of the command.

use std::fmt;
use std::io::{self, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice, adapter};

use super::style::{BAD, WARNING, harmless, styled};

/// The output of [`Command::run`](crate::Command::run), which it does not print, and its exit code.
///
/// `Display` writes all of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
#[must_use = "the exit code tells whether the command succeeded"]
#[non_exhaustive]
pub struct Answer {
    /// The text for standard output.
    pub stdout: String,
    /// The text for standard error.
    pub stderr: String,
    /// 0 for success, 1 for findings, 2 for wrong arguments and files that cannot be read or
    /// written.
    pub exit_code: u8,
}

/// The exit code if there are findings.
pub(super) const FINDINGS: u8 = 1;
/// The exit code if the command could not do its work.
const FAILED: u8 = 2;

/// A line for each warning.
pub(super) fn warned(warnings: &[String]) -> String {
    let line =
        |warning: &String| format!("{}: {}\n", styled(WARNING, "warning"), harmless(warning));
    warnings.iter().map(line).collect()
}

impl Answer {
    /// Success, with this text on standard output.
    pub(super) fn success(stdout: impl Into<String>) -> Self {
        Self { stdout: stdout.into(), ..Self::default() }
    }

    /// A problem that kept the command from its work.
    pub(super) fn failure(problem: &str) -> Self {
        let stderr = format!("{}: {problem}\n", styled(BAD, "error"));
        Self { stderr, exit_code: FAILED, ..Self::default() }
    }

    /// Whether the exit code is 0.
    #[must_use]
    pub fn is_success(&self) -> bool {
        self.exit_code == 0
    }

    /// The same texts without colours.
    pub(super) fn plain(self) -> Self {
        let plain = |text: &str| adapter::strip_str(text).to_string();
        Self { stdout: plain(&self.stdout), stderr: plain(&self.stderr), ..self }
    }

    /// Prints the texts, with colours where they are wanted.
    pub(super) fn print(&self, color: ColorChoice) -> ExitCode {
        let mut stdout = AutoStream::new(io::stdout().lock(), color);
        let stdout = stdout.write_all(self.stdout.as_bytes()).and_then(|()| stdout.flush());
        let stderr = AutoStream::new(io::stderr().lock(), color).write_all(self.stderr.as_bytes());
        // A reader such as `head` may close the pipe.
        let is_lost = |result: io::Result<()>| {
            result.is_err_and(|error| error.kind() != io::ErrorKind::BrokenPipe)
        };
        if is_lost(stdout) || is_lost(stderr) { FAILED.into() } else { self.exit_code.into() }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.stdout, self.stderr)
    }
}
