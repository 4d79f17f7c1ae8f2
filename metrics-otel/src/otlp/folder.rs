//! A folder with a file for each batch, which survives the program.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// How long to wait for the folder, if it belongs to a pipeline that is just ending.
const PATIENCE: Duration = Duration::from_secs(1);

/// See the module. Files are named after their number, by which they are ordered, and their number
/// of data points.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    /// Locked for as long as this lives, or the process does.
    _lock: File,
}

/// What is known of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Name {
    pub(super) number: u64,
    pub(super) points: u64,
}

impl Folder {
    /// Takes the folder, and lists the batches that are in it with their sizes, oldest first.
    pub(super) fn open(path: &Path) -> Result<(Self, Vec<(Name, u64)>), String> {
        let unusable = |error: io::Error| {
            format!(
                "`spool_folder` is `{}`, which cannot be used: {error}; give a folder in which this \
                 program may write",
                path.display()
            )
        };
        fs::create_dir_all(path).map_err(unusable)?;
        let lock = lock(&path.join("lock")).map_err(unusable)?.ok_or_else(|| {
            format!(
                "`spool_folder` is `{}`, which another pipeline uses now; give each its own",
                path.display()
            )
        })?;
        let folder = Self { path: path.to_owned(), _lock: lock };
        let batches = folder.list().map_err(unusable)?;
        Ok((folder, batches))
    }

    fn list(&self) -> io::Result<Vec<(Name, u64)>> {
        let mut batches = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let file = entry.file_name();
            let Some(file) = file.to_str() else { continue };
            if let Some(name) = Name::parse(file) {
                let metadata = entry.metadata()?;
                if metadata.is_file() {
                    batches.push((name, metadata.len()));
                }
            } else if file.strip_suffix(".tmp").is_some_and(|number| number.parse::<u64>().is_ok())
            {
                // Written halfway when a program was killed.
                let _ = fs::remove_file(entry.path());
            }
        }
        batches.sort_unstable();
        Ok(batches)
    }

    /// Writes a batch: the file is there in whole, or not at all.
    pub(super) fn write(&self, name: Name, body: &[u8]) -> io::Result<()> {
        let half = self.path.join(format!("{}.tmp", name.number));
        let written = File::create(&half).and_then(|mut file| {
            file.write_all(body)?;
            // Or else a power failure may leave a file with nothing in it.
            file.sync_data()?;
            fs::rename(&half, self.file(name))
        });
        if written.is_err() {
            let _ = fs::remove_file(&half);
        }
        written
    }

    /// `None` if there is no such batch any more, and never will be.
    pub(super) fn read(&self, name: Name) -> io::Result<Option<Vec<u8>>> {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};

        match fs::read(self.file(name)) {
            // What a power failure can leave.
            Ok(body) if body.is_empty() => Ok(None),
            Ok(body) => Ok(Some(body)),
            Err(error) if matches!(error.kind(), NotFound | IsADirectory | NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn remove(&self, name: Name) -> io::Result<()> {
        fs::remove_file(self.file(name))
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    fn file(&self, name: Name) -> PathBuf {
        self.path.join(name.file())
    }
}

impl Name {
    fn file(self) -> String {
        format!("{:020}-{}.otlp", self.number, self.points)
    }

    fn parse(file: &str) -> Option<Self> {
        let (number, points) = file.strip_suffix(".otlp")?.split_once('-')?;
        let name = Self { number: number.parse().ok()?, points: points.parse().ok()? };
        // Others have names of their own kind.
        (name.file() == file && name.number < u64::MAX).then_some(name)
    }
}

/// `None` if it belongs to somebody else.
fn lock(path: &Path) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begin.elapsed() < PATIENCE => {
                std::thread::sleep(Duration::from_millis(20));
            }
            Err(TryLockError::WouldBlock) => return Ok(None),
            Err(TryLockError::Error(error)) => return Err(error),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_order_and_points() {
        let name = Name { number: 7, points: 42 };
        assert_eq!(name.file(), "00000000000000000007-42.otlp");
        assert_eq!(Name::parse(&name.file()), Some(name));
        assert_eq!(Name::parse("lock"), None);
    }
}
