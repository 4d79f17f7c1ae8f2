//! The file in which the processes of a test run note the metrics that they record.

use std::collections::BTreeSet;
use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::{env, path};

use crate::locks::get_or_init;
use crate::report;

/// The variable that holds the path of the file.
pub(crate) const RECORDED: &str = "TYPED_METRICS_RECORDED";

/// The path of the file; `None` if the process notes nothing.
pub(crate) fn path() -> Option<&'static Path> {
    static PATH: OnceLock<Option<PathBuf>> = OnceLock::new();
    let path = get_or_init(&PATH, || {
        let path = PathBuf::from(env::var_os(RECORDED).filter(|path| !path.is_empty())?);
        // The program may change its current folder.
        Some(path::absolute(&path).unwrap_or(path))
    });
    path.as_deref()
}

/// Notes that a metric was recorded, if the process notes that.
#[cold]
pub(crate) fn note(metric: &str) {
    let Some(path) = path() else { return };
    if let Err(error) = append(path, metric) {
        static FAILED: AtomicBool = AtomicBool::new(false);
        // Without a logger: the logger may be in the middle of a measurement.
        if !FAILED.swap(true, Relaxed) {
            let path = path.display();
            report::write(format_args!("`{path}` of `{RECORDED}` cannot be written: {error}"));
        }
    }
}

fn append(path: &Path, metric: &str) -> io::Result<()> {
    let open = || OpenOptions::new().append(true).create(true).open(path);
    let mut file = open().or_else(|error| match (error.kind(), path.parent()) {
        (ErrorKind::NotFound, Some(folder)) => fs::create_dir_all(folder).and_then(|()| open()),
        _ => Err(error),
    })?;
    // One call for the whole line, because other processes append to the file, too.
    file.write_all(format!("{metric}\n").as_bytes())
}

/// The metrics that the processes have noted in the file so far.
pub(crate) fn read(path: &Path) -> io::Result<BTreeSet<String>> {
    Ok(fs::read_to_string(path)?.lines().map(str::to_owned).collect())
}

#[cfg(all(test, not(miri)))]
mod tests {
    use super::*;

    #[test]
    fn the_folder_of_the_file_is_made_and_lines_are_appended() {
        let folder = env::temp_dir().join(format!("typed-metrics-recorded-{}", std::process::id()));
        let path = folder.join("a/recorded.txt");
        for metric in ["shop.sold", "shop.lost", "shop.sold"] {
            append(&path, metric).unwrap();
        }
        let noted = read(&path).unwrap();
        fs::remove_dir_all(folder).unwrap();
        assert_eq!(noted, BTreeSet::from(["shop.lost".to_owned(), "shop.sold".to_owned()]));
    }
}
