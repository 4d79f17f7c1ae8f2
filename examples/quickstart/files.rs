//! Finds the files to search in.

use std::io::ErrorKind;
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
    if folder.is_file() {
        return Err(
            format!("`{}` is a file; name the folder that it is in", folder.display()).into()
        );
    }
    std::fs::read_dir(folder).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!("there is no folder `{}`", folder.display()),
        _ => format!("the folder `{}` cannot be listed: {error}", folder.display()),
    })?;
    let entries = WalkDir::new(folder).sort_by_file_name().into_iter().filter_entry(is_source);
    // A folder that cannot be listed is skipped; the others are searched.
    let listed = entries.filter_map(|entry| entry.inspect_err(skipping).ok());
    let files: Vec<File> = listed.filter_map(file).collect();
    if files.is_empty() {
        return Err(format!("no Markdown or Rust files below `{}`", folder.display()).into());
    }
    Ok(files)
}

fn skipping(error: &walkdir::Error) {
    // The error names the path.
    eprintln!("skipping: {error}");
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
