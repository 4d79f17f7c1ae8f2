//! The console handler: when and where it prints, and what.

use std::io::{self, Write};
use std::process::{Command, Output};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics::{
    ConsoleHandler, Metrics, add_metric_handler, flush, set_metric_handlers, shutdown,
};
use typed_metrics_turn::{Paper, my_turn};

#[derive(Metrics)]
#[metrics(prefix = "console")]
enum Letters<'a> {
    /// Letters sent.
    #[counter(unit = "{letter}")]
    Sent { country: &'a str },
    /// Time a letter takes.
    #[histogram(unit = "d", buckets = [1, 2, 5, 10])]
    Travel,
}

fn tables(text: &str) -> usize {
    // The width of the first column depends on the longest metric name of all crates.
    text.lines().filter(|line| line.starts_with("metric ") && line.contains(" kind ")).count()
}

fn wait_until(what: &str, condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(20), "did not happen in time: {what}");
        thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn it_prints_once_at_shutdown() {
    let _turn = my_turn();
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().to(paper.clone())).unwrap();
    Letters::sent("once").inc();
    assert_eq!(paper.text(), "");
    shutdown().unwrap();
    assert_eq!(tables(&paper.text()), 1);
    assert!(paper.text().contains("country=once"), "{}", paper.text());
    assert_eq!(paper.text(), format!("{}\n", typed_metrics::snapshot()));
}

#[test]
fn flush_prints_and_the_end_does_not_repeat_it() {
    let _turn = my_turn();
    let paper = Paper::default();
    let console = Arc::new(ConsoleHandler::new().to(paper.clone()));
    set_metric_handlers(Arc::clone(&console)).unwrap();
    Letters::sent("twice").inc();
    flush().unwrap();
    flush().unwrap();
    assert_eq!(tables(&paper.text()), 2);
    shutdown().unwrap();
    assert_eq!(tables(&paper.text()), 2);

    set_metric_handlers(console).unwrap();
    flush().unwrap();
    Letters::sent("twice").inc();
    shutdown().unwrap();
    assert_eq!(tables(&paper.text()), 4);
}

#[test]
fn it_prints_every_interval_until_shutdown() {
    let _turn = my_turn();
    let paper = Paper::default();
    let console = ConsoleHandler::new().every(Duration::from_millis(2)).to(paper.clone());
    Letters::sent("before").inc();
    set_metric_handlers(console).unwrap();
    wait_until("three tables", || tables(&paper.text()) >= 3);
    Letters::sent("interval").inc();
    shutdown().unwrap();
    let text = paper.text();
    let last = text.rsplit("metric        kind").next().unwrap();
    assert!(last.contains("country=interval"), "{text}");
    thread::sleep(Duration::from_millis(20));
    assert_eq!(paper.text(), text);
}

#[test]
fn a_long_interval_does_not_delay_shutdown() {
    let _turn = my_turn();
    let paper = Paper::default();
    let console = ConsoleHandler::new().to(paper.clone()).every(Duration::from_secs(3600));
    set_metric_handlers(console).unwrap();
    Letters::sent("late").inc();
    let start = Instant::now();
    shutdown().unwrap();
    assert!(start.elapsed() < Duration::from_secs(10));
    assert_eq!(tables(&paper.text()), 1);
}

