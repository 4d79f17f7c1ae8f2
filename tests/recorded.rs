//! `assert_recorded` over several processes, which note their metrics in a file.

use std::path::Path;
use std::process::{Command, Output};

use typed_metrics::Metrics;
use typed_metrics::testing::{assert_recorded, capture};

#[derive(Metrics)]
#[metrics(prefix = "ferry")]
enum Ferry<'a> {
    #[counter]
    Crossings,
    #[histogram(unit = "s")]
    Delay { harbour: &'a str },
    #[gauge]
    Passengers { harbour: &'a str },
    #[counter]
    Collisions,
}

/// Runs one of the ignored tests below in a process of its own.
fn run(test: &str, file: Option<&Path>) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command
        .args(["--exact", "--ignored", "--nocapture", test])
        .env_remove("TYPED_METRICS_RECORDED");
    if let Some(file) = file {
        command.env("TYPED_METRICS_RECORDED", file);
    }
    command.output().unwrap()
}

#[test]
fn processes_note_what_they_record_and_the_last_one_asserts() {
    let folder = std::env::temp_dir().join(format!("typed-metrics-ferry-{}", std::process::id()));
    let file = folder.join("notes/recorded.txt");

    let missing = run("assertion", Some(&file));
    assert!(!missing.status.success());
    assert!(shown(&missing).contains("first run the tests that record"), "{}", shown(&missing));

    assert!(run("crossing", Some(&file)).status.success());
    let partly = run("assertion", Some(&file));
    assert!(!partly.status.success());
    let text = shown(&partly);
    assert!(text.contains("ferry.delay, `Ferry::Delay` at tests/recorded.rs:15"), "{text}");
    assert!(text.contains("ferry.passengers"), "{text}");
    assert!(!text.contains("ferry.crossings") && !text.contains("ferry.collisions"), "{text}");

    assert!(run("boarding", Some(&file)).status.success());
    let noted = std::fs::read_to_string(&file).unwrap();
    let whole = run("assertion", Some(&file));
    std::fs::remove_dir_all(folder).unwrap();
    assert!(whole.status.success(), "{}", shown(&whole));
    // Each process notes a metric once, and a handle that nothing is recorded with is no record.
    assert_eq!(noted, "ferry.crossings\nferry.delay\nferry.passengers\n");
}

#[test]
fn without_the_file_each_process_knows_only_what_it_records() {
    let text = shown(&run("assertion", None));
    assert!(text.contains("ferry.crossings"), "{text}");
    assert!(text.contains("`TYPED_METRICS_RECORDED` names no file"), "{text}");
    let whole = run("everything_in_one_process", None);
    assert!(whole.status.success(), "{}", shown(&whole));
}

fn shown(output: &Output) -> String {
    let text = [&*output.stdout, &*output.stderr].concat();
    String::from_utf8(text).unwrap()
}

#[test]
#[ignore = "run by another test"]
fn crossing() {
    Ferry::crossings().inc();
    Ferry::crossings().inc();
    let _never_recorded = (Ferry::collisions(), Ferry::delay("Hel"), Ferry::passengers("Hel"));
    // A reader looks at the series of the handles.
    let _ = typed_metrics::snapshot();
}

#[test]
#[ignore = "run by another test"]
fn boarding() {
    for harbour in ["Hel", "Visby"] {
        let delay = Ferry::delay(harbour);
        let _ = capture(|| delay.record(0.5));
        std::thread::spawn(move || delay.record(1.5)).join().unwrap();
    }
    let passengers = Ferry::passengers("Hel");
    let _ = typed_metrics::snapshot();
    passengers.set(12);
}

#[test]
#[ignore = "run by another test"]
fn assertion() {
    assert_recorded(env!("CARGO_CRATE_NAME"), &["ferry.collisions"]);
}

#[test]
#[ignore = "run by another test"]
fn everything_in_one_process() {
    crossing();
    boarding();
    assertion();
}
