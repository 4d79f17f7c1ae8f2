//! The READMEs as their readers use them: a program can be pasted, and prints the shown output.
//!
//! rustdoc compiles and runs the programs (`src/readmes.rs`). It accepts more than a compiler does:
//! lines that it hides, a body without `main`, and every dev-dependency of this package. The tests
//! below refuse those, so that a program that passes under rustdoc is a whole `src/main.rs`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::{ROOT, published, read};

/// A fenced block of a README.
struct Block {
    /// The file and the line of the opening fence.
    place: String,
    /// The text after the opening fence: the language, and rustdoc's attributes.
    info: String,
    text: String,
    /// The crates that the README has told its reader to add: words of `cargo add` lines.
    added: BTreeSet<String>,
}

impl Block {
    fn is_rust(&self) -> bool {
        self.info.starts_with("rust")
    }
}

fn readmes() -> Vec<PathBuf> {
    published().iter().map(|folder| folder.join("README.md")).collect()
}

fn blocks(readme: &Path) -> Vec<Block> {
    let text = read(readme);
    let readme = readme.strip_prefix(ROOT).unwrap();
    let mut blocks = Vec::<Block>::new();
    let mut added = BTreeSet::new();
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        let Some(info) = line.trim_start().strip_prefix("```") else { continue };
        let inside = lines.by_ref().map(|(_, line)| line).take_while(|line| *line != "```");
        let text: String = inside.flat_map(|line| [line, "\n"]).collect();
        let additions = text.lines().filter_map(|line| line.strip_prefix("$ cargo add "));
        added.extend(additions.flat_map(str::split_whitespace).map(str::to_owned));
        blocks.push(Block {
            place: format!("{}:{}", readme.display(), number + 1),
            info: info.to_owned(),
            text,
            added: added.clone(),
        });
    }
    blocks
}

#[test]
fn every_readme_is_compiled() {
    // The other files are for READMEs whose programs need crates that this package does not have.
    let compiled = [
        include_str!("../../src/readmes.rs"),
        include_str!("../../tests/databases/src/lib.rs"),
        include_str!("../../tests/http/src/lib.rs"),
        include_str!("../../tests/http/src/lib.rs"),
        include_str!("../../tests/migrating/src/lib.rs"),
    ];
    for readme in readmes() {
        let path = readme.strip_prefix(ROOT).unwrap().display();
        let include = format!("../{path}\")]");
        let is_compiled = compiled.iter().any(|file| file.contains(&include));
        assert!(is_compiled, "`src/readmes.rs` needs a line for {path}");
        let rust = blocks(&readme).iter().filter(|block| block.is_rust()).count();
        assert!(rust > 0, "{path} has no program");
    }
}

#[test]
fn every_block_is_a_whole_program_or_says_what_else_it_is() {
    for block in readmes().iter().flat_map(|readme| blocks(readme)) {
        let place = &block.place;
        // Without `standalone_crate`, rustdoc merges the programs, and so their metrics, into one
        // crate.
        let known = ["rust,standalone_crate", "rust,no_run", "console", "text", "toml"];
        assert!(known.contains(&&*block.info), "{place}: `{}` is none of {known:?}", block.info);
        if !block.is_rust() {
            continue;
        }
        assert!(block.text.contains("fn main("), "{place}: add a `main`");
        for line in block.text.lines().map(str::trim) {
            // To rustdoc, `# ` hides a line, and `##` is a `#`.
            let is_rustdoc = line == "#" || line.starts_with("# ") || line.starts_with("##");
            assert!(!is_rustdoc, "{place}: a compiler cannot read `{line}`");
            let path = line.strip_prefix("use ").unwrap_or("std");
            let name = path.split("::").next().unwrap_or_default();
            let is_known =
                name == "std" || name.starts_with("typed_metrics") || block.added.contains(name);
            assert!(is_known, "{place}: a reader has not added the crate of `{line}`");
        }
    }
}

/// The block that the README shows as the output of its first program.
fn shown_output() -> String {
    let blocks = blocks(&Path::new(ROOT).join("README.md"));
    let program = blocks.iter().position(Block::is_rust).unwrap();
    let output = blocks[program..].iter().find(|block| block.info == "text").unwrap();
    output.text.clone()
}

#[test]
fn the_first_program_is_the_example() {
    let blocks = blocks(&Path::new(ROOT).join("README.md"));
    let program = &blocks.iter().find(|block| block.is_rust()).unwrap().text;
    let example = include_str!("../../examples/readme.rs");
    let (_about, example) = example.split_once("\n\n").unwrap();
    assert_eq!(program, example, "copy the program of `README.md` to `examples/readme.rs`");
}

#[cfg(feature = "console")]
#[test]
fn the_first_program_prints_what_the_readme_shows() {
    let test = std::env::current_exe().unwrap();
    let target = test.parent().and_then(Path::parent).unwrap();
    let program =
        target.join("examples").join("readme").with_extension(std::env::consts::EXE_EXTENSION);
    assert!(
        program.is_file(),
        "example `readme` is not built; run `cargo test`, or `cargo build --examples` first"
    );
    let output = std::process::Command::new(program).env_remove("COLUMNS").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let shown = shown_output();

    // The README shows the output with the default features.
    let is_default = !cfg!(any(
        feature = "db",
        feature = "llm",
        feature = "logfire",
        feature = "otel",
        feature = "system",
        feature = "tokio",
        feature = "tower"
    ));
    if is_default {
        assert_eq!(printed, shown, "copy this to `README.md`:\n{printed}");
        return;
    }
    // Metrics of other features add rows and make the columns wider, but change no other cell.
    let cells = |line: &str| line.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let mut printed_rows = printed.lines().map(cells);
    for line in shown.lines().filter(|line| !line.starts_with('─')) {
        assert!(printed_rows.any(|row| row == cells(line)), "no `{line}` in\n{printed}");
    }
}
