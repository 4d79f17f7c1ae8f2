//! The folder with the files of a catalog.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use crate::document::Document;

/// Folders that never hold files of a catalog, and may be large.
const SKIPPED: [&str; 2] = ["node_modules", "target"];

/// The file by which a folder is known to belong to another catalog.
const OF_ANOTHER: [&str; 2] = ["catalog.json", "catalog.yaml"];

/// A file of the folder beside the document that is to be there.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    /// The path below the folder, with `/` between the names.
    pub(super) path: String,
    pub(super) state: State,
}

/// The state of a file, which decides what is done with the file.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum State {
    /// There is no such file.
    Missing,
    /// The file has other contents, which are these.
    Stale(String),
    /// The file has the mark, and is rendered no more.
    LeftOver,
    /// The file lacks the mark that the document has, so it is somebody's own.
    Foreign,
}

/// The differences between the folder and the documents, sorted by path. Ends of lines are no
/// difference, because git may change them.
pub(super) fn differences(
    folder: &Path,
    documents: &BTreeMap<String, Document>,
) -> Result<Vec<Difference>, String> {
    let mut differences = Vec::new();
    for (path, document) in documents {
        let file = folder.join(path);
        let state = match fs::read(&file) {
            Err(error) if error.kind() == ErrorKind::NotFound => State::Missing,
            Err(error) => return Err(unreadable(&file, &error)),
            Ok(bytes) => {
                let found = String::from_utf8_lossy(&bytes).replace("\r\n", "\n");
                if found == document.text.replace("\r\n", "\n") {
                    continue;
                } else if document.is_marked() && !found.contains(Document::MARK) {
                    State::Foreign
                } else {
                    State::Stale(found)
                }
            }
        };
        differences.push(Difference { path: path.clone(), state });
    }
    for path in marked(folder)? {
        if !documents.contains_key(&path) {
            differences.push(Difference { path, state: State::LeftOver });
        }
    }
    differences.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(differences)
}

/// The paths of the files with the mark, in the folder and in the folders in it. Documents are
/// nowhere else, and `write .` must find no files of other programs.
fn marked(folder: &Path) -> Result<Vec<String>, String> {
    let mut marked = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, before)) = folders.pop() {
        let entries = match fs::read_dir(&folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => continue,
            Err(error) => return Err(unreadable(&folder, &error)),
        };
        for entry in entries {
            let entry = entry.map_err(|error| unreadable(&folder, &error))?;
            // No document has a path that is no text.
            let Ok(name) = entry.file_name().into_string() else { continue };
            let (path, below) = (entry.path(), format!("{before}{name}"));
            // A symbolic link is neither.
            let kind = entry.file_type().map_err(|error| unreadable(&path, &error))?;
            if kind.is_dir() {
                let is_hidden =
                    !before.is_empty() || name.starts_with('.') || SKIPPED.contains(&name.as_str());
                if !is_hidden && !OF_ANOTHER.iter().any(|file| path.join(file).is_file()) {
                    folders.push((path, below + "/"));
                }
            } else if kind.is_file() && has_mark(&path)? {
                marked.push(below);
            }
        }
    }
    Ok(marked)
}

/// Whether a file begins with the mark, or has it in its head. A text about the mark has it later.
fn has_mark(file: &Path) -> Result<bool, String> {
    const HEAD: u64 = 512;
    let read = || {
        let mut head = Vec::new();
        fs::File::open(file)?.take(HEAD).read_to_end(&mut head)?;
        Ok(memchr::memmem::find(&head, Document::MARK.as_bytes()).is_some())
    };
    read().map_err(|error| unreadable(file, &error))
}

fn unreadable(path: &Path, error: &io::Error) -> String {
    format!("`{}` cannot be read: {error}", path.display())
}

/// The path as people write it.
pub(super) fn shown(folder: &Path, path: &str) -> String {
    let path: PathBuf = folder.join(path);
    path.display().to_string().replace('\\', "/")
}
