//! A folder with a file for each batch, which outlives the program.

use std::fs::{self, File, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::{Duration, Instant};

/// How long to wait for a folder in use: the other pipeline may be about to end.
const PATIENCE: Duration = Duration::from_secs(1);
/// The largest number of a batch in a folder, and the most data points of such a batch.
const MOST_NUMBER: u64 = u64::MAX / 2;
const MOST_POINTS: u64 = u32::MAX as u64;

/// A folder with a file for each batch. A file's name contains the batch's number, which defines
/// the order, and its number of data points.
#[derive(Debug)]
pub(crate) struct Folder {
    path: PathBuf,
    /// Locked until this value is dropped or the process ends.
    lock: Mutex<File>,
}

/// The name of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Name {
    pub(crate) number: u64,
    pub(crate) points: u64,
}

impl Folder {
    /// Locks the folder, and lists its batches with their sizes, oldest first.
    pub(crate) fn open(path: &Path) -> Result<(Self, Vec<(Name, u64)>), String> {
        let unusable = |error: io::Error| {
            format!(
                "`spool_folder` is `{}`, which cannot be used: {error}; give a folder to which \
                 this program can write",
                path.display()
            )
        };
        fs::create_dir_all(path).map_err(unusable)?;
        let lock = lock(&path.join("lock"), PATIENCE).map_err(unusable)?.ok_or_else(|| {
            format!(
                "`spool_folder` is `{}`, which another pipeline uses; give each pipeline its own \
                 folder",
                path.display()
            )
        })?;
        let folder = Self { path: path.to_owned(), lock: Mutex::new(lock) };
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
            } else if Name::is_half(file) {
                // A program was killed while it wrote this file.
                let _ = fs::remove_file(entry.path());
            }
        }
        batches.sort_unstable();
        Ok(batches)
    }

    /// Writes a batch to a file that counts as a batch once it is [published](Self::publish).
    pub(crate) fn write(&self, name: Name, body: &[u8]) -> io::Result<()> {
        let half = self.half(name);
        let written = self.create(&half).and_then(|mut file| {
            file.write_all(body)?;
            // Without this, a power failure may leave an empty file.
            file.sync_data()
        });
        if written.is_err() {
            self.discard(name);
        }
        written
    }

    /// Gives a written file its name. So the file of a batch is complete, or does not exist.
    pub(crate) fn publish(&self, name: Name) -> io::Result<()> {
        fs::rename(self.half(name), self.file(name))
    }

    /// Removes a file that was written and not published.
    pub(crate) fn discard(&self, name: Name) {
        let _ = fs::remove_file(self.half(name));
    }

    /// Creates a file, and the folder if another program has removed it.
    fn create(&self, file: &Path) -> io::Result<File> {
        match File::create(file) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                fs::create_dir_all(&self.path)?;
                let new = lock(&self.path.join("lock"), Duration::ZERO)?
                    .ok_or_else(|| io::Error::other("another pipeline uses it"))?;
                *crate::lock::lock(&self.lock) = new;
                File::create(file)
            }
            created => created,
        }
    }

    /// Reads a batch; `None` if the file is gone for good.
    pub(crate) fn read(&self, name: Name) -> io::Result<Option<Vec<u8>>> {
        use io::ErrorKind::{IsADirectory, NotADirectory, NotFound};

        match fs::read(self.file(name)) {
            // Left by a power failure.
            Ok(body) if body.is_empty() => Ok(None),
            Ok(body) => Ok(Some(body)),
            Err(error) if matches!(error.kind(), NotFound | IsADirectory | NotADirectory) => {
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    pub(crate) fn remove(&self, name: Name) -> io::Result<()> {
        fs::remove_file(self.file(name))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    fn half(&self, name: Name) -> PathBuf {
        self.path.join(name.half())
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
        // Any other spelling is a file of another program. So are numbers that no program reaches,
        // to which nothing could be added.
        let is_own =
            name.file() == file && name.number <= MOST_NUMBER && name.points <= MOST_POINTS;
        is_own.then_some(name)
    }

    /// The name of the file while it is being written.
    fn half(self) -> String {
        format!("{}.tmp", self.number)
    }

    fn is_half(file: &str) -> bool {
        let number = file.strip_suffix(".tmp").and_then(|number| number.parse().ok());
        number.is_some_and(|number| Self { number, points: 0 }.half() == file)
    }
}

/// Locks the file; `None` if another process or pipeline holds the lock for longer than `patience`.
fn lock(path: &Path, patience: Duration) -> io::Result<Option<File>> {
    let file = File::options().create(true).truncate(false).write(true).open(path)?;
    let begin = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(Some(file)),
            Err(TryLockError::WouldBlock) if begin.elapsed() < patience => {
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
    fn names_contain_order_and_points() {
        let name = Name { number: 7, points: 42 };
        assert_eq!(name.file(), "00000000000000000007-42.otlp");
        assert_eq!(Name::parse(&name.file()), Some(name));
        assert_eq!(Name::parse("lock"), None);
    }

    #[test]
    fn numbers_that_would_overflow_are_no_names() {
        let parse = |number, points| Name::parse(&Name { number, points }.file());
        assert!(parse(MOST_NUMBER, MOST_POINTS).is_some());
        assert_eq!(parse(MOST_NUMBER + 1, 1), None);
        assert_eq!(parse(1, MOST_POINTS + 1), None);
        assert_eq!(parse(u64::MAX, u64::MAX), None);
    }

    #[test]
    fn only_the_spool_s_own_spelling_is_a_half_written_file() {
        assert!(Name::is_half("7.tmp") && Name::is_half("0.tmp"));
        for other in ["+7.tmp", "07.tmp", ".tmp", "7", "7.tmp.tmp", "99999999999999999999.tmp"] {
            assert!(!Name::is_half(other), "{other}");
        }
    }
}
