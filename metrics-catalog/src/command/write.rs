//! `write`: the files of the catalog, as they are to be.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use serde::Serialize;

use super::answer::{Answer, warned};
use super::arguments::Format;
use super::folder::{State, differences, shown};
use super::style::{GOOD, PLACE, QUIET, styled};
use crate::document::Document;
use crate::reference::json;
use crate::reference::prose::count;

/// The changes of a folder, by the paths of the files below it.
#[derive(Debug, Default, Serialize)]
struct Done {
    folder: String,
    written: Vec<String>,
    removed: Vec<String>,
    unchanged: usize,
    warnings: Vec<String>,
}

/// Writes the documents that the folder lacks, and removes those that are left over. If a file of
/// somebody's own is in the way, nothing is changed.
pub(super) fn write(
    folder: &Path,
    documents: &BTreeMap<String, Document>,
    warnings: Vec<String>,
    format: Format,
) -> Result<Answer, String> {
    let differences = differences(folder, documents)?;
    if let Some(foreign) = differences.iter().find(|file| file.state == State::Foreign) {
        return Err(format!(
            "`{}` was not written by this command: it lacks the words \"{}\"; rename it, or write \
             into another folder",
            shown(folder, &foreign.path),
            Document::MARK,
        ));
    }
    let mut done = Done { folder: folder.display().to_string(), warnings, ..Done::default() };
    for file in differences {
        let path = folder.join(&file.path);
        match documents.get(&file.path) {
            Some(document) => {
                write_file(&path, &document.text)?;
                done.written.push(file.path);
            }
            None => {
                fs::remove_file(&path)
                    .map_err(|error| format!("`{}` cannot be removed: {error}", path.display()))?;
                // A folder whose last file is gone is gone, too; git keeps none either.
                let _ = path.parent().filter(|parent| *parent != folder).map(fs::remove_dir);
                done.removed.push(file.path);
            }
        }
    }
    done.unchanged = documents.len() - done.written.len();
    Ok(match format {
        Format::Json => Answer::success(json::to_text(&done)),
        Format::Text => text(folder, &done),
    })
}

fn write_file(path: &Path, text: &str) -> Result<(), String> {
    let made = path.parent().map_or(Ok(()), fs::create_dir_all);
    made.and_then(|()| fs::write(path, text))
        .map_err(|error| format!("`{}` cannot be written: {error}", path.display()))
}

fn text(folder: &Path, done: &Done) -> Answer {
    let line = |style, word, path: &String| {
        let path = styled(PLACE, &shown(folder, path));
        format!("{} {path}\n", styled(style, word))
    };
    let written = done.written.iter().map(|path| line(GOOD, "  wrote", path));
    let removed = done.removed.iter().map(|path| line(QUIET, "removed", path));
    let stdout = written.chain(removed).collect::<String>();
    let mut answer = Answer::success(stdout);
    answer.stderr = format!(
        "{}{} written, {} removed, {} as before\n",
        warned(&done.warnings),
        count(done.written.len(), "file"),
        done.removed.len(),
        done.unchanged,
    );
    answer
}
