//! The queue of batches that wait to be sent, oldest first, with a limit in bytes.
//!
//! The queue is in memory and does no input or output, so it can be locked without waiting for a
//! disk. It says which files have to be written and removed; the caller does that without the lock.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::amount::Amount;
use super::dropped::{self, DropReason};
use super::folder::Name;

/// How long after a failure the next file is written.
const PAUSE: Duration = Duration::from_secs(1);

/// Batches that wait to be sent, in memory or in a folder.
#[derive(Debug)]
pub(crate) struct Queue {
    batches: VecDeque<Batch>,
    /// The size of all batches in the queue.
    bytes: u64,
    limit: u64,
    /// The number of the next batch.
    number: u64,
    /// The number of the batch that is being sent, and so must not be dropped.
    sending: Option<u64>,
    files: Files,
}

/// What is to be done with the folder's files.
#[derive(Debug, Default)]
struct Files {
    /// Whether there is a folder.
    is_used: bool,
    /// The work that a thread has taken, and has not finished.
    under_way: Option<FileWork>,
    /// Files of batches that left the queue.
    superfluous: Vec<Name>,
    /// When the next batch may be written after a failure.
    resume: Option<Instant>,
}

/// Work on a file of the folder.
#[derive(Debug, Clone)]
pub(crate) enum FileWork {
    /// Write the batch to a file that has not its name yet.
    Write(Name, Arc<[u8]>),
    /// Give the written file its name.
    Publish(Name),
    Remove(Name),
}

#[derive(Debug)]
struct Batch {
    name: Name,
    bytes: u64,
    place: Place,
}

/// Where a batch is.
#[derive(Debug, Clone)]
pub(crate) enum Place {
    Memory(Arc<[u8]>),
    Folder,
}

impl Queue {
    /// A queue, with the batches that an earlier program left in the folder, if there is a folder.
    pub(crate) fn new(limit: u64, left: Option<Vec<(Name, u64)>>) -> Self {
        let files = Files { is_used: left.is_some(), ..Files::default() };
        let left = left.unwrap_or_default();
        let number = left.last().map_or(0, |(name, _)| name.number + 1);
        let bytes = left.iter().map(|(_, bytes)| bytes).sum();
        let batch = |(name, bytes)| Batch { name, bytes, place: Place::Folder };
        let batches = left.into_iter().map(batch).collect();
        Self { batches, bytes, limit, number, sending: None, files }
    }

    /// Appends a batch, and returns how much was dropped to make room.
    pub(crate) fn push(&mut self, body: Arc<[u8]>, points: u64) -> Amount {
        let name = Name { number: self.number, points };
        self.number += 1;
        let bytes = body.len() as u64;
        self.batches.push_back(Batch { name, bytes, place: Place::Memory(body) });
        self.bytes += bytes;
        self.trim()
    }

    /// Drops the oldest batches until the limit is kept, but never the newest batch.
    fn trim(&mut self) -> Amount {
        let mut gone = Amount::default();
        let mut at = 0;
        while self.bytes > self.limit && at + 1 < self.batches.len() {
            if self.batches.get(at).is_some_and(|batch| self.sending == Some(batch.name.number)) {
                at += 1;
                continue;
            }
            let Some(batch) = self.remove(at) else { break };
            dropped::count(batch.name.points, DropReason::SpoolFull);
            gone += batch.name;
        }
        gone
    }

    /// The batch at this index, marked as being sent.
    pub(crate) fn begin(&mut self, index: usize) -> Option<(Name, Place)> {
        let batch = self.batches.get(index)?;
        self.sending = Some(batch.name.number);
        Some((batch.name, batch.place.clone()))
    }

    /// The number of the batch that is being sent.
    pub(crate) fn sending(&self) -> Option<u64> {
        self.sending
    }

    /// Keeps the batch that was being sent.
    pub(crate) fn keep(&mut self) {
        self.sending = None;
    }

    /// Removes the batch that was being sent. Returns its number of data points, which is 0 if the
    /// batch was given up in the meantime.
    pub(crate) fn done(&mut self) -> u64 {
        let sent = self.sending.take();
        let at = self.batches.iter().position(|batch| Some(batch.name.number) == sent);
        at.and_then(|at| self.remove(at)).map_or(0, |batch| batch.name.points)
    }

