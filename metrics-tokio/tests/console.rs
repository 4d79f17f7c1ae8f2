//! The metrics of runtimes and tasks in the table of the console. The handlers belong to the whole
//! process, so this is one test.

use std::future::pending;
use std::io::{self, Write};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use typed_metrics_core::{ConsoleHandler, flush, set_metric_handlers, snapshot};
use typed_metrics_tokio::{Task, measured, observe_runtime};

/// Keeps what is written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<u8>>>);

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The rows of the table, without the lines of the head. A row that leaves out the name of its metric
/// has that of the row before.
fn rows(table: &str) -> Vec<(String, Vec<String>)> {
    let mut metric = String::new();
    let mut rows = Vec::new();
    for line in table.lines().filter(|line| line.contains("tokio.")) {
        let mut cells: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        if line.starts_with("tokio.") {
            metric = cells.remove(0);
        }
        rows.push((metric.clone(), cells));
    }
    rows
}

#[test]
fn the_table_shows_runtimes_and_tasks() {
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().width(200).to(paper.clone())).unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let observed = observe_runtime("main", runtime.handle()).unwrap();
    let slow = Task::new("slow").slow_polls_over(Duration::from_millis(1));
    runtime.block_on(async {
        tokio::spawn(measured("waits", pending::<()>()));
        let sleeps = async { thread::sleep(Duration::from_millis(3)) };
        tokio::spawn(slow.measured(sleeps)).await.unwrap();
        let fails = slow.measured_result(async { "x".parse::<u8>() });
        assert!(tokio::spawn(fails).await.unwrap().is_err());
        // The task `waits` has been polled, and both workers are parked.
        let is_polled = || {
            let polls = snapshot().get("tokio.task.poll.duration").cloned().unwrap();
            polls.series_with(&[("tokio.task.name", "waits")]).is_some()
        };
        while !is_polled() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    });
    flush().unwrap();
    drop(observed);
    let table = String::from_utf8(paper.0.lock().unwrap().clone()).unwrap();
    let rows = rows(&table);

    // Rows whose values do not depend on time, as the table shows them.
    for (metric, cells) in [
        ("tokio.runtime.worker.count", "up_down_counter {worker} tokio.runtime.name=main 2"),
        ("tokio.runtime.task.count", "up_down_counter {task} tokio.runtime.name=main 1"),
        ("tokio.runtime.global_queue.depth", "up_down_counter {task} tokio.runtime.name=main 0"),
        ("tokio.task.active", "up_down_counter {task} tokio.task.name=slow 0"),
        ("tokio.task.active", "tokio.task.name=waits 1"),
    ] {
        let is_shown =
            |(name, found): &(String, Vec<String>)| name == metric && found.join(" ") == cells;
        assert!(rows.iter().any(is_shown), "no `{metric} {cells}` in\n{table}");
    }
    // One poll slept. On a busy machine, another one may be slow, too.
    let polls = rows.iter().find(|(name, _)| name == "tokio.task.slow_polls").unwrap();
    assert_eq!(polls.1[..3], ["counter", "{poll}", "tokio.task.name=slow"], "{table}");
    assert!(["1", "2"].contains(&polls.1[3].as_str()), "{table}");
    // One row for each worker, in the unit that suits the times.
    let workers = |metric| rows.iter().filter(|(name, _)| name == metric).count();
    for metric in ["tokio.runtime.worker.busy_time", "tokio.runtime.worker.parks"] {
        assert_eq!(workers(metric), 2, "{metric} in\n{table}");
    }

    // Histograms: the labels, then the count, the sum, three percentiles and both extremes.
    for (metric, labels, count) in [
        ("tokio.task.duration", "tokio.task.name=slow outcome=error", "1"),
        ("tokio.task.duration", "tokio.task.name=slow outcome=ok", "1"),
        ("tokio.task.first_poll.delay", "tokio.task.name=slow", "2"),
        ("tokio.task.first_poll.delay", "tokio.task.name=waits", "1"),
        ("tokio.task.poll.duration", "tokio.task.name=slow", "2"),
        ("tokio.task.poll.duration", "tokio.task.name=waits", "1"),
    ] {
        let labels: Vec<&str> = labels.split(' ').collect();
        let found = rows.iter().find_map(|(name, cells)| {
            let first = cells.iter().position(|cell| cell.contains('='))?;
            let cells = &cells[first..];
            (name == metric && cells.iter().zip(&labels).all(|(cell, label)| cell == label))
                .then(|| &cells[labels.len()..])
        });
        let numbers = found.unwrap_or_else(|| panic!("no {metric} {labels:?} in\n{table}"));
        assert_eq!((numbers.len(), numbers[0].as_str()), (7, count), "{metric} in\n{table}");
    }
}
