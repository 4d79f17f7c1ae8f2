//! The queue of batches that wait to be sent, oldest first, with a limit in bytes.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;

use super::amount::Amount;
use super::dropped::{self, DropReason};
use super::folder::{Folder, Name};
use crate::otlp::config::mistakes::OtlpError;
use crate::otlp::config::settings::SpoolSettings;

/// Batches that wait to be sent, in memory or in a folder.
#[derive(Debug)]
pub(crate) struct Spool {
    queue: VecDeque<Batch>,
    /// The size of all batches in the queue.
    bytes: u64,
    limit: u64,
    folder: Option<Folder>,
    /// The number of the next batch.
    number: u64,
    /// Whether the first batch is being sent, and so must not be dropped.
    is_sending: bool,
    /// A problem with the folder, for the caller to log: nothing is logged under a lock.
    problem: Option<String>,
}

#[derive(Debug)]
struct Batch {
    name: Name,
    bytes: u64,
    /// `None` if the body is in the folder.
    body: Option<Arc<[u8]>>,
}

impl Spool {
    /// Opens the spool, with the batches that an earlier program left in the folder.
    pub(crate) fn open(settings: &SpoolSettings) -> Result<Self, OtlpError> {
        let (folder, left) = match &settings.folder {
            None => (None, Vec::new()),
            Some(path) => {
                let (folder, left) = Folder::open(path).map_err(OtlpError::new)?;
                (Some(folder), left)
            }
        };
        let number = left.last().map_or(0, |(name, _)| name.number + 1);
        let bytes = left.iter().map(|(_, bytes)| bytes).sum();
        let batch = |(name, bytes)| Batch { name, bytes, body: None };
        let queue = left.into_iter().map(batch).collect();
        Ok(Self {
            queue,
            bytes,
            limit: settings.limit,
            folder,
            number,
            is_sending: false,
            problem: None,
        })
    }

    /// Appends a batch, and returns how much was dropped to make room.
    pub(crate) fn push(&mut self, body: Arc<[u8]>, points: u64) -> Amount {
        let name = Name { number: self.number, points };
        self.number += 1;
        let bytes = body.len() as u64;
        let written = self.folder.as_ref().map(|folder| folder.write(name, &body));
        if let Some(Err(error)) = &written {
            self.problem = Some(format!("a batch cannot be written, and waits in memory: {error}"));
        }
        let body = if let Some(Ok(())) = written { None } else { Some(body) };
        self.queue.push_back(Batch { name, bytes, body });
        self.bytes += bytes;
        self.trim()
    }

    /// Drops the oldest batches until the limit is kept, but never the newest batch.
    fn trim(&mut self) -> Amount {
        let mut gone = Amount::default();
        let oldest = usize::from(self.is_sending);
        while self.bytes > self.limit && oldest + 1 < self.queue.len() {
            let Some(batch) = self.remove(oldest) else { break };
            dropped::count(batch.name.points, DropReason::SpoolFull);
            gone.batches += 1;
            gone.points += batch.name.points;
        }
        gone
    }

    /// Returns the oldest batch, and marks it as being sent.
    ///
    /// # Errors
    /// The batch is in the folder, and cannot be read now.
    pub(crate) fn begin(&mut self) -> Result<Option<Arc<[u8]>>, String> {
        while let Some(batch) = self.queue.front() {
            let body = match (&batch.body, &self.folder) {
                (Some(body), _) => Some(Arc::clone(body)),
                (None, Some(folder)) => {
                    let read = folder.read(batch.name);
                    read.map_err(|error| format!("a spooled batch cannot be read: {error}"))?
                        .map(Arc::from)
                }
                (None, None) => None,
            };
            if body.is_some() {
                self.is_sending = true;
                return Ok(body);
            }
            // Another program has removed the file.
            if let Some(batch) = self.remove(0) {
                dropped::count(batch.name.points, DropReason::Unreadable);
            }
        }
        Ok(None)
    }

