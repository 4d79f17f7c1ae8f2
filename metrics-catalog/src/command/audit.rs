//! `audit`: the files of an audit, and its report as an answer.

use std::ffi::OsStr;
use std::fmt::Display;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::answer::{Answer, FINDINGS};
use super::arguments::Format;
use super::style::harmless;
use crate::reference::json;

/// The endings of files that are audited in a folder.
const ENDINGS: [&str; 3] = ["json", "yaml", "yml"];

/// Audits these files, and those in these folders. What cannot be read is an error, and the audit
/// goes on.
pub(super) fn audit<R: Display + Serialize>(
    paths: &[PathBuf],
    format: Format,
    audit: impl FnOnce(&[(String, String)]) -> R,
    is_clean: impl FnOnce(&R) -> bool,
) -> Answer {
    let (mut texts, mut problems) = (Vec::new(), Vec::new());
    for path in paths {
        read(path, true, &mut texts, &mut problems);
    }
    let report = audit(&texts);
    let stdout = match format {
        Format::Json => json::to_text(&report),
        Format::Text => harmless(&report.to_string()),
    };
    let mut answer = Answer::success(stdout);
    if !is_clean(&report) {
        answer.exit_code = FINDINGS;
    }
    for problem in problems {
        let Answer { stderr, exit_code, .. } = Answer::failure(&problem);
        answer.stderr += &stderr;
        answer.exit_code = exit_code;
    }
    answer
}

/// Reads a file, or the files below a folder in the order of their names.
fn read(
    path: &Path,
    is_named: bool,
    texts: &mut Vec<(String, String)>,
    problems: &mut Vec<String>,
) {
    let shown = path.display().to_string().replace('\\', "/");
    let mut problem =
        |error: &io::Error| problems.push(format!("`{shown}` cannot be read: {error}"));
    if path.is_dir() {
        match entries(path) {
            Ok(entries) => entries.iter().for_each(|path| read(path, false, texts, problems)),
            Err(error) => problem(&error),
        }
    } else if is_named || ENDINGS.iter().any(|ending| path.extension() == Some(OsStr::new(ending)))
    {
        match fs::read_to_string(path) {
            Ok(text) => texts.push((shown, text)),
            Err(error) => problem(&error),
        }
    }
}

/// The paths in a folder, without those of hidden files.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().as_encoded_bytes().starts_with(b".") {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Names(Vec<String>);

    impl Display for Names {
        fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            self.0.iter().try_for_each(|name| writeln!(f, "{name}"))
        }
    }

    fn names(files: &[(String, String)]) -> Names {
        let names = files.iter().map(|(path, text)| format!("{path}={text}"));
        Names(names.collect())
    }

    #[test]
    fn files_and_the_files_of_folders_are_audited_in_order() {
        let folder =
            std::env::temp_dir().join(format!("typed-metrics-audit-{}", std::process::id()));
        fs::create_dir_all(folder.join("b/.git")).unwrap();
        for (path, text) in [
            ("b/2.json", "two"),
            ("b/1.yml", "one"),
            ("b/notes.txt", "no"),
            ("b/.git/x.json", "no"),
            ("named.txt", "named"),
        ] {
            fs::write(folder.join(path), text).unwrap();
        }
        let paths = ["named.txt", "b", "missing.json"].map(|path| folder.join(path));
        let clean = audit(&paths[..2], Format::Text, names, |_| true);
        let missing = audit(&paths, Format::Json, names, |names| names.0.is_empty());
        let found = audit(&paths[..1], Format::Text, names, |_| false);
        fs::remove_dir_all(&folder).unwrap();

        let shown = |path: &str| folder.join(path).display().to_string();
        let expected = [("named.txt", "named"), ("b/1.yml", "one"), ("b/2.json", "two")]
            .map(|(path, text)| format!("{}={text}", shown(path)));
        assert_eq!(clean.stdout.lines().collect::<Vec<_>>(), expected);
        assert_eq!((clean.exit_code, &*clean.stderr), (0, ""));
        assert_eq!(found.exit_code, FINDINGS);
        assert_eq!(serde_json::from_str::<Vec<String>>(&missing.stdout).unwrap(), expected);
        assert_eq!(missing.exit_code, 2);
        assert!(missing.stderr.contains("missing.json` cannot be read"), "{}", missing.stderr);
    }
}