    /// Removes the batches that wait in memory only, also the one that is being sent.
    pub(crate) fn give_up(&mut self) -> Amount {
        let mut gone = Amount::default();
        let mut at = 0;
        while let Some(batch) = self.batches.get(at) {
            if batch.is_volatile() {
                gone += batch.name;
                self.remove(at);
            } else {
                at += 1;
            }
        }
        gone
    }

    fn remove(&mut self, index: usize) -> Option<Batch> {
        let batch = self.batches.remove(index)?;
        self.bytes -= batch.bytes;
        if !batch.is_volatile() {
            self.files.superfluous.push(batch.name);
        }
        Some(batch)
    }

    /// Takes the next work on a file; else the time after which there may be work again.
    pub(crate) fn next_work(&mut self, now: Instant) -> Result<FileWork, Option<Instant>> {
        if !self.files.is_used || self.files.under_way.is_some() {
            return Err(None);
        }
        if let Some(name) = self.files.superfluous.pop() {
            return Ok(self.start(FileWork::Remove(name)));
        }
        let oldest = self.batches.iter().find_map(|batch| match &batch.place {
            Place::Memory(body) => Some((batch.name, Arc::clone(body))),
            Place::Folder => None,
        });
        match (oldest, self.files.resume) {
            (None, _) => Err(None),
            (Some(_), Some(resume)) if now < resume => Err(Some(resume)),
            (Some((name, body)), _) => Ok(self.start(FileWork::Write(name, body))),
        }
    }

    fn start(&mut self, work: FileWork) -> FileWork {
        self.files.under_way = Some(work.clone());
        work
    }

    /// Notes that the file was written; false if its batch is not needed any more.
    pub(crate) fn may_publish(&mut self, name: Name) -> bool {
        let is_waiting = self.find(name).is_some();
        self.files.under_way = is_waiting.then_some(FileWork::Publish(name));
        is_waiting
    }

    /// Notes that the file has its name.
    pub(crate) fn published(&mut self, name: Name) {
        (self.files.under_way, self.files.resume) = (None, None);
        match self.find(name) {
            Some(batch) => batch.place = Place::Folder,
            None => self.files.superfluous.push(name),
        }
    }

    /// Notes that the file could not be written. The batch waits in memory until the next attempt.
    pub(crate) fn unwritten(&mut self, now: Instant) {
        (self.files.under_way, self.files.resume) = (None, Some(now + PAUSE));
    }

    /// Notes that the file is gone, or cannot be removed.
    pub(crate) fn removed(&mut self) {
        self.files.under_way = None;
    }

    fn find(&mut self, name: Name) -> Option<&mut Batch> {
        self.batches.iter_mut().find(|batch| batch.name == name)
    }

    /// Whether the folder has, or may get, files of batches that are not in the queue.
    pub(crate) fn has_superfluous_files(&self) -> bool {
        let is_gone = |name: &Name| self.batches.iter().all(|batch| batch.name != *name);
        !self.files.superfluous.is_empty()
            || match &self.files.under_way {
                Some(FileWork::Publish(name)) => is_gone(name),
                Some(FileWork::Remove(_)) => true,
                // Without its name, the file does not count as a batch.
                Some(FileWork::Write(..)) | None => false,
            }
    }

    /// Whether the folder has what it should have, or the last attempt to write failed.
    pub(crate) fn is_settled(&self) -> bool {
        !self.files.is_used
            || (self.files.under_way.is_none()
                && self.files.superfluous.is_empty()
                && (self.files.resume.is_some() || self.volatile().batches == 0))
    }

    /// The number that the next batch will have.
    pub(crate) fn next_number(&self) -> u64 {
        self.number
    }

    /// The number of the batch at this index.
    pub(crate) fn number_at(&self, index: usize) -> Option<u64> {
        self.batches.get(index).map(|batch| batch.name.number)
    }

    /// Whether all batches with a number below `until` are gone.
    pub(crate) fn is_done(&self, until: u64) -> bool {
        self.batches.front().is_none_or(|batch| batch.name.number >= until)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.batches.is_empty()
    }

    /// The batches that wait or are being sent.
    pub(crate) fn waiting(&self) -> Amount {
        self.batches.iter().map(|batch| batch.name).sum()
    }

    /// The batches that wait in memory only.
    pub(crate) fn volatile(&self) -> Amount {
        let volatile = self.batches.iter().filter(|batch| batch.is_volatile());
        volatile.map(|batch| batch.name).sum()
    }

