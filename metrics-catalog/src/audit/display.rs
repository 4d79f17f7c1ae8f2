//! A report as text.

use std::fmt;

use super::report::{FileError, Finding, Report};

/// The most characters of an expression's line that are shown.
const WIDTH: usize = 100;

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut file = "";
        for finding in &self.findings {
            if file != finding.file {
                writeln!(f, "{}", finding.file)?;
                file = &finding.file;
            }
            write!(f, "{finding}")?;
        }
        for error in &self.errors {
            writeln!(f, "{error}")?;
        }
        if !self.unused.is_empty() {
            writeln!(f, "on no dashboard: {}", self.unused.join(", "))?;
        }
        if !self.foreign.is_empty() {
            let names: Vec<&str> = self.foreign.iter().map(|metric| &*metric.name).collect();
            writeln!(f, "not of this program: {}", names.join(", "))?;
        }
        let count = |n: usize, what| format!("{n} {what}{}", if n == 1 { "" } else { "s" });
        write!(f, "{} in {}", count(self.findings.len(), "finding"), expressions(self))?;
        if self.allowed > 0 {
            write!(f, ", {} allowed", self.allowed)?;
        }
        if !self.errors.is_empty() {
            write!(f, ", {}", count(self.errors.len(), "error"))?;
        }
        Ok(())
    }
}

fn expressions(report: &Report) -> String {
    let plural = if report.expressions == 1 { "" } else { "s" };
    format!("{} expression{plural}", report.expressions)
}

/// The finding without its file, in lines that end.
impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "  {}", self.place)?;
        writeln!(f, "    {}: {}", self.rule, self.message)?;
        let (line, marks) = excerpt(&self.expression, self.position, &self.part);
        writeln!(f, "      {line}")?;
        if !marks.is_empty() {
            writeln!(f, "      {marks}")?;
        }
        if self.fix.is_empty() { Ok(()) } else { writeln!(f, "    fix: {}", self.fix) }
    }
}

impl fmt::Display for FileError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.file)?;
        if !self.place.is_empty() {
            write!(f, "{}: ", self.place)?;
        }
        f.write_str(&self.message)
    }
}

/// The line with the part, cut to a readable length, and marks below the part.
fn excerpt(expression: &str, position: Option<usize>, part: &str) -> (String, String) {
    let position = position.filter(|at| expression.get(*at..).is_some());
    let start = position.map_or(0, |at| expression[..at].rfind('\n').map_or(0, |end| end + 1));
    let line = expression[start..].lines().next().unwrap_or_default();
    let indent = line.chars().take_while(|c| c.is_whitespace()).count();
    let before = position.map_or(0, |at| expression[start..at].chars().count());
    // The part is in sight, with a third of the line before it.
    let first =
        if before + part.chars().count() > WIDTH { before.saturating_sub(WIDTH / 3) } else { 0 };
    let first = first.max(indent.min(before));
    let shown: String = line.chars().skip(first).take(WIDTH).map(printable).collect();
    let lead = if first > indent { "…" } else { "" };
    let trail = if line.chars().count() > first + WIDTH { "…" } else { "" };
    let marks = match position {
        Some(_) => {
            let length = part.chars().count().clamp(1, WIDTH);
            format!("{}{}", " ".repeat(before - first + lead.chars().count()), "^".repeat(length))
        }
        None => String::new(),
    };
    (format!("{lead}{shown}{trail}"), marks)
}

/// A tab or a control character would move the marks, or the terminal's cursor.
fn printable(c: char) -> char {
    if c.is_control() { ' ' } else { c }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audit::rule::Rule;

    fn finding(expression: &str, part: &str) -> Finding {
        Finding {
            file: "a.json".into(),
            place: "panel \"P\" (id 1), query A".into(),
            rule: Rule::UnknownMetric,
            expression: expression.into(),
            part: part.into(),
            position: expression.find(part),
            message: "wrong".into(),
            fix: "right".into(),
        }
    }

    #[test]
    fn the_part_is_marked_in_its_line() {
        let text = finding("sum(\n\trate(größe{a=\"ü\"}[5m]))", "größe").to_string();
        let expected = "  panel \"P\" (id 1), query A\n    unknown-metric: wrong\n      \
                        rate(größe{a=\"ü\"}[5m]))\n           ^^^^^\n    fix: right\n";
        assert_eq!(text, expected);
    }

    #[test]
    fn a_long_line_is_cut_around_the_part() {
        let long = format!("{}bad{}", "x + ".repeat(200), " + y".repeat(200));
        let text = finding(&long, "bad").to_string();
        let lines: Vec<&str> = text.lines().collect();
        let at = lines[3].chars().position(|c| c == '^').unwrap();
        assert_eq!(lines[2].chars().skip(at).take(3).collect::<String>(), "bad", "{text}");
        assert!(lines[2].chars().count() < WIDTH + 10);
    }

    #[test]
    fn a_report_names_what_it_found() {
        let report = Report {
            findings: vec![finding("a", "a")],
            errors: vec![FileError { file: "b".into(), place: String::new(), message: "m".into() }],
            unused: vec!["x.y".into()],
            expressions: 1,
            allowed: 2,
            ..Report::default()
        };
        let text = report.to_string();
        assert!(text.starts_with("a.json\n  panel"), "{text}");
        let end = "b: m\non no dashboard: x.y\n1 finding in 1 expression, 2 allowed, 1 error";
        assert!(text.ends_with(end), "{text}");
        assert_eq!(Report::default().to_string(), "0 findings in 0 expressions");
    }
}
