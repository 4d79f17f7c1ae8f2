//! Lines of texts: Markdown, and comments of Rust. rustfmt breaks the lines of code.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{ROOT, read};

/// The number of characters that a line may have.
const LIMIT: usize = 100;

/// Folders of files that programs write, or whose lines are tested as they are.
const SKIPPED: [&str; 6] = ["expansions", "golden", "node_modules", "rendered", "target", "ui"];

#[test]
fn lines_of_texts_have_at_most_100_columns() {
    let mut long = Vec::new();
    let mut texts = 0;
    for file in files(Path::new(ROOT)) {
        let is_rust = match file.extension().and_then(|extension| extension.to_str()) {
            Some("md") => false,
            Some("rs") => true,
            _ => continue,
        };
        texts += 1;
        let path = file.strip_prefix(ROOT).unwrap().display().to_string();
        let lines = too_long(&read(&file), is_rust);
        long.extend(lines.into_iter().map(|line| format!("{path}:{line}")));
    }
    assert!(texts > 500, "{texts} files");
    assert!(long.is_empty(), "more than {LIMIT} columns; break these lines:\n{}", long.join("\n"));
}

/// The files of a folder and of the folders in it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        let kind = entry.file_type().unwrap();
        if kind.is_file() {
            found.push(entry.path());
        } else if kind.is_dir() && !name.starts_with('.') && !SKIPPED.contains(&&*name) {
            found.extend(files(&entry.path()));
        }
    }
    found
}

/// The numbers of the lines of text that are too long. Tables, code and its output cannot be
/// broken, nor can links.
fn too_long(text: &str, is_rust: bool) -> Vec<usize> {
    let mut is_code = false;
    let mut found = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let words = if is_rust {
            let comment = line.trim_start().strip_prefix("//");
            let Some(comment) = comment else {
                is_code = false;
                continue;
            };
            comment.trim_start_matches(['/', '!']).trim_start()
        } else {
            line.trim_start()
        };
        if words.starts_with("```") {
            is_code = !is_code;
            continue;
        }
        let is_fixed = is_code || words.starts_with('|') || words.contains("://");
        if !is_fixed && !words.contains("](") && line.chars().count() > LIMIT {
            found.push(number + 1);
        }
    }
    found
}

#[test]
fn a_long_line_is_found_and_tables_code_and_links_are_none() {
    let long = "word ".repeat(21);
    let long = long.trim_end();
    let fits = &long[..LIMIT];
    assert_eq!(too_long(&format!("{fits}\n{long}\n"), false), [2]);
    assert_eq!(too_long(&format!("//! {long}\nlet x = \"{long}\";\n    // {long}"), true), [1, 3]);
    for fixed in [format!("| {long} |"), format!("```\n{long}\n```"), format!("{long} https://a.b")]
    {
        assert_eq!(too_long(&fixed, false), [0; 0], "{fixed}");
        let comment = format!("/// {}", fixed.replace('\n', "\n/// "));
        assert_eq!(too_long(&comment, true), [0; 0], "{comment}");
    }
    assert_eq!(too_long(&format!("```\n{long}\n```\n{long}"), false), [4]);
}
