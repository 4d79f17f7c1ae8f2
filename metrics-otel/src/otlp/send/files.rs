//! The thread that writes and removes the files of the spool's folder.
//!
//! A disk may take seconds for a file. So neither the thread that collects nor the one that sends
//! waits for a disk to write, and a batch is also sent while it is being written.

use std::io;
use std::time::Instant;

use super::shared::{Shared, wait};
use super::state::Life;
use crate::otlp::spool::folder::{Folder, Name};
use crate::otlp::spool::queue::{FileWork, Queue};

impl Shared {
    /// Keeps the folder like the queue, until the pipeline has ended.
    pub(crate) fn keep_files(&self) {
        let Some(folder) = &self.folder else { return };
        while let Some(work) = self.next_work() {
            self.work_on_file(folder, work);
        }
    }

    pub(super) fn work_on_file(&self, folder: &Folder, work: FileWork) {
        match work {
            FileWork::Write(name, body) => match folder.write(name, &body) {
                Ok(()) if self.lock().queue.may_publish(name) => {
                    let published = folder.publish(name);
                    self.written(published, |state| state.published(name));
                }
                Ok(()) => folder.discard(name),
                Err(error) => self.written(Err(error), |_| {}),
            },
            FileWork::Publish(_) => {}
            FileWork::Remove(name) => self.remove(folder, name),
        }
        self.progress.notify_all();
    }

    /// Waits for work; `None` at the end.
    fn next_work(&self) -> Option<FileWork> {
        let mut state = self.lock();
        loop {
            let resume = match state.queue.next_work(Instant::now()) {
                Ok(work) => return Some(work),
                Err(resume) => resume,
            };
            if state.life == Life::Ended && state.queue.is_settled() {
                let lost = state.queue.give_up();
                drop(state);
                self.report_lost(lost);
                return None;
            }
            state = wait(&self.files, state, resume);
        }
    }

    /// Notes that a batch was written, or was not.
    fn written(&self, written: io::Result<()>, done: impl FnOnce(&mut Queue)) {
        match written {
            Ok(()) => done(&mut self.lock().queue),
            Err(error) => {
                self.lock().queue.unwritten(Instant::now());
                self.report_problem(&format!(
                    "a batch cannot be written, and waits in memory: {error}. Writing is tried \
                     again"
                ));
            }
        }
    }

    fn remove(&self, folder: &Folder, name: Name) {
        let removed = folder.remove(name);
        self.lock().queue.removed();
        match removed {
            Err(error) if error.kind() != io::ErrorKind::NotFound => self.report_problem(&format!(
                "a sent batch cannot be removed, and may be sent again: {error}"
            )),
            _ => {}
        }
    }
}