    pub(crate) fn limit(&self) -> u64 {
        self.limit
    }
}

impl Batch {
    fn is_volatile(&self) -> bool {
        matches!(self.place, Place::Memory(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(queue: &mut Queue, text: &str) -> Amount {
        queue.push(text.as_bytes().into(), 1)
    }

    /// Sends all batches.
    fn drain(queue: &mut Queue) -> Vec<String> {
        let mut sent = Vec::new();
        while let Some((_, Place::Memory(body))) = queue.begin(0) {
            sent.push(String::from_utf8(body.to_vec()).unwrap());
            queue.done();
        }
        sent
    }

    #[test]
    fn batches_keep_their_order() {
        let mut queue = Queue::new(100, None);
        for text in ["a", "b", "c"] {
            assert_eq!(push(&mut queue, text), Amount::default());
        }
        assert_eq!(queue.begin(0).unwrap().0.number, 0);
        queue.keep();
        assert_eq!(queue.waiting(), Amount { batches: 3, points: 3 });
        assert_eq!(drain(&mut queue), ["a", "b", "c"]);
        assert!(queue.is_empty());
    }

    #[test]
    fn the_oldest_batches_are_dropped_but_not_the_one_being_sent() {
        let mut queue = Queue::new(6, None);
        ["aa", "bb", "cc"].iter().for_each(|text| {
            push(&mut queue, text);
        });
        assert!(queue.begin(0).is_some());
        assert_eq!(push(&mut queue, "dd"), Amount { batches: 1, points: 1 });
        queue.keep();
        assert_eq!(push(&mut queue, "ee"), Amount { batches: 1, points: 1 });
        assert_eq!(drain(&mut queue), ["cc", "dd", "ee"]);
    }

    #[test]
    fn the_newest_stays_however_large_it_is() {
        let mut queue = Queue::new(1, None);
        assert_eq!(push(&mut queue, "aa"), Amount::default());
        assert_eq!(push(&mut queue, "bb"), Amount { batches: 1, points: 1 });
        assert_eq!(drain(&mut queue), ["bb"]);
    }

    #[test]
    fn a_batch_that_is_sent_before_its_file_has_a_name_leaves_no_file() {
        let now = Instant::now();
        let mut queue = Queue::new(100, Some(Vec::new()));
        push(&mut queue, "a");
        let Ok(FileWork::Write(name, _)) = queue.next_work(now) else { panic!("{queue:?}") };
        queue.begin(0).unwrap();
        assert_eq!(queue.done(), 1);
        assert!(!queue.has_superfluous_files());
        assert!(!queue.may_publish(name));
        assert!(queue.next_work(now).is_err());

        // It is sent while its file gets the name.
        push(&mut queue, "b");
        let Ok(FileWork::Write(name, _)) = queue.next_work(now) else { panic!("{queue:?}") };
        assert!(queue.may_publish(name));
        queue.begin(0).unwrap();
        assert_eq!(queue.done(), 1);
        assert!(queue.has_superfluous_files());
        queue.published(name);
        assert!(matches!(queue.next_work(now), Ok(FileWork::Remove(gone)) if gone == name));
        assert!(queue.has_superfluous_files());
        queue.removed();
        assert!(!queue.has_superfluous_files() && queue.is_settled());
    }

    #[test]
    fn a_batch_that_cannot_be_written_is_written_later() {
        let now = Instant::now();
        let mut queue = Queue::new(100, Some(Vec::new()));
        push(&mut queue, "a");
        assert!(matches!(queue.next_work(now), Ok(FileWork::Write(..))));
        queue.unwritten(now);
        assert!(matches!(queue.next_work(now), Err(Some(end)) if end == now + PAUSE));
        assert!(matches!(queue.next_work(now + PAUSE), Ok(FileWork::Write(..))));
    }

    #[test]
    fn only_batches_in_memory_are_given_up() {
        let mut queue = Queue::new(100, Some(vec![(Name { number: 3, points: 5 }, 1)]));
        push(&mut queue, "a");
        assert_eq!(queue.begin(1).unwrap().0.number, 4);
        assert_eq!(queue.give_up(), Amount { batches: 1, points: 1 });
        assert_eq!(queue.waiting(), Amount { batches: 1, points: 5 });
        // The answer to the batch that was given up changes nothing.
        assert_eq!(queue.done(), 0);
        assert_eq!(queue.waiting(), Amount { batches: 1, points: 5 });
    }
}
