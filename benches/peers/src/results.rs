//! The times of all jobs, to look up and compare.

use crate::measure::{BUSY, Row, cores};
use crate::peer::{Job, Kind, Peer};

pub struct Results<'a> {
    pub peers: &'a [Peer],
    pub rows: Vec<Row>,
}

impl Results<'_> {
    pub fn row(&self, job: Job, peer: &str, threads: usize) -> Option<&Row> {
        let found = |row: &&Row| row.job == job && row.peer == peer && row.threads == threads;
        self.rows.iter().find(found)
    }

    pub fn time(&self, job: Job, peer: &str, threads: usize) -> Option<f64> {
        self.row(job, peer, threads).map(|row| row.nanoseconds)
    }

    /// The name of this crate's rows.
    pub fn own(&self) -> &'static str {
        let own = self.peers.iter().find(|peer| peer.kind == Kind::Ours);
        own.expect("this crate is compared").name
    }

    /// Our time divided by the crate's time.
    pub fn ratio(&self, job: Job, peer: &str, threads: usize) -> Option<f64> {
        Some(self.time(job, self.own(), threads)? / self.time(job, peer, threads)?)
    }

    /// Whether too few cores were busy in a typical row of this many threads.
    pub fn hindered(&self, job: Job, threads: usize) -> bool {
        let rows = self.rows.iter().filter(|row| row.job == job && row.threads == threads);
        let enough = BUSY * threads.min(cores()) as f64;
        let (few, many): (Vec<_>, Vec<_>) = rows.partition(|row| row.cores < enough);
        threads > 1 && few.len() > many.len()
    }

    /// The crates that do the job, without ours and without the floor.
    pub fn others(&self, job: Job) -> impl Iterator<Item = &Peer> {
        let other = |peer: &&Peer| !matches!(peer.kind, Kind::Ours | Kind::Floor);
        self.peers.iter().filter(other).filter(move |peer| peer.jobs.contains_key(&job))
    }
}
