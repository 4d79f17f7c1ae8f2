//! Memory, threads, file descriptors and storage of this process, from `/proc/self`.

use std::fs;
use std::io;

use procfs::process::Process as ProcSelf;

use crate::metrics::{Access, Process, System};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::{Level, Total};

/// Memory and threads: `/proc/self/stat` and `/proc/self/statm`.
pub(crate) struct Status {
    resident: Level,
    mapped: Level,
    threads: Level,
}

impl Status {
    pub(crate) fn new() -> Self {
        Self {
            resident: Level::new(Process::memory_usage()),
            mapped: Level::new(Process::memory_virtual()),
            threads: Level::new(Process::threads()),
        }
    }
}

impl Source for Status {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &[
                "process.memory.usage",
                "process.memory.virtual",
                "process.thread.count",
                "system.thread_count",
            ],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let process = ProcSelf::myself()?;
        let threads = u64::try_from(process.stat()?.num_threads)?;
        // Not from `stat`, where the kernel omits pages that CPUs have not added up yet.
        let pages = process.statm()?;
        self.resident.follow(pages.resident * procfs::page_size());
        self.mapped.follow(pages.size * procfs::page_size());
        self.threads.follow(threads);
        System::thread_count().set(threads);
        Ok(())
    }

    fn hide(&mut self) {
        self.resident.hide();
        self.mapped.hide();
        self.threads.hide();
        System::thread_count().remove();
    }
}

/// Reads and writes of storage: `/proc/self/io`.
pub(crate) struct Io {
    read: Total<u64>,
    written: Total<u64>,
}

impl Io {
    pub(crate) fn new() -> Self {
        Self {
            read: Total::new(Process::disk_io(Access::Read)),
            written: Total::new(Process::disk_io(Access::Write)),
        }
    }
}

impl Source for Io {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &["process.disk.io"],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let io = ProcSelf::myself()?.io()?;
        self.read.follow(io.read_bytes);
        self.written.follow(io.write_bytes);
        Ok(())
    }

    fn hide(&mut self) {}
}

/// Open file descriptors: `/proc/self/fd`.
pub(crate) struct FileDescriptors(Level);

impl FileDescriptors {
    pub(crate) fn new() -> Self {
        Self(Level::new(Process::open_file_descriptors()))
    }
}

impl Source for FileDescriptors {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &["process.open_file_descriptor.count"],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        self.0.follow(open_files().map_err(|error| format!("/proc/self/fd: {error}"))?);
        Ok(())
    }

    fn hide(&mut self) {
        self.0.hide();
    }
}

fn open_files() -> io::Result<u64> {
    // Since Linux 6.2, the folder's size is the number of descriptors.
    match fs::metadata("/proc/self/fd")?.len() {
        // Without the descriptor that reads the folder.
        0 => Ok(fs::read_dir("/proc/self/fd")?.count() as u64 - 1),
        open => Ok(open),
    }
}