#[test]
fn output_that_is_closed_is_an_error_and_harms_nobody() {
    struct Closed;

    impl Write for Closed {
        fn write(&mut self, _: &[u8]) -> io::Result<usize> {
            Err(io::ErrorKind::BrokenPipe.into())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    let _turn = my_turn();
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().every(Duration::from_millis(1)).to(Closed)).unwrap();
    add_metric_handler(ConsoleHandler::new().to(paper.clone())).unwrap();
    Letters::sent("nowhere").inc();
    let error = flush().unwrap_err();
    assert_eq!(error.to_string(), "handler `console` could not flush: broken pipe");
    thread::sleep(Duration::from_millis(10));
    shutdown().unwrap_err();
    assert_eq!(tables(&paper.text()), 1);
}

#[test]
fn a_callback_may_print_while_the_table_is_taken() {
    let _turn = my_turn();
    let paper = Paper::default();
    let console = Arc::new(ConsoleHandler::new().to(paper.clone()));
    set_metric_handlers(Arc::clone(&console)).unwrap();
    let printing = Arc::clone(&console);
    let observed = Letters::sent("observed").observe(move || {
        typed_metrics::MetricHandler::flush(&printing).unwrap();
        1u64
    });
    shutdown().unwrap();
    drop(observed);
    assert!(tables(&paper.text()) >= 1);
}

#[test]
fn a_flush_of_another_thread_prints_nothing_after_the_last_table() {
    let _turn = my_turn();
    let paper = Paper::default();
    set_metric_handlers(ConsoleHandler::new().to(paper.clone())).unwrap();
    let (begin, end) = (Arc::new(Barrier::new(2)), Arc::new(Barrier::new(2)));
    let observation = typed_metrics::observe({
        let (begin, end) = (Arc::clone(&begin), Arc::clone(&end));
        move || {
            // Other threads take snapshots too.
            if thread::current().name() == Some("flushing") {
                begin.wait();
                end.wait();
            }
        }
    });
    let flushing = thread::Builder::new().name("flushing".to_owned());
    let flushing = flushing.spawn(|| flush().unwrap()).unwrap();
    begin.wait();
    shutdown().unwrap();
    let last = paper.text();
    assert_eq!(tables(&last), 1, "{last}");
    end.wait();
    flushing.join().unwrap();
    assert_eq!(paper.text(), last);
    drop(observation);
}

fn widest(text: &str) -> usize {
    text.lines().map(|line| line.chars().count()).max().unwrap_or(0)
}

#[test]
fn the_width_is_unlimited_for_a_writer_unless_it_is_set() {
    let _turn = my_turn();
    let (unlimited, narrow, tiny) = (Paper::default(), Paper::default(), Paper::default());
    let country = "land of ".repeat(30);
    Letters::sent(&country).inc();
    set_metric_handlers([
        ConsoleHandler::new().to(unlimited.clone()),
        ConsoleHandler::new().width(70).to(narrow.clone()),
        ConsoleHandler::new().to(tiny.clone()).width(1),
    ])
    .unwrap();
    shutdown().unwrap();
    assert!(unlimited.text().contains(&country), "{}", unlimited.text());
    assert!(widest(&narrow.text()) <= 70, "{}", narrow.text());
    assert!(narrow.text().contains("country=\"land of land"), "{}", narrow.text());
    assert!(widest(&tiny.text()) <= 20, "{}", tiny.text());
}

#[test]
fn metrics_that_were_never_recorded_are_one_line_or_listed() {
    let _turn = my_turn();
    let (summed_up, listed) = (Paper::default(), Paper::default());
    set_metric_handlers([
        ConsoleHandler::new().to(summed_up.clone()),
        ConsoleHandler::new().list_unrecorded().to(listed.clone()),
    ])
    .unwrap();
    shutdown().unwrap();
    let (summed_up, listed) = (summed_up.text(), listed.text());
    let row = |text: &str| text.lines().any(|line| line.starts_with("console.travel "));
    assert!(!row(&summed_up), "{summed_up}");
    let line = summed_up.lines().find(|line| line.contains(" never recorded: console."));
    assert!(line.is_some_and(|line| line.contains("console.travel")), "{summed_up}");
    assert!(row(&listed), "{listed}");
    assert!(!listed.contains("never recorded"), "{listed}");
}

/// Runs the test `by_name_the_environment_decides` again, in a process with `variables`.
fn child(variables: &[(&str, &str)]) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["console::by_name_the_environment_decides", "--exact", "--nocapture"]);
    command.env("CONSOLE_TEST_CHILD", "1");
    command.env_remove("OTEL_METRIC_EXPORT_INTERVAL").env_remove("COLUMNS");
    command.envs(variables.iter().copied());
    command
}

