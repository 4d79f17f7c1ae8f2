//! A disk that takes long, is full, or loses files: no deadline depends on it, and no data is lost
//! while the program runs.
#![cfg(unix)]

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use typed_metrics::{flush, set_metric_handlers, shutdown, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_otel::{OtelHandler, Protocol};
use typed_metrics_receiver::{Answer, Receiver};
use typed_metrics_turn::{logged, my_turn};

use crate::pipelines::{SOON, deltas_to};

#[derive(Metrics)]
#[metrics(prefix = "slow_disk")]
enum SlowDisk<'a> {
    #[counter]
    Count { test: &'a str },
}

/// A folder for batches that is removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new(test: &str) -> Self {
        let name = format!("typed-metrics-disk-{test}-{}", std::process::id());
        Self(std::env::temp_dir().join(name))
    }

    /// Makes the writing of the first batch wait until [`go_on`](Self::go_on): the opening of a
    /// pipe waits for a reader.
    fn stall(&self) {
        assert!(Command::new("mkfifo").arg(self.0.join("0.tmp")).status().unwrap().success());
    }

    fn go_on(&self) {
        drop(File::options().read(true).write(true).open(self.0.join("0.tmp")));
        // The thread that writes leaves the folder alone soon.
        std::thread::sleep(Duration::from_millis(200));
    }

    fn batches(&self) -> usize {
        let is_batch = |path: &Path| path.extension().is_some_and(|kind| kind == "otlp");
        let Ok(files) = fs::read_dir(&self.0) else { return 0 };
        files.filter(|file| is_batch(&file.as_ref().unwrap().path())).count()
    }

    #[track_caller]
    fn wait_for(&self, batches: usize) {
        let begin = Instant::now();
        while self.batches() != batches {
            assert!(begin.elapsed() < SOON, "{} batches", self.batches());
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn pipeline(receiver: &Receiver, folder: &Folder) -> OtelHandler {
    deltas_to(receiver, Protocol::HttpProtobuf).spool_folder(&folder.0).build().unwrap()
}

#[test]
fn a_slow_disk_delays_neither_a_batch_nor_a_deadline() {
    let _turn = my_turn();
    for is_up in [true, false] {
        let folder = Folder::new("stalled");
        let receiver = Receiver::start();
        set_metric_handlers(pipeline(&receiver, &folder)).unwrap();
        folder.stall();
        SlowDisk::count("stalled").inc();
        if !is_up {
            receiver.answer(Answer::status(503));
        }
        let begin = Instant::now();
        let ended = shutdown();
        let took = begin.elapsed();
        // The time limit of the shutdown is a second.
        assert!(took < Duration::from_millis(1300), "{took:?}");
        assert_eq!(ended.is_ok(), is_up, "{ended:?}");
        assert_eq!(
            receiver.requests().iter().filter(|seen| seen.accepted).count(),
            usize::from(is_up)
        );
        folder.go_on();
    }
}

#[test]
fn batches_are_written_again_when_the_folder_is_back() {
    let _turn = my_turn();
    let folder = Folder::new("gone");
    let receiver = Receiver::start();
    set_metric_handlers(pipeline(&receiver, &folder)).unwrap();
    receiver.answer(Answer::status(503));
    // A file in the place of the folder, so that nothing can be written.
    fs::remove_dir_all(&folder.0).unwrap();
    fs::write(&folder.0, "").unwrap();
    logged();
    SlowDisk::count("gone").add(2);
    let error = flush().unwrap_err().to_string();
    assert!(error.contains("wait in memory"), "{error}");
    fs::remove_file(&folder.0).unwrap();
    folder.wait_for(1);
    let lines = logged();
    let told = |line: &&String| line.contains("a batch cannot be written, and waits in memory: ");
    assert_eq!(lines.iter().filter(told).count(), 1, "{lines:?}");

    let error = shutdown().unwrap_err().to_string();
    assert!(error.ends_with("` for the next start"), "{error}");
    receiver.answer(Answer::Ok);
    set_metric_handlers(pipeline(&receiver, &folder)).unwrap();
    receiver.wait_until(SOON, |seen| seen.iter().any(|seen| seen.accepted));
    folder.wait_for(0);
    assert_eq!(receiver.totals().int("slow_disk.count", "test=gone"), 2);
    shutdown().unwrap();
}

#[test]
fn a_file_that_another_program_removes_is_counted_and_reported() {
    let _turn = my_turn();
    let unreadable = || {
        let snapshot = snapshot();
        let metric = snapshot.get("typed_metrics.otlp.dropped");
        let series = metric.and_then(|metric| metric.series_with(&[("reason", "unreadable")]));
        series.map_or(0.0, |series| series.value.as_f64())
    };
    let folder = Folder::new("removed");
    let receiver = Receiver::start();
    set_metric_handlers(pipeline(&receiver, &folder)).unwrap();
    // Nothing is tried before the next flush.
    receiver.answer_next(1, Answer::retry_after(503, "1"));
    SlowDisk::count("removed").inc();
    flush().unwrap_err();
    folder.wait_for(1);
    let before = unreadable();
    logged();
    for file in fs::read_dir(&folder.0).unwrap() {
        let file = file.unwrap().path();
        if file.extension().is_some() {
            fs::remove_file(file).unwrap();
        }
    }
    let error = flush().unwrap_err().to_string();
    assert!(error.contains("is gone or empty: another program removed it"), "{error}");
    assert!(unreadable() > before);
    SlowDisk::count("removed").inc();
    shutdown().unwrap();
    let lines = logged();
    let told = |line: &&String| line.contains("gone or empty: another program removed it");
    assert_eq!(lines.iter().filter(told).count(), 1, "{lines:?}");
}
