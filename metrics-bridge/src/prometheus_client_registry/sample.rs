//! A line with a sample.

/// The name, the labels and the value of a sample.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sample<'a> {
    pub(super) name: &'a str,
    pub(super) labels: Vec<(String, String)>,
    pub(super) value: f64,
}

/// Reads a line, without its time and its exemplar; `None` if the line is none of OpenMetrics.
pub(super) fn sample(line: &str) -> Option<Sample<'_>> {
    let end = line.find(['{', ' '])?;
    let (name, rest) = line.split_at(end);
    let (labels, rest) = match rest.strip_prefix('{') {
        Some(rest) => labels(rest)?,
        None => (Vec::new(), rest),
    };
    let value = rest.trim_start().split(' ').next()?.parse().ok()?;
    Some(Sample { name, labels, value })
}

/// Reads labels up to the brace. Returns the rest of the line, too.
fn labels(mut rest: &str) -> Option<(Vec<(String, String)>, &str)> {
    let mut labels = Vec::new();
    loop {
        rest = rest.trim_start_matches(',');
        if let Some(rest) = rest.strip_prefix('}') {
            return Some((labels, rest));
        }
        let (name, quoted) = rest.split_once("=\"")?;
        let (value, after) = unquoted(quoted)?;
        labels.push((name.to_owned(), value));
        rest = after;
    }
}

/// Reads a value up to its closing quote. Returns the rest, too.
fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((value, &text[at + 1..])),
            '\\' => value.push(match chars.next()?.1 {
                'n' => '\n',
                other => other,
            }),
            other => value.push(other),
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(labels: &[(&str, &str)]) -> Vec<(String, String)> {
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn lines_are_read() {
        let cases = [
            ("up 1", "up", &[][..], 1.0),
            ("a_total{x=\"1\",y=\"b c\"} 2.5", "a_total", &[("x", "1"), ("y", "b c")], 2.5),
            ("a{x=\"}\\\"\\\\\\n,\"} +Inf", "a", &[("x", "}\"\\\n,")], f64::INFINITY),
            ("a{} -3 1700000000.5", "a", &[], -3.0),
            ("a_bucket{le=\"1.0\"} 3 # {id=\"7\"} 0.5", "a_bucket", &[("le", "1.0")], 3.0),
        ];
        for (line, name, labels, value) in cases {
            let labels = pairs(labels);
            assert_eq!(sample(line), Some(Sample { name, labels, value }), "{line}");
        }
    }

    #[test]
    fn other_lines_are_none() {
        for line in ["", "up", "up x", "a{x=\"1} 2", "a{x=1} 2", "a{x=\"1\\", "a{x=\"1\""] {
            assert_eq!(sample(line), None, "{line}");
        }
    }
}
