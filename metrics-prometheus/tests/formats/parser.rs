//! A strict parser of the text formats, OpenMetrics 1.0 and OpenMetrics 2.0.

use std::collections::{BTreeMap, BTreeSet};

use crate::expected::Labels;

#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Dialect {
    Text,
    OpenMetrics,
    OpenMetrics2,
}

/// A family as the comment lines describe it, with its samples in order.
#[derive(Debug, Default, Clone)]
pub(crate) struct Parsed {
    pub(crate) name: String,
    pub(crate) kind: String,
    pub(crate) unit: String,
    pub(crate) help: String,
    pub(crate) samples: Vec<Sample>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Sample {
    pub(crate) name: String,
    pub(crate) labels: Labels,
    pub(crate) value: String,
    /// OpenMetrics 2.0: the time after `st@`.
    pub(crate) start: Option<String>,
    pub(crate) exemplars: Vec<ParsedExemplar>,
}

#[derive(Debug, Clone, PartialEq)]
pub(crate) struct ParsedExemplar {
    pub(crate) labels: Labels,
    pub(crate) value: String,
    /// In seconds since the Unix epoch.
    pub(crate) time: String,
}

/// Parses a scrape.
///
/// # Errors
/// The first line that breaks a rule, with the rule.
pub(crate) fn parse(text: &str, dialect: Dialect) -> Result<Vec<Parsed>, String> {
    let mut lines: Vec<&str> = text.split('\n').collect();
    if lines.pop() != Some("") {
        return Err("the last line has no end".to_owned());
    }
    if dialect != Dialect::Text && lines.pop() != Some("# EOF") {
        return Err("the last line is not `# EOF`".to_owned());
    }
    let mut families: Vec<Parsed> = Vec::new();
    for line in lines {
        parse_line(line, dialect, &mut families).map_err(|rule| format!("{rule}: {line:?}"))?;
    }
    let mut names = BTreeSet::new();
    let mut samples = BTreeSet::new();
    for family in &families {
        if !names.insert(&family.name) {
            return Err(format!("two families are named {:?}", family.name));
        }
        for sample in &family.samples {
            let labels: Vec<_> = sample.labels.iter().collect();
            if !samples.insert((&sample.name, format!("{labels:?}"))) {
                return Err(format!("a sample occurs twice: {sample:?}"));
            }
        }
        check(family, dialect).map_err(|rule| format!("{rule}: {:?}", family.name))?;
    }
    Ok(families)
}

fn parse_line(
    line: &str,
    dialect: Dialect,
    families: &mut Vec<Parsed>,
) -> Result<(), &'static str> {
    if line.is_empty() {
        return Err("a line is empty");
    }
    let Some(comment) = line.strip_prefix("# ") else {
        let sample = parse_sample(line, dialect)?;
        let family = families.last_mut().ok_or("a sample comes before all families")?;
        family.samples.push(sample);
        return Ok(());
    };
    let (keyword, rest) = comment.split_once(' ').ok_or("a comment has no text")?;
    let mut rest = Cursor(rest);
    let name = if rest.0.starts_with('"') { rest.quoted()? } else { rest.until(" ").to_owned() };
    let text = rest.0.strip_prefix(' ').ok_or("a comment has no text")?;
    if families.last().is_none_or(|last| last.name != name) {
        families.push(Parsed { name, ..Parsed::default() });
    }
    let family = families.last_mut().ok_or("no family")?;
    if !family.samples.is_empty() {
        return Err("a comment follows the samples");
    }
    let (place, text) = match keyword {
        "HELP" => (&mut family.help, unescape(text, dialect != Dialect::Text)?),
        "TYPE" => (&mut family.kind, text.to_owned()),
        "UNIT" if dialect != Dialect::Text => (&mut family.unit, text.to_owned()),
        _ => return Err("the keyword is unknown"),
    };
    if !place.is_empty() || text.is_empty() {
        return Err("a comment occurs twice, or is empty");
    }
    *place = text;
    Ok(())
}