fn by_name(interval: Option<&str>) -> Output {
    let variable = interval.map(|value| ("OTEL_METRIC_EXPORT_INTERVAL", value));
    child(variable.as_slice()).output().unwrap()
}

/// The lines in `output` that the handler printed, without the lines of the test harness.
fn printed(output: &Output) -> String {
    let text = String::from_utf8_lossy(&output.stdout).replace('\r', "");
    let lines = text.lines().skip_while(|line| !line.contains("console."));
    let lines = lines.take_while(|line| !line.starts_with("test "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn the_width_follows_columns_and_is_unlimited_in_a_pipe() {
    let printed = |columns: Option<&str>| {
        let variable = columns.map(|columns| ("COLUMNS", columns));
        printed(&child(variable.as_slice()).output().unwrap())
    };
    let unlimited = printed(None);
    assert!(unlimited.contains(LONG), "{unlimited}");
    let narrow = printed(Some("50"));
    assert!(narrow.contains("country="), "{narrow}");
    assert!(widest(&narrow) <= 50, "{narrow}");
    assert_eq!(printed(Some("wide")), unlimited);
}

/// `script` gives the process a terminal.
#[test]
#[cfg(target_os = "linux")]
fn the_width_is_that_of_the_terminal() {
    let run = |columns: usize, redirection: &str| {
        let child = child(&[("NO_COLOR", "1")]);
        let words = std::iter::once(child.get_program()).chain(child.get_args());
        let words: Vec<_> = words.map(|word| format!("'{}'", word.to_str().unwrap())).collect();
        let words = words.join(" ");
        let line = format!("stty rows 24 cols {columns}; {words} {redirection}");
        let mut script = Command::new("script");
        script.args(["--quiet", "--return", "--command", &line, "/dev/null"]);
        for (name, value) in child.get_envs() {
            match value {
                Some(value) => script.env(name, value),
                None => script.env_remove(name),
            };
        }
        let output = script.output().expect("`script` of util-linux is installed");
        printed(&output)
    };
    for columns in [40, 60, 90] {
        let text = run(columns, "");
        assert!(text.contains("country="), "{text}");
        assert!(widest(&text) <= columns, "{columns}: {text}");
    }
    assert!(run(40, "| cat").contains(LONG));
}

#[test]
fn by_name_the_environment_decides_on_the_interval() {
    let tables = |output: &Output| tables(&String::from_utf8_lossy(&output.stdout));
    let at_the_end = by_name(None);
    assert_eq!(tables(&at_the_end), 1, "{at_the_end:?}");
    assert_eq!(tables(&by_name(Some(""))), 1);
    let every = by_name(Some("10"));
    assert!(tables(&every) > 3, "{every:?}");
    let wrong = by_name(Some("10s"));
    assert_eq!(tables(&wrong), 0);
    let said = String::from_utf8_lossy(&wrong.stderr);
    let expected = "handler `console` could not be built: OTEL_METRIC_EXPORT_INTERVAL is \"10s\"; \
                    set it to a whole number of milliseconds from 1, such as 10000, or unset it to \
                    print at the end only";
    assert!(said.contains(expected), "{said}");
}

/// A label that is wider than most terminals.
const LONG: &str =
    "The_United_Kingdom_of_Great_Britain_and_Northern_Ireland_and_overseas_territories";

/// The program that [`child`] runs.
#[test]
fn by_name_the_environment_decides() {
    if std::env::var_os("CONSOLE_TEST_CHILD").is_none() {
        return;
    }
    if let Err(error) = set_metric_handlers("Console") {
        eprintln!("{error}");
        return;
    }
    let _shutdown = typed_metrics::shutdown_guard();
    Letters::sent(LONG).inc();
    for _ in 0..30 {
        Letters::travel().record(1.5);
        thread::sleep(Duration::from_millis(10));
    }
}
