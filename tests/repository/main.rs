//! Checks of the repository's crates: the layers, the READMEs, the lines of texts, and the contents
//! of the packages.

mod layers;
mod lines;
mod readmes;

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the repository.
const ROOT: &str = env!("CARGO_MANIFEST_DIR");

/// The folders of the published crates: the root and its `metrics-…`.
fn published() -> Vec<PathBuf> {
    let folders = fs::read_dir(ROOT).unwrap().map(|entry| entry.unwrap().path());
    let back_ends = folders.filter(|folder| {
        let name = folder.file_name().unwrap().to_string_lossy();
        name.starts_with("metrics-") && folder.join("Cargo.toml").is_file()
    });
    let mut published: Vec<_> = back_ends.collect();
    assert!(!published.is_empty());
    published.push(PathBuf::from(ROOT));
    published.sort();
    published
}

fn read(path: &Path) -> String {
    fs::read_to_string(path)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", path.display()))
}

#[test]
fn every_package_holds_the_licences() {
    for licence in ["LICENSE-APACHE", "LICENSE-MIT"] {
        let expected = read(&Path::new(ROOT).join(licence));
        for folder in published() {
            let path = folder.join(licence);
            assert_eq!(read(&path), expected, "make {} a link to the root's file", path.display());
        }
    }
}

#[test]
fn every_manifest_says_what_is_packaged_and_documented() {
    for folder in published() {
        let path = folder.join("Cargo.toml");
        let manifest = read(&path);
        for line in [
            "include.workspace = true",
            "readme = \"README.md\"",
            "[package.metadata.docs.rs]",
            "all-features = true",
        ] {
            let is_there = manifest.lines().any(|found| found == line);
            assert!(is_there, "{} lacks `{line}`", path.display());
        }
    }
}
