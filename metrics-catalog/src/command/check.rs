//! `check`: whether the files of the catalog are as they are to be.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

use serde::Serialize;
use similar::TextDiff;

use super::answer::{Answer, FINDINGS, warned};
use super::arguments::Format;
use super::folder::{Difference, State, differences, shown};
use super::style::{ADDED, BAD, GOOD, PLACE, REMOVED, STRONG, harmless, styled};
use crate::document::Document;
use crate::reference::json;
use crate::reference::prose::count;

/// The time after which the difference of a file gets longer than it could be.
const PATIENCE: Duration = Duration::from_secs(1);

#[derive(Debug, Serialize)]
struct Checked {
    folder: String,
    is_current: bool,
    /// The files that are not current.
    files: Vec<File>,
    warnings: Vec<String>,
}

#[derive(Debug, Serialize)]
struct File {
    path: String,
    state: &'static str,
    #[serde(skip_serializing_if = "String::is_empty")]
    diff: String,
}

/// Compares the folder with the documents.
pub(super) fn check(
    folder: &Path,
    documents: &BTreeMap<String, Document>,
    warnings: Vec<String>,
    format: Format,
) -> Result<Answer, String> {
    let files = differences(folder, documents)?.into_iter();
    let files: Vec<_> = files.map(|file| File::of(folder, file, documents)).collect();
    let is_current = files.is_empty();
    let checked = Checked { folder: folder.display().to_string(), is_current, files, warnings };
    let mut answer = match format {
        Format::Json => Answer::success(json::to_text(&checked)),
        Format::Text => text(folder, &checked, documents.len()),
    };
    if !is_current {
        answer.exit_code = FINDINGS;
    }
    Ok(answer)
}

impl File {
    fn of(folder: &Path, file: Difference, documents: &BTreeMap<String, Document>) -> Self {
        let (state, diff) = match file.state {
            State::Missing => ("missing", String::new()),
            State::LeftOver => ("left-over", String::new()),
            State::Foreign => ("foreign", String::new()),
            State::Stale(found) => {
                let wanted = documents.get(&file.path).map_or("", |document| &document.text);
                ("stale", unified(&shown(folder, &file.path), &found, wanted))
            }
        };
        Self { path: file.path, state, diff }
    }

    fn sentence(&self) -> &'static str {
        match self.state {
            "missing" => "there is no such file",
            "left-over" => "nothing renders this file any more",
            "foreign" => "this file was not written by `write`, which will not replace it",
            _ => "the file differs from what `write` would write",
        }
    }
}

/// The unified difference, which `patch -p0` applies.
fn unified(path: &str, found: &str, wanted: &str) -> String {
    let diff = TextDiff::configure().timeout(PATIENCE).diff_lines(found, wanted);
    let text = diff.unified_diff().context_radius(3).header(path, path).to_string();
    harmless(&text)
}

fn text(folder: &Path, checked: &Checked, rendered: usize) -> Answer {
    let place = styled(PLACE, &folder.display().to_string());
    if checked.is_current {
        let stderr = format!(
            "{}{}: {} in {place}\n",
            warned(&checked.warnings),
            styled(GOOD, "current"),
            count(rendered, "file"),
        );
        return Answer { stderr, ..Answer::default() };
    }
    let mut stdout = String::new();
    for file in &checked.files {
        let path = styled(PLACE, &shown(folder, &file.path));
        let state = styled(BAD, file.state);
        stdout.extend([&*state, " ", &*path, ": ", file.sentence(), "\n"]);
        file.diff.lines().for_each(|line| push_line(&mut stdout, line));
    }
    let stderr = format!(
        "{}{} in {place} not as the metrics are; run `write` with the same options\n",
        warned(&checked.warnings),
        match checked.files.len() {
            1 => "1 file is".to_owned(),
            many => format!("{many} files are"),
        }
    );
    Answer { stdout, stderr, ..Answer::default() }
}

fn push_line(text: &mut String, line: &str) {
    let style = match line.as_bytes() {
        [b'+', b'+', b'+', ..] | [b'-', b'-', b'-', ..] => STRONG,
        [b'+', ..] => ADDED,
        [b'-', ..] => REMOVED,
        [b'@', ..] => PLACE,
        _ => return text.extend([line, "\n"]),
    };
    text.extend([&*styled(style, line), "\n"]);
}
