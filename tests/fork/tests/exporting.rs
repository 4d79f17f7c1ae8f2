//! Forked processes that export: each sends its own values under an identity of its own, and ends
//! at once if it has nothing to send.
//!
//! The environment of a process cannot be changed safely, so each case runs this program again.
#![cfg(unix)]

use std::collections::{BTreeMap, HashMap};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::wait::{WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork};
use typed_metrics::{
    Metrics, OtelHandler, clear_metric_handlers, flush, fork_guard, set_metric_handlers, shutdown,
};
use typed_metrics_receiver::{Receiver, Totals};

#[derive(Metrics)]
#[metrics(prefix = "exporting")]
enum Exporting<'a> {
    #[counter]
    Jobs { of: &'a str },
    #[histogram(unit = "s")]
    Time,
    #[gauge]
    Level { of: &'a str },
}

/// The variable with the case that a process runs.
const CASE: &str = "TYPED_METRICS_FORK";

/// The output of the process for a case.
fn run(case: &str, receiver: &Receiver) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", "the_process_of_a_case", "--nocapture", "--test-threads=1"]);
    command.env(CASE, case).env("OTEL_EXPORTER_OTLP_ENDPOINT", receiver.http_endpoint());
    let output = command.output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (printed, written) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{case}: {printed}{written}");
    printed + &written
}

#[test]
fn the_process_of_a_case() {
    let Ok(case) = std::env::var(CASE) else { return };
    // The standard library's random keys are drawn here, and inherited by the children.
    let _used = HashMap::from([(1, 2)]);
    Exporting::jobs("parent").add(100);
    Exporting::time().record(1.0);
    Exporting::level("parent").set(7);
    match &*case {
        "before" => children(),
        "after" => {
            set_metric_handlers("otel").unwrap();
            flush().unwrap();
            children();
        }
        "cleared" => {
            set_metric_handlers("otel").unwrap();
            clear_metric_handlers();
            children();
        }
        "silent" => {
            set_metric_handlers(("console", "otel")).unwrap();
            flush().unwrap();
            println!("the fork");
            in_child(|| drop(flush().and_then(|()| shutdown())));
            clear_metric_handlers();
        }
        _ => panic!("{case}"),
    }
    shutdown().unwrap();
}

/// Forks children that set a handler in each way, and waits for them.
fn children() {
    let by_name = || set_metric_handlers("otel");
    let built = || set_metric_handlers(OtelHandler::otlp().build().unwrap());
    in_child(|| record(1, by_name));
    in_child(|| record(2, by_name));
    in_child(|| record(3, built));
}

fn record(count: u64, set: impl Fn() -> Result<(), typed_metrics::Error>) {
    set().unwrap();
    Exporting::jobs("child").add(count);
    Exporting::time().record(2.0);
    Exporting::level("child").set(count);
    flush().unwrap();
    Exporting::jobs("child").add(10);
    shutdown().unwrap();
}

/// Runs `f` in a child, which must end soon.
fn in_child(f: impl FnOnce()) {
    let guard = fork_guard();
    // SAFETY: The guard keeps the metrics whole. Everything else that the child uses is unused by
    // the other threads of the test harness.
    match unsafe { fork() }.unwrap() {
        ForkResult::Child => {
            drop(guard);
            let begin = Instant::now();
            let ended = std::panic::catch_unwind(std::panic::AssertUnwindSafe(f));
            let is_soon = begin.elapsed() < Duration::from_secs(2);
            std::process::exit(if ended.is_err() { 2 } else { i32::from(!is_soon) });
        }
        ForkResult::Parent { child } => {
            drop(guard);
            wait_for(child);
        }
    }
}

fn wait_for(child: Pid) {
    assert_eq!(waitpid(child, None).unwrap(), WaitStatus::Exited(child, 0));
}

/// The totals of each instance, by the number of jobs that it recorded.
fn instances(receiver: &Receiver) -> BTreeMap<String, Totals> {
    let mut by_id = BTreeMap::<String, Vec<_>>::new();
    for seen in receiver.requests() {
        let id = Totals::of(std::slice::from_ref(&seen)).resource["service.instance.id"].clone();
        by_id.entry(id).or_default().push(seen);
    }
    by_id.into_iter().map(|(id, seen)| (id, Totals::of(&seen))).collect()
}

fn assert_children(case: &str, instances: &BTreeMap<String, Totals>) {
    let mut children: Vec<_> = instances
        .values()
        .filter(|totals| totals.metric("exporting.jobs").series.contains_key("of=child"))
        .collect();
    children.sort_by_key(|totals| totals.int("exporting.jobs", "of=child"));
    let counts: Vec<_> =
        children.iter().map(|totals| totals.int("exporting.jobs", "of=child")).collect();
    assert_eq!(counts, [11, 12, 13], "{case}");
    for totals in children {
        let jobs = &totals.metric("exporting.jobs").series;
        assert_eq!(jobs.len(), 1, "{case}: a child sends its parent's values: {jobs:?}");
        assert_eq!(totals.count("exporting.time", ""), 1, "{case}");
        let levels = &totals.metric("exporting.level").series;
        assert_eq!(levels.keys().collect::<Vec<_>>(), ["of=child"], "{case}");
    }
}

#[test]
fn children_of_a_parent_without_handlers_send_their_own_values() {
    let receiver = Receiver::start();
    run("before", &receiver);
    let instances = instances(&receiver);
    assert_children("before", &instances);
    assert_eq!(instances.len(), 3);
}

#[test]
fn children_that_set_the_handler_of_their_parent_again_send() {
    for case in ["after", "cleared"] {
        let receiver = Receiver::start();
        run(case, &receiver);
        let instances = instances(&receiver);
        assert_children(case, &instances);
        assert_eq!(instances.len(), 4, "{case}");
        let parent = instances
            .values()
            .find(|totals| totals.metric("exporting.jobs").series.contains_key("of=parent"));
        assert_eq!(parent.unwrap().int("exporting.jobs", "of=parent"), 100, "{case}");
    }
}

#[test]
fn a_child_that_sets_no_handler_ends_at_once_and_prints_nothing() {
    let receiver = Receiver::start();
    let printed = run("silent", &receiver);
    let (_, after) = printed.split_once("the fork\n").unwrap();
    // The parent's last table alone.
    assert_eq!(after.matches("exporting.jobs").count(), 0, "{after}");
    assert_eq!(instances(&receiver).len(), 1);
}
