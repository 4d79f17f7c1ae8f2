//! The output of the console handler, and its colours.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::handlers::table::Line;

pub(super) struct Output {
    writer: Box<dyn Write + Send>,
    colours: bool,
    /// The text of the last table, so that the shutdown does not repeat it.
    last: String,
    /// Set by the shutdown, and reset when the handler is installed again. While it is set, other
    /// threads print nothing: a table that they have made already may be older than the last one.
    pub(super) is_closed: bool,
}

impl Output {
    pub(super) fn new(writer: impl Write + Send + 'static, colours: bool) -> Self {
        Self { writer: Box::new(writer), colours, last: String::new(), is_closed: false }
    }

    pub(super) fn print(&mut self, lines: &[Line]) -> io::Result<()> {
        let text = self.render(lines);
        // Written in one piece, so that the output of other threads does not land inside.
        self.writer.write_all(text.as_bytes())?;
        self.writer.flush()?;
        self.last = text;
        Ok(())
    }

    /// Prints `lines`, unless they equal the last table.
    pub(super) fn print_if_new(&mut self, lines: &[Line]) -> io::Result<()> {
        if self.render(lines) == self.last { Ok(()) } else { self.print(lines) }
    }

    fn render(&self, lines: &[Line]) -> String {
        let mut text = String::new();
        for line in lines {
            let code = match line {
                Line::Header(_) => "1",
                Line::Rule(_) | Line::Unrecorded(_) => "2",
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_mark_what_a_line_is() {
        let lines = [
            Line::Header("metric".to_owned()),
            Line::Rule("──".to_owned()),
            Line::Row("jobs".to_owned()),
            Line::Blank,
            Line::Unrecorded("1 metric".to_owned()),
            Line::Note("note: x".to_owned()),
        ];
        assert_eq!(
            Output::new(io::sink(), false).render(&lines),
            "metric\n──\njobs\n\n1 metric\nnote: x\n"
        );
        assert_eq!(
            Output::new(io::sink(), true).render(&lines),
            "\x1b[1mmetric\x1b[0m\n\x1b[2m──\x1b[0m\njobs\n\n\x1b[2m1 metric\x1b[0m\n\x1b[33mnote: x\x1b[0m\n"
        );
    }
}