    /// Keeps the batch that was being sent.
    pub(crate) fn keep(&mut self) {
        self.is_sending = false;
    }

    /// Removes the batch that was being sent. Returns its number of data points.
    pub(crate) fn done(&mut self) -> u64 {
        self.is_sending = false;
        self.remove(0).map_or(0, |batch| batch.name.points)
    }

    fn remove(&mut self, index: usize) -> Option<Batch> {
        let batch = self.queue.remove(index)?;
        self.bytes -= batch.bytes;
        if let (None, Some(folder)) = (&batch.body, &self.folder)
            && let Err(error) = folder.remove(batch.name)
            && error.kind() != std::io::ErrorKind::NotFound
        {
            let problem = "a sent batch cannot be removed, and may be sent again";
            self.problem = Some(format!("{problem}: {error}"));
        }
        Some(batch)
    }

    /// The number that the next batch will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.number
    }

    /// Whether all batches with a number below `until` are gone.
    pub(crate) fn is_done(&self, until: u64) -> bool {
        self.queue.front().is_none_or(|batch| batch.name.number >= until)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.queue.is_empty()
    }

    /// The batches that wait or are being sent.
    pub(crate) fn waiting(&self) -> Amount {
        Self::amount(self.queue.iter())
    }

    /// The batches that wait in memory only.
    pub(crate) fn volatile(&self) -> Amount {
        Self::amount(self.queue.iter().filter(|batch| batch.body.is_some()))
    }

    fn amount<'a>(batches: impl Iterator<Item = &'a Batch>) -> Amount {
        batches.fold(Amount::default(), |amount, batch| Amount {
            batches: amount.batches + 1,
            points: amount.points + batch.name.points,
        })
    }

    /// The last problem with the folder since the last call.
    pub(crate) fn take_problem(&mut self) -> Option<String> {
        self.problem.take()
    }

    pub(crate) fn folder(&self) -> Option<&Path> {
        self.folder.as_ref().map(Folder::path)
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn in_memory(limit: u64) -> Spool {
        Spool::open(&SpoolSettings { folder: None, limit }).unwrap()
    }

    fn push(spool: &mut Spool, text: &str) -> Amount {
        spool.push(text.as_bytes().into(), 1)
    }

    /// Sends all batches.
    fn drain(spool: &mut Spool) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some(body) = spool.begin().unwrap() {
            sent.push(String::from_utf8(body.to_vec()).unwrap());
            spool.done();
        }
        sent
    }

    #[test]
    fn batches_keep_their_order() {
        let mut spool = in_memory(100);
        for text in ["a", "b", "c"] {
            assert_eq!(push(&mut spool, text), Amount::default());
        }
        assert_eq!(spool.begin().unwrap().as_deref(), Some(&b"a"[..]));
        spool.keep();
        assert_eq!(spool.waiting(), Amount { batches: 3, points: 3 });
        assert_eq!(drain(&mut spool), ["a", "b", "c"]);
        assert!(spool.is_empty());
    }

    #[test]
    fn the_oldest_batches_are_dropped_but_not_the_one_being_sent() {
        let mut spool = in_memory(6);
        ["aa", "bb", "cc"].iter().for_each(|text| {
            push(&mut spool, text);
        });
        assert!(spool.begin().unwrap().is_some());
        assert_eq!(push(&mut spool, "dd"), Amount { batches: 1, points: 1 });
        spool.keep();
        assert_eq!(push(&mut spool, "ee"), Amount { batches: 1, points: 1 });
        assert_eq!(drain(&mut spool), ["cc", "dd", "ee"]);
    }

    #[test]
    fn the_newest_stays_however_large_it_is() {
        let mut spool = in_memory(1);
        assert_eq!(push(&mut spool, "aa"), Amount::default());
        assert_eq!(push(&mut spool, "bb"), Amount { batches: 1, points: 1 });
        assert_eq!(drain(&mut spool), ["bb"]);
    }

    /// A folder that is removed on drop.
    struct Temporary(std::path::PathBuf);

    impl Temporary {
        fn new(test: &str) -> Self {
            let name = format!("typed-metrics-spool-{test}-{}", std::process::id());
            Self(std::env::temp_dir().join(name))
        }

        fn open(&self) -> Spool {
            Spool::open(&SpoolSettings { folder: Some(self.0.clone()), limit: 100 }).unwrap()
        }
    }

    impl Drop for Temporary {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    #[cfg(unix)]
    fn an_unreadable_batch_is_kept_and_an_empty_file_is_dropped() {
        let folder = Temporary::new("unreadable");
        let mut spool = folder.open();
        ["a", "b", "c"].iter().for_each(|text| {
            push(&mut spool, text);
        });
        let first = folder.0.join("00000000000000000000-1.otlp");
        std::fs::remove_file(&first).unwrap();
        // Reading a link to itself fails with an error that may be temporary, like the lack of a
        // free file descriptor.
        std::os::unix::fs::symlink(&first, &first).unwrap();
        assert!(spool.begin().unwrap_err().starts_with("a spooled batch cannot be read: "));
        assert_eq!(spool.waiting(), Amount { batches: 3, points: 3 });
        std::fs::remove_file(&first).unwrap();
        std::fs::write(&first, "").unwrap();
        assert_eq!(drain(&mut spool), ["b", "c"]);
    }

    #[test]
    fn a_batch_that_cannot_be_written_waits_in_memory() {
        let folder = Temporary::new("unwritable");
        let mut spool = folder.open();
        std::fs::remove_dir_all(&folder.0).unwrap();
        push(&mut spool, "a");
        assert_eq!(spool.volatile(), Amount { batches: 1, points: 1 });
        let problem = spool.take_problem().unwrap();
        assert!(
            problem.starts_with("a batch cannot be written, and waits in memory: "),
            "{problem}"
        );
        assert_eq!(drain(&mut spool), ["a"]);
    }

    #[test]
    fn files_of_other_programs_are_left_alone() {
        let folder = Temporary::new("others");
        std::fs::create_dir_all(folder.0.join("9.tmp")).unwrap();
        let others = ["thesis.tmp", "notes.txt", "7-3.otlp", "+7-3.otlp"];
        others.iter().for_each(|file| std::fs::write(folder.0.join(file), "mine").unwrap());
        let mut spool = folder.open();
        assert!(spool.is_empty());
        push(&mut spool, "a");
        assert_eq!(drain(&mut spool), ["a"]);
        assert!(others.iter().all(|file| folder.0.join(file).exists()));
    }

    #[test]
    fn a_folder_outlives_the_spool() {
        let temporary = Temporary::new("outlives");
        let folder = &temporary.0;
        let settings = SpoolSettings { folder: Some(folder.clone()), limit: 100 };
        let mut spool = Spool::open(&settings).unwrap();
        ["a", "b", "c"].iter().for_each(|text| {
            push(&mut spool, text);
        });
        assert_eq!(spool.volatile(), Amount::default());
        assert!(spool.begin().unwrap().is_some());
        assert_eq!(spool.done(), 1);
        let taken = Spool::open(&settings).unwrap_err().to_string();
        assert!(
            taken.contains("which another pipeline uses; give each pipeline its own folder"),
            "{taken}"
        );
        drop(spool);

        std::fs::write(folder.join("9.tmp"), "half").unwrap();
        let mut spool = Spool::open(&settings).unwrap();
        assert_eq!(spool.waiting(), Amount { batches: 2, points: 2 });
        push(&mut spool, "d");
        std::fs::remove_file(folder.join("00000000000000000001-1.otlp")).unwrap();
        assert_eq!(drain(&mut spool), ["c", "d"]);
        assert_eq!(std::fs::read_dir(folder).unwrap().count(), 1, "the lock alone");
    }
}