fn parse_sample(line: &str, dialect: Dialect) -> Result<Sample, &'static str> {
    let mut line = Cursor(line);
    let mut name = line.until("{ ").to_owned();
    let mut labels = Labels::new();
    if line.skip('{') {
        let mut is_first = true;
        while !line.skip('}') {
            if !is_first && !line.skip(',') {
                return Err("labels are not separated by a comma");
            }
            let label = if line.0.starts_with('"') {
                let quoted = line.quoted()?;
                if is_first && name.is_empty() && !line.0.starts_with('=') {
                    name = quoted;
                    is_first = false;
                    continue;
                }
                if is_classic(&quoted, false) {
                    return Err("a label is in quotes without need");
                }
                quoted
            } else {
                let label = line.until("=").to_owned();
                if !is_classic(&label, false) {
                    return Err("a label needs quotes");
                }
                label
            };
            is_first = false;
            if !line.skip('=') {
                return Err("a label has no value");
            }
            let value = line.quoted()?;
            if label.starts_with("__") || labels.insert(label, value).is_some() {
                return Err("a label is reserved, or occurs twice");
            }
        }
    } else if !is_classic(&name, true) {
        return Err("a name needs quotes");
    }
    if name.is_empty() {
        return Err("a sample has no name");
    }
    let rest = line.0.strip_prefix(' ').ok_or("no blank before the value")?;
    let (value, exemplars) = rest.split_at(rest.find(" # ").unwrap_or(rest.len()));
    let exemplars = parse_exemplars(exemplars)?;
    match dialect {
        Dialect::Text if !exemplars.is_empty() => return Err("the format has no exemplars"),
        Dialect::OpenMetrics if exemplars.len() > 1 => return Err("a line has two exemplars"),
        _ => {}
    }
    let (value, start) = match value.split_once(" st@") {
        Some((value, start)) if dialect == Dialect::OpenMetrics2 => (value, Some(start.to_owned())),
        _ => (value, None),
    };
    if !value.starts_with('{') {
        check_number(value, dialect)?;
    } else if dialect != Dialect::OpenMetrics2 {
        return Err("a value is composite");
    }
    if let Some(start) = &start {
        check_number(start, dialect)?;
    }
    Ok(Sample { name, labels, value: value.to_owned(), start, exemplars })
}

fn parse_exemplars(text: &str) -> Result<Vec<ParsedExemplar>, &'static str> {
    let mut exemplars = Vec::new();
    let mut line = Cursor(text);
    while !line.0.is_empty() {
        line.0 = line.0.strip_prefix(" # {").ok_or("an exemplar has no brace")?;
        let mut labels = Labels::new();
        while !line.skip('}') {
            if !labels.is_empty() && !line.skip(',') {
                return Err("labels are not separated by a comma");
            }
            let is_quoted = line.0.starts_with('"');
            let label = if is_quoted { line.quoted()? } else { line.until("=").to_owned() };
            if is_quoted == is_classic(&label, false) || !line.skip('=') {
                return Err("a label has quotes without need, or none, or no value");
            }
            let value = line.quoted()?;
            if label.starts_with("__") || labels.insert(label, value).is_some() {
                return Err("a label is reserved, or occurs twice");
            }
        }
        let characters =
            |(name, value): (&String, &String)| name.chars().chain(value.chars()).count();
        if labels.iter().map(characters).sum::<usize>() > 128 {
            return Err("the labels of an exemplar are too long");
        }
        let mut number = || {
            line.0 = line.0.strip_prefix(' ').ok_or("no blank in an exemplar")?;
            let number = line.until(" ");
            check_number(number, Dialect::OpenMetrics).map(|()| number.to_owned())
        };
        let (value, time) = (number()?, number()?);
        exemplars.push(ParsedExemplar { labels, value, time });
    }
    Ok(exemplars)
}

fn check_number(text: &str, _: Dialect) -> Result<(), &'static str> {
    let is_special = matches!(text, "NaN" | "+Inf" | "-Inf");
    let is_plain =
        text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'e' | b'+'));
    let is_number = is_plain && text.parse::<f64>().is_ok_and(f64::is_finite);
    if is_special || is_number { Ok(()) } else { Err("a value is no number") }
}

fn is_classic(name: &str, is_metric: bool) -> bool {
    let is_letter = |c: char| c == '_' || c.is_ascii_alphabetic() || is_metric && c == ':';
    name.starts_with(is_letter) && name.chars().all(|c| is_letter(c) || c.is_ascii_digit())
}

struct Cursor<'a>(&'a str);

impl<'a> Cursor<'a> {
    fn until(&mut self, ends: &str) -> &'a str {
        let at = self.0.find(|c| ends.contains(c)).unwrap_or(self.0.len());
        let (text, rest) = self.0.split_at(at);
        self.0 = rest;
        text
    }

    fn skip(&mut self, c: char) -> bool {
        self.0.strip_prefix(c).map(|rest| self.0 = rest).is_some()
    }

    /// The unescaped text of a string in quotes.
    fn quoted(&mut self) -> Result<String, &'static str> {
        if !self.skip('"') {
            return Err("a string has no quote");
        }
        let mut is_escaped = false;
        let end = self.0.find(|c| {
            let ends = c == '"' && !is_escaped;
            is_escaped = c == '\\' && !is_escaped;
            ends
        });
        let (text, rest) = self.0.split_at(end.ok_or("a string has no end")?);
        self.0 = &rest[1..];
        unescape(text, true)
    }
}

