//! The example `quickstart`, run on temporary folders.

use std::fs;
use std::path::PathBuf;

use crate::{example, stdout};

/// A folder that exists until this value is dropped.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str, files: &[(&str, &str)]) -> Self {
        let path =
            std::env::temp_dir().join(format!("typed-metrics-{name}-{}", std::process::id()));
        fs::create_dir_all(&path).unwrap();
        let folder = Self(path);
        for (file, text) in files {
            let file = folder.0.join(file);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(file, text).unwrap();
        }
        folder
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// The cells of the rows of `metric`: the row that begins with the name, and the rows of the
/// metric's other series.
fn rows(table: &str, metric: &str) -> Vec<Vec<String>> {
    let mut lines = table.lines().skip_while(|line| !line.starts_with(metric));
    let first = lines.next().unwrap_or_else(|| panic!("no `{metric}` in\n{table}"));
    let others = lines.take_while(|line| line.starts_with(' '));
    let cells = |line: &str| line.split("  ").map(str::trim).map(str::to_owned).collect();
    let rows = std::iter::once(first).chain(others).map(cells);
    rows.map(|cells: Vec<_>| cells.into_iter().filter(|cell| !cell.is_empty()).collect()).collect()
}

#[test]
fn it_indexes_a_folder_and_prints_every_metric() {
    let folder = Folder::new(
        "files",
        &[
            ("README.md", "Apples and pears. Apples!"),
            ("src/lib.rs", "fn apples() -> usize { 12 }"),
            ("src/deep/main.rs", "fn main() {}"),
            ("target/debug/out.rs", "fn never_seen() {}"),
            (".git/hidden.md", "never seen"),
            ("notes.txt", "never seen"),
        ],
    );
    let output = example("quickstart").arg(&folder.0).output().unwrap();
    let table = stdout(&output);
    let row = |metric: &str| rows(&table, metric);

    assert_eq!(
        row("search.files_read"),
        [
            &["search.files_read", "counter", "{file}", "language=markdown folder=.", "1"][..],
            &["language=rust folder=src", "2"],
        ]
    );
    assert_eq!(
        row("search.file_size"),
        [
            "search.file_size By language=markdown 1 25 25 25 25 25 25",
            "language=rust 2 39 19.5 26.25 26.85 12 27"
        ]
        .map(|row| row.split(' ').map(str::to_owned).collect::<Vec<_>>())
    );
    // The index holds the paths of three files, and each word once.
    let paths = ["README.md", "src/lib.rs", "src/deep/main.rs"];
    let size = paths.iter().map(|path| folder.0.join(path).as_os_str().len()).sum::<usize>();
    let words = ["and", "apples", "main", "pears", "usize"].concat().len();
    let size = (size + words).to_string();
    assert_eq!(row("search.index_size"), [["search.index_size", "gauge", "By", &*size]]);
    assert_eq!(
        row("search.queries_queued"),
        [["search.queries_queued", "up_down_counter", "{query}", "0"]]
    );
    assert_eq!(
        row("search.workers_busy"),
        [["search.workers_busy", "up_down_counter", "{worker}", "0"]]
    );

    let number = |text: &str| text.replace(',', "").parse::<u64>().unwrap();
    let answered: u64 = row("search.queries ").iter().map(|row| number(row.last().unwrap())).sum();
    assert_eq!(answered, 4000);
    let durations = row("search.query_duration");
    let [name, unit, words, count] = &durations[0][..4] else { panic!("{table}") };
    assert_eq!([&**name, &**words, &**count], ["search.query_duration", "words=one", "2,666"]);
    assert!(["ns", "µs", "ms"].contains(&&**unit), "{table}");
    assert_eq!(durations[1][..2], ["words=two", "1,334"]);

    let progress = String::from_utf8(output.stderr).unwrap();
    let lines: Vec<_> = progress.lines().collect();
    assert!(lines[0].starts_with("3 files read in "), "{progress}");
    assert!(lines.last().unwrap().starts_with("4000 queries answered in "), "{progress}");
}

#[test]
fn it_reads_the_current_folder_unless_told_otherwise() {
    let folder = Folder::new("current", &[("a.md", "one two three")]);
    let table = stdout(&example("quickstart").current_dir(&folder.0).output().unwrap());
    assert_eq!(rows(&table, "search.files_read").len(), 1, "{table}");
}

#[test]
fn files_without_words_are_nothing_to_search_in() {
    let folder = Folder::new("wordless", &[("a.md", ""), ("b.rs", "()\n")]);
    let output = example("quickstart").arg(&folder.0).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!("no words in the files below `{}`\n", folder.0.display());
    assert!(said.ends_with(&expected), "{said}");
}

#[test]
fn it_says_what_is_wrong_with_a_folder_and_fails() {
    let empty = Folder::new("empty", &[("notes.txt", "nothing to read")]);
    let missing = empty.0.join("missing");
    let file = empty.0.join("notes.txt");
    for (folder, begin) in [
        (&empty.0, "quickstart: no Markdown or Rust files below "),
        (&missing, "quickstart: there is no folder "),
    ] {
        let output = example("quickstart").arg(folder).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(said, format!("{begin}`{}`\n", folder.display()));
    }
    let output = example("quickstart").arg(&file).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    let expected =
        format!("quickstart: `{}` is a file; name the folder that it is in\n", file.display());
    assert_eq!(said, expected);
}

#[test]
#[cfg(target_os = "linux")]
fn a_table_that_cannot_be_written_is_a_failure() {
    let folder = Folder::new("full", &[("a.md", "one two three")]);
    let full = fs::File::options().write(true).open("/dev/full").unwrap();
    let output = example("quickstart").arg(&folder.0).stdout(full).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.starts_with("1 file read in "), "{said}");
    assert!(said.lines().last().unwrap().starts_with("quickstart: handler `console`"), "{said}");
}
