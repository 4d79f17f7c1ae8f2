//! The files to search in.

use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use crate::Error;
use crate::metrics::Language;

pub(crate) struct File {
    pub(crate) path: PathBuf,
    pub(crate) language: Language,
}

/// The Markdown and Rust files below `folder`, in the order of their paths.
pub(crate) fn below(folder: &Path) -> Result<Vec<File>, Error> {
    if !folder.is_dir() {
        return Err(format!("there is no folder `{}`", folder.display()).into());
    }
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_source);
    // What cannot be listed cannot be searched; the rest can.
    let files: Vec<File> = entries.filter_map(Result::ok).filter_map(file).collect();
    if files.is_empty() {
        return Err(format!("no Markdown or Rust files below `{}`", folder.display()).into());
    }
    Ok(files)
}

fn file(entry: DirEntry) -> Option<File> {
    let language = match entry.path().extension()?.to_str()? {
        "md" => Language::Markdown,
        "rs" => Language::Rust,
        _ => return None,
    };
    entry.file_type().is_file().then(|| File { path: entry.into_path(), language })
}

fn is_source(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    entry.depth() == 0 || (name != "target" && !name.starts_with('.'))
}
