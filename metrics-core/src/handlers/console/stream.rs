//! The streams that the table is printed to, and the width that the table may have there.

use std::ffi::OsStr;
use std::io::{self, IsTerminal};

/// The stream that the table is printed to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Stdout,
    Stderr,
    /// A writer given by the program, whose width is unknown.
    Writer,
}

impl Stream {
    /// The number of columns that a table may take, by the order that [`ConsoleHandler`] documents.
    ///
    /// [`ConsoleHandler`]: super::ConsoleHandler
    pub(super) fn width(self, setting: Option<usize>) -> usize {
        width(setting, std::env::var_os("COLUMNS").as_deref(), || self.terminal_width())
    }

    /// Whether the table is coloured: on a terminal, unless the user turned colours off.
    pub(super) fn has_colours(self) -> bool {
        self.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|set| set.is_empty())
    }

    fn is_terminal(self) -> bool {
        match self {
            Self::Stdout => io::stdout().is_terminal(),
            Self::Stderr => io::stderr().is_terminal(),
            Self::Writer => false,
        }
    }

    fn terminal_width(self) -> Option<usize> {
        match self {
            Self::Stdout => terminal_width(&io::stdout()),
            Self::Stderr => terminal_width(&io::stderr()),
            Self::Writer => None,
        }
    }
}

fn width(
    setting: Option<usize>,
    columns: Option<&OsStr>,
    terminal: impl FnOnce() -> Option<usize>,
) -> usize {
    // A value that is not a number is ignored, because other programs ignore it too.
    let columns = || columns?.to_str()?.trim().parse().ok().filter(|columns| *columns > 0);
    setting.or_else(columns).or_else(terminal).unwrap_or(usize::MAX)
}

#[cfg(unix)]
fn terminal_width(output: &impl std::os::fd::AsFd) -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(output)?;
    Some(width.0.into())
}

#[cfg(windows)]
fn terminal_width(output: &impl std::os::windows::io::AsHandle) -> Option<usize> {
    let (width, _) = terminal_size::terminal_size_of(output)?;
    Some(width.0.into())
}

#[cfg(not(any(unix, windows)))]
fn terminal_width<T>(_: &T) -> Option<usize> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_setting_comes_before_the_variable_and_the_variable_before_the_terminal() {
        let of = |setting, columns: Option<&str>, terminal| {
            width(setting, columns.map(OsStr::new), || terminal)
        };
        assert_eq!(of(Some(90), Some("100"), Some(110)), 90);
        assert_eq!(of(None, Some("100"), Some(110)), 100);
        assert_eq!(of(None, Some(" 100 "), None), 100);
        assert_eq!(of(None, None, Some(110)), 110);
        assert_eq!(of(None, None, None), usize::MAX);
    }

    #[test]
    fn a_variable_that_is_no_number_of_columns_is_ignored() {
        for wrong in ["", "0", "-80", "80.5", "wide", "99999999999999999999999"] {
            assert_eq!(width(None, Some(OsStr::new(wrong)), || Some(110)), 110, "{wrong:?}");
        }
    }
}
