//! The metrics of runtimes and tasks in the table of the console.

use std::future::pending;
use std::thread;
use std::time::Duration;

use tokio::runtime::Builder;
use tokio::time::{sleep, timeout};
use typed_metrics_core::{ConsoleHandler, flush, set_metric_handlers, snapshot};
use typed_metrics_tokio::{Task, observe_runtime};
use typed_metrics_turn::{Paper, my_turn};

/// The rows of the table, without the lines of the head. A row that leaves out the name of its
/// metric has that of the row before.
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

/// Whether the task `waits` is polled, the others have left the runtime, and both workers have
/// parked: from then on, no cell that the test reads changes.
fn is_settled() -> bool {
    let snapshot = snapshot();
    let series = |metric| snapshot.get(metric).map_or(&[][..], |metric| &metric.series);
    let is = |metric, expected: f64| {
        series(metric).iter().map(|series| series.value.as_f64()).eq([expected])
    };
    let polls = snapshot.get("tokio.task.poll.duration");
    let waits = [("tokio.task.name", "waits")];
    polls.is_some_and(|polls| polls.series_with(&waits).is_some())
        && is("tokio.runtime.task.count", 1.0)
        && is("tokio.runtime.global_queue.depth", 0.0)
        && series("tokio.runtime.worker.busy_time").len() == 2
        && series("tokio.runtime.worker.parks").len() == 2
}

#[test]
fn the_table_shows_runtimes_and_tasks() {
    let _turn = my_turn();
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().width(200).to(paper.clone())).unwrap();
    let runtime = Builder::new_multi_thread().worker_threads(2).enable_time().build().unwrap();
    let observed = observe_runtime("main", runtime.handle()).unwrap();
    // The limits are far from the times that the tasks take, on a busy machine, too.
    let slow = Task::new("slow").slow_polls_over(Duration::from_millis(1));
    let quick = Task::new("quick").slow_polls_over(Duration::from_secs(60));
    let waits = Task::new("waits").slow_polls_over(Duration::from_secs(60));
    runtime.block_on(async {
        tokio::spawn(waits.measured(pending::<()>()));
        let sleeps = async { thread::sleep(Duration::from_millis(20)) };
        tokio::spawn(slow.measured(sleeps)).await.unwrap();
        let fails = quick.measured_result(async { "x".parse::<u8>() });
        assert!(tokio::spawn(fails).await.unwrap().is_err());
        let settles = async {
            while !is_settled() {
                sleep(Duration::from_millis(1)).await;
            }
        };
        let settled = timeout(Duration::from_secs(60), settles).await;
        assert!(settled.is_ok(), "not settled: {:#?}", snapshot());
    });
    flush().unwrap();
    drop(observed);
    let table = paper.text();
    let rows = rows(&table);

    // Rows whose values do not depend on time, as the table shows them.
    for (metric, cells) in [
        ("tokio.runtime.worker.count", "up_down_counter {worker} tokio.runtime.name=main 2"),
        ("tokio.runtime.task.count", "up_down_counter {task} tokio.runtime.name=main 1"),
        ("tokio.runtime.global_queue.depth", "up_down_counter {task} tokio.runtime.name=main 0"),
        ("tokio.task.active", "up_down_counter {task} tokio.task.name=quick 0"),
        ("tokio.task.active", "tokio.task.name=slow 0"),
        ("tokio.task.active", "tokio.task.name=waits 1"),
        ("tokio.task.slow_polls", "counter {poll} tokio.task.name=slow 1"),
    ] {
        let is_shown =
            |(name, found): &(String, Vec<String>)| name == metric && found.join(" ") == cells;
        assert!(rows.iter().any(is_shown), "no `{metric} {cells}` in\n{table}");
    }
    // One row for each worker, in the unit that suits the times.
    let count = |metric| rows.iter().filter(|(name, _)| name == metric).count();
    for metric in ["tokio.runtime.worker.busy_time", "tokio.runtime.worker.parks"] {
        assert_eq!(count(metric), 2, "{metric} in\n{table}");
    }
    assert_eq!(count("tokio.task.slow_polls"), 1, "{table}");

    // Histograms: the labels, then the count, the sum, three percentiles and both extremes.
    for (metric, labels, count) in [
        ("tokio.task.duration", "tokio.task.name=quick outcome=error", "1"),
        ("tokio.task.duration", "tokio.task.name=slow outcome=ok", "1"),
        ("tokio.task.first_poll.delay", "tokio.task.name=quick", "1"),
        ("tokio.task.first_poll.delay", "tokio.task.name=slow", "1"),
        ("tokio.task.first_poll.delay", "tokio.task.name=waits", "1"),
        ("tokio.task.poll.duration", "tokio.task.name=quick", "1"),
        ("tokio.task.poll.duration", "tokio.task.name=slow", "1"),
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
