//! Reads and writes of disks and partitions, from `/proc/diskstats`.

use std::collections::HashMap;

use procfs::{Current, DiskStat, DiskStats};
use typed_metrics_core::unit::Seconds;

use crate::metrics::{Access, Disk};
use crate::set::Set;
use crate::source::{Cause, Source};
use crate::sum::Total;

/// Disks and partitions by name.
#[derive(Default)]
pub(crate) struct Disks(HashMap<String, [Totals; 2]>);

/// Totals of one device in one direction.
struct Totals {
    bytes: Total<u64>,
    operations: Total<u64>,
    time: Total<f64, Seconds>,
}

/// The size of a sector in the kernel's numbers, for devices of every sector size.
const SECTOR: u64 = 512;

impl Totals {
    fn new(device: &str, direction: Access) -> Self {
        Self {
            bytes: Total::new(Disk::io(device, direction)),
            operations: Total::new(Disk::operations(device, direction)),
            time: Total::new(Disk::time(device, direction)),
        }
    }

    fn follow(&mut self, sectors: u64, operations: u64, milliseconds: u64) {
        self.bytes.follow(sectors * SECTOR);
        self.operations.follow(operations);
        self.time.follow(milliseconds as f64 / 1000.0);
    }
}

impl Source for Disks {
    fn metrics(&self, set: Set) -> &'static [&'static str] {
        match set {
            Set::Basic => &[],
            Set::Full => &["system.disk.io", "system.disk.operations", "system.disk.time"],
        }
    }

    fn record(&mut self, _: Set) -> Result<(), Cause> {
        let DiskStats(disks) = DiskStats::current()?;
        disks.into_iter().for_each(|disk| self.follow(disk));
        Ok(())
    }

    fn hide(&mut self) {}
}

impl Disks {
    fn follow(&mut self, disk: DiskStat) {
        let new = |name: &String| [Access::Read, Access::Write].map(|to| Totals::new(name, to));
        let [read, written] = self.0.entry(disk.name).or_insert_with_key(new);
        read.follow(disk.sectors_read, disk.reads, disk.time_reading);
        written.follow(disk.sectors_written, disk.writes, disk.time_writing);
    }
}