/// Resolves the escapes. Every other backslash is an error, and so is a quote that must be escaped.
fn unescape(text: &str, escapes_quotes: bool) -> Result<String, &'static str> {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        plain.push(match c {
            '\\' => match chars.next() {
                Some('n') => '\n',
                Some('\\') => '\\',
                Some('"') if escapes_quotes => '"',
                _ => return Err("a backslash escapes nothing"),
            },
            '"' if escapes_quotes => return Err("a quote is not escaped"),
            c => c,
        });
    }
    Ok(plain)
}

/// The rules for a whole family.
fn check(family: &Parsed, dialect: Dialect) -> Result<(), &'static str> {
    if family.samples.is_empty() {
        return Err("a family has no samples");
    }
    let kinds: &[&str] = match dialect {
        Dialect::Text => &["counter", "gauge", "histogram"],
        Dialect::OpenMetrics => &["counter", "gauge", "histogram", "info", "stateset", "unknown"],
        Dialect::OpenMetrics2 => &["counter", "gauge", "histogram", "info", "stateset"],
    };
    if !kinds.contains(&&*family.kind) {
        return Err("the type is unknown");
    }
    let suffixes: &[&str] = match (dialect, &*family.kind) {
        (Dialect::Text, "histogram") => &["_bucket", "_sum", "_count"],
        (Dialect::OpenMetrics, "histogram") => &["_bucket", "_sum", "_count", "_created"],
        (Dialect::OpenMetrics, "counter") => &["_total", "_created"],
        (Dialect::OpenMetrics, "info") => &["_info"],
        _ => &[""],
    };
    let is_own = |sample: &Sample| {
        sample.name.strip_prefix(&*family.name).is_some_and(|suffix| suffixes.contains(&suffix))
    };
    if !family.samples.iter().all(is_own) {
        return Err("a sample has the name of another family");
    }
    if dialect == Dialect::OpenMetrics
        && !family.unit.is_empty()
        && !family.name.ends_with(&format!("_{}", family.unit))
    {
        return Err("the name does not end with the unit");
    }
    let mut last: Option<Labels> = None;
    let mut groups = BTreeSet::new();
    for sample in &family.samples {
        let mut group = sample.labels.clone();
        if family.kind == "histogram" && dialect != Dialect::OpenMetrics2 {
            group.remove("le");
        }
        if last.as_ref() != Some(&group) && !groups.insert(format!("{group:?}")) {
            return Err("the samples of a series do not follow each other");
        }
        last = Some(group);
    }
    if family.kind == "histogram" && dialect != Dialect::OpenMetrics2 {
        check_histograms(family, dialect)?;
    }
    Ok(())
}

fn check_histograms(family: &Parsed, dialect: Dialect) -> Result<(), &'static str> {
    let mut by_series: BTreeMap<String, Vec<&Sample>> = BTreeMap::new();
    for sample in &family.samples {
        let mut labels = sample.labels.clone();
        labels.remove("le");
        by_series.entry(format!("{labels:?}")).or_default().push(sample);
    }
    for samples in by_series.into_values() {
        let named = |suffix: &str| {
            let name = format!("{}{suffix}", family.name);
            samples.iter().filter(move |sample| sample.name == name)
        };
        let mut last = (f64::NEG_INFINITY, 0);
        for bucket in named("_bucket") {
            let le = bucket.labels.get("le").ok_or("a bucket has no limit")?;
            let limit: f64 = le.parse().map_err(|_| "a limit is no number")?;
            if !le.contains(['.', 'e', 'I']) {
                return Err("a limit has neither a point nor an exponent");
            }
            let count: u64 = bucket.value.parse().map_err(|_| "a count is no integer")?;
            if limit <= last.0 || count < last.1 {
                return Err("buckets are not sorted, or not cumulated");
            }
            last = (limit, count);
        }
        if last.0 != f64::INFINITY {
            return Err("the last bucket has a limit");
        }
        let (sum, count) = (named("_sum").next(), named("_count").next());
        let is_count = count.is_none_or(|count| count.value == last.1.to_string());
        if sum.is_some() != count.is_some() || !is_count {
            return Err("the count is not that of the last bucket");
        }
        let is_negative = sum.is_some_and(|sum| sum.value.starts_with('-') && sum.value != "-0.0");
        if sum.is_none() && dialect == Dialect::Text
            || is_negative && dialect == Dialect::OpenMetrics
        {
            return Err("there is no sum, or it is negative");
        }
    }
    Ok(())
}
