//! Buckets and series limits that a program overrides at its start, by code and by variables. Each
//! test runs in a process of its own, because the first use of a metric decides its settings.
#![allow(clippy::float_cmp, reason = "the values are exact")]

use std::process::{Command, Output};

use typed_metrics::testing::capture;
use typed_metrics::{
    Descriptor, DropReason, Error, ExponentialSettings, InMemoryHandler, Label, Metric, Metrics,
    Override, attributes, override_metric, register_metric, set_metric_handlers, snapshot,
};

#[derive(Clone, Copy, Label)]
enum Step {
    Plan,
    Run,
    Clean,
}

#[derive(Metrics)]
#[metrics(prefix = "job")]
enum Job<'a> {
    #[histogram(unit = "s", buckets = [1, 2])]
    Fixed { step: Step },
    #[histogram(unit = "s", buckets = [1, 2])]
    Open { queue: &'a str },
    #[histogram(unit = "s", buckets = [1, 2])]
    Alone,
    #[histogram(unit = "s", buckets = [1, 2])]
    #[allow(dead_code, reason = "only its settings are read")]
    Same,
    #[histogram(unit = "s", buckets = [1, 2])]
    Twofold,
    #[histogram(unit = "s", exponential, max_size = 40)]
    Adapting,
    #[counter(series_limit = 50)]
    Started { queue: &'a str },
    #[counter]
    Waits { step: Step },
}

/// A second definition of a metric.
mod twin {
    use typed_metrics::Metrics;

    #[derive(Metrics)]
    #[metrics(prefix = "job")]
    pub(crate) enum Job {
        #[histogram(unit = "s", buckets = [1, 2])]
        Twofold,
    }
}

fn descriptor(name: &str) -> &'static Descriptor {
    let metrics = typed_metrics::catalog();
    metrics.into_iter().find(|metric| metric.name() == name).unwrap()
}

const NEW: [f64; 5] = [0.25, 0.5, 1.0, 4.0, 16.0];

/// Runs the test `name` of this file in a process of its own.
fn in_a_process(name: &str, variables: &[(&str, &str)]) -> Output {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", name, "--ignored", "--nocapture"]);
    command.envs(variables.iter().copied()).output().unwrap()
}

fn passes(name: &str, variables: &[(&str, &str)]) {
    let output = in_a_process(name, variables);
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && text.contains("1 passed"), "{output:?}");
}

#[test]
fn code_overrides_buckets_and_limits() {
    passes("by_code", &[]);
}

#[test]
#[ignore = "runs in a process of its own"]
fn by_code() {
    let buckets = Override::new().buckets(NEW);
    for name in ["job.fixed", "job.open", "job.alone"] {
        override_metric(name, buckets.clone()).unwrap();
        override_metric(name, buckets.clone()).unwrap();
        assert_eq!(descriptor(name).boundaries(), NEW);
    }
    override_metric("job.started", Override::new().series_limit(2)).unwrap();

    let seen = capture(|| {
        for (step, times) in [(Step::Plan, 1), (Step::Run, 2), (Step::Clean, 3)] {
            for _ in 0..times {
                Job::fixed(step).record(3);
                Job::Fixed { step }.record(20);
            }
        }
        Job::open("mail").record(0.3);
        Job::alone().record(16);
    });
    for (step, times) in [(Step::Plan, 1), (Step::Run, 2), (Step::Clean, 3)] {
        let histogram = seen.histogram(Job::Fixed { step });
        assert_eq!(histogram.boundaries, NEW);
        assert_eq!(histogram.buckets, [0, 0, 0, times, 0, times]);
    }
    assert_eq!(seen.histogram(Job::Open { queue: "mail" }).buckets, [0, 1, 0, 0, 0, 0]);
    assert_eq!(seen.histogram(Job::Alone).buckets, [0, 0, 0, 0, 1, 0]);
    let snapshot = snapshot();
    let fixed = snapshot.get("job.fixed").unwrap();
    let run = fixed.series_with(&[("step", "run")]).unwrap();
    assert_eq!(run.value.as_histogram().unwrap().buckets, [0, 0, 0, 2, 0, 2]);

    for queue in ["a", "b", "c", "d"] {
        Job::started(queue).inc();
    }
    let started = typed_metrics::snapshot();
    let started = started.get("job.started").unwrap();
    assert_eq!(started.series.len(), 3);
    assert_eq!(started.dropped, [(DropReason::Overflow, 2)]);
}

#[test]
fn a_wrong_override_is_an_error_that_costs_nothing() {
    passes("wrong", &[]);
}

#[test]
#[ignore = "runs in a process of its own"]
fn wrong() {
    let refused =
        |name: &str, settings: Override| override_metric(name, settings).unwrap_err().to_string();
    assert_eq!(
        refused("job.waits", Override::new().buckets([1])),
        "metric `job.waits` cannot be overridden: a counter has no buckets; override those of a \
         histogram",
    );
    assert!(refused("job.fixed", Override::new().buckets([2, 1])).contains("increas"));
    assert!(refused("job.started", Override::new().series_limit(0)).contains("at least 1"));
    assert!(refused("1job", Override::new()).contains("metric name \"1job\" cannot be used"));

    Job::waits(Step::Plan).inc();
    Job::alone().record(1);
    assert_eq!(
        refused("job.alone", Override::new().buckets([5])),
        "metric `job.alone` cannot be overridden: it is in use already, with buckets [1.0, 2.0] \
         and a series limit of 2000; override it before it is recorded, read or given to a handler",
    );
    assert_eq!(snapshot().get("job.alone").unwrap().series.len(), 1);
    override_metric("job.alone", Override::new().buckets([1, 2])).unwrap();

    // A mistake does not use up the override.
    override_metric("job.fixed", Override::new().buckets([7])).unwrap();
    assert_eq!(descriptor("job.fixed").boundaries(), [7.0]);
    assert!(refused("job.fixed", Override::new().buckets([8])).contains("overridden already"));
}

#[test]
fn metrics_registered_later_are_overridden() {
    let variables = [("TYPED_METRICS_BUCKETS", "later.seconds=3,4;later.both=5")];
    passes("later", &variables);
}

#[test]
#[ignore = "runs in a process of its own"]
fn later() {
    override_metric("later.both", Override::new().series_limit(1)).unwrap();
    set_metric_handlers(InMemoryHandler::new()).unwrap();
    let seconds = Metric::histogram("later.seconds").unit("s").buckets([1]);
    let seconds_again = seconds.clone();
    let metric = register_metric("seconds", seconds).unwrap();
    assert_eq!(metric.descriptor().boundaries(), [3.0, 4.0]);
    register_metric("again", seconds_again).unwrap();

    let both = register_metric("both", Metric::histogram("later.both")).unwrap();
    assert_eq!((both.descriptor().boundaries(), both.descriptor().series_limit()), (&[5.0][..], 1));
    both.record(1, attributes!("a" => 1)).unwrap();
    both.record(1, attributes!("a" => 2)).unwrap();
    let snapshot = snapshot();
    assert_eq!(snapshot.get("later.both").unwrap().dropped, [(DropReason::Overflow, 1)]);
}

#[test]
fn code_wins_over_variables_which_win_over_definitions() {
    let variables = [
        ("TYPED_METRICS_BUCKETS", "job.fixed=3,4; job.open=5; job.opem=6"),
        ("TYPED_METRICS_SERIES_LIMIT", "job.open=9;job.started=7"),
    ];
    let output = in_a_process("order", &variables);
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{output:?}");
    assert!(err.contains("no metric is named `job.alon` yet (did you mean `job.alone`?)"), "{err}");
    assert!(err.contains("no metric is named `job.opem` yet (did you mean `job.open`?)"), "{err}");
}

#[test]
#[ignore = "runs in a process of its own"]
fn order() {
    override_metric("job.open", Override::new().buckets([8])).unwrap();
    override_metric("job.alon", Override::new().buckets([8])).unwrap();
    set_metric_handlers(InMemoryHandler::new()).unwrap();
    let settings = ["job.fixed", "job.open", "job.started", "job.alone"]
        .map(descriptor)
        .map(|metric| (metric.boundaries(), metric.series_limit()));
    let expected: [(&[f64], _); 4] =
        [(&[3.0, 4.0], 2000), (&[8.0], 9), (&[], 7), (&[1.0, 2.0], 2000)];
    assert_eq!(settings, expected);
}

#[test]
fn a_histogram_becomes_exponential_by_code_and_by_a_variable() {
    let text = "job.fixed=exponential(80);job.open=exponential;job.adapting=1,2";
    passes("exponential", &[("TYPED_METRICS_BUCKETS", text)]);
}

#[test]
#[ignore = "runs in a process of its own"]
fn exponential() {
    let settings = ExponentialSettings::DEFAULT;
    let wrong = Override::new().exponential(settings.max_size(2));
    let error = override_metric("job.alone", wrong).unwrap_err().to_string();
    assert!(error.contains("`max_size` is 2; an exponential histogram has at least 4"), "{error}");
    let error = override_metric("job.waits", Override::new().exponential(settings)).unwrap_err();
    assert!(error.to_string().contains("a counter has no buckets"), "{error}");
    let small = settings.max_size(8).zero_threshold(0.5);
    override_metric("job.alone", Override::new().exponential(small)).unwrap();
    set_metric_handlers(InMemoryHandler::new()).unwrap();
    let found = ["job.fixed", "job.open", "job.alone", "job.adapting"]
        .map(|name| (descriptor(name).exponential(), descriptor(name).boundaries()));
    let expected: [(_, &[f64]); 4] = [
        (Some(settings.max_size(80)), &[]),
        (Some(settings), &[]),
        (Some(small), &[]),
        (None, &[1.0, 2.0]),
    ];
    assert_eq!(found, expected);
    let seen = capture(|| {
        Job::fixed(Step::Run).record(3);
        Job::open("mail").record(3);
        Job::alone().record(0.25);
        Job::adapting().record(1.5);
    });
    for step in [Step::Plan, Step::Run, Step::Clean] {
        let count = seen.histogram(Job::Fixed { step }).exponential.unwrap().positive.counts.len();
        assert_eq!(count, usize::from(matches!(step, Step::Run)));
    }
    assert_eq!(seen.histogram(Job::Alone).exponential.unwrap().zeros, 1);
    assert_eq!(seen.histogram(Job::Adapting).buckets, [0, 1, 0]);
}

#[test]
fn histograms_are_exponential_by_default_if_nobody_has_used_or_overridden_them() {
    passes("by_default", &[]);
}

#[test]
#[ignore = "runs in a process of its own"]
fn by_default() {
    // A series limit leaves the buckets open.
    override_metric("job.open", Override::new().series_limit(5)).unwrap();
    override_metric("job.fixed", Override::new().buckets(NEW)).unwrap();
    // An override that says what is declared is no use.
    override_metric("job.same", Override::new().buckets([1, 2])).unwrap();
    Job::alone().record(1);
    twin::Job::twofold().record(1);
    let in_use: Vec<_> = typed_metrics_core::exponential_by_default()
        .into_iter()
        .map(|metric| metric.name())
        .filter(|name| name.starts_with("job."))
        .collect();
    assert_eq!(in_use, ["job.alone", "job.twofold"]);
    // The definitions still agree.
    Job::twofold().record(1);
    assert_eq!(descriptor("job.same").boundaries(), [1.0, 2.0]);
    let twofold =
        snapshot().metrics.iter().filter(|m| m.descriptor.name() == "job.twofold").count();
    assert_eq!(twofold, 1);
    let later = register_metric("late", Metric::histogram("late").buckets([1])).unwrap();
    let settings = ExponentialSettings::DEFAULT;
    assert_eq!(later.descriptor().exponential(), Some(settings));
    assert_eq!(descriptor("job.open").exponential(), Some(settings));
    assert_eq!(descriptor("job.open").series_limit(), 5);
    assert_eq!(descriptor("job.adapting").exponential(), Some(settings.max_size(40)));
    assert_eq!(descriptor("job.fixed").boundaries(), NEW);
    assert_eq!(descriptor("job.alone").boundaries(), [1.0, 2.0]);
    // Another kind has no buckets.
    assert_eq!(descriptor("job.waits").exponential(), None);
    let seen = capture(|| Job::open("mail").record(3));
    let open = seen.histogram(Job::Open { queue: "mail" });
    assert_eq!((open.count, open.exponential.unwrap().positive.counts), (1, vec![1]));
}

#[test]
fn a_variable_that_cannot_be_used_keeps_handlers_out() {
    let variables =
        [("TYPED_METRICS_BUCKETS", "job.fixed=1,x"), ("TYPED_METRICS_SERIES_LIMIT", "job.started")];
    passes("unreadable", &variables);
    let variables = [
        ("TYPED_METRICS_BUCKETS", "job.waits=1;job.fixed=2,1"),
        ("TYPED_METRICS_SERIES_LIMIT", "job.started=0"),
    ];
    passes("unfit", &variables);
}

#[test]
#[ignore = "runs in a process of its own"]
fn unreadable() {
    let error = set_metric_handlers(InMemoryHandler::new()).unwrap_err();
    let Error::Several(errors) = &error else { panic!("{error}") };
    assert_eq!(errors.len(), 2);
    assert_eq!(
        errors[0].to_string(),
        "the variable `TYPED_METRICS_BUCKETS` is \"job.fixed=1,x\": `x` is not a number; write \
         boundaries as in `shop.duration=5,10,25`",
    );
    assert!(errors[1].to_string().contains("`job.started` has no `=`"), "{error}");
    assert_eq!(descriptor("job.fixed").boundaries(), [1.0, 2.0]);
}

#[test]
#[ignore = "runs in a process of its own"]
fn unfit() {
    let error = set_metric_handlers(InMemoryHandler::new()).unwrap_err();
    let Error::Several(errors) = &error else { panic!("{error}") };
    let messages: Vec<_> = errors.iter().map(ToString::to_string).collect();
    let buckets = "the variable `TYPED_METRICS_BUCKETS` is \"job.waits=1;job.fixed=2,1\": ";
    let limit = "the variable `TYPED_METRICS_SERIES_LIMIT` is \"job.started=0\": ";
    let expected = [
        format!("{buckets}buckets of metric `job.fixed` cannot be used: "),
        format!("{limit}metric `job.started` cannot be overridden: with a series limit of 0 "),
        format!("{buckets}metric `job.waits` cannot be overridden: a counter has no buckets"),
    ];
    assert_eq!(messages.len(), expected.len(), "{messages:?}");
    for (message, start) in messages.iter().zip(expected) {
        assert!(message.starts_with(&start), "{message:?} does not start with {start:?}");
    }
}

#[test]
fn a_limit_without_effect_is_a_warning() {
    let variables = [("TYPED_METRICS_SERIES_LIMIT", "job.waits=5;job.started=5")];
    let output = in_a_process("limit_of_fixed_labels", &variables);
    let (out, err) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains("1 passed"), "{output:?}");
    let warning = |metric: &str| format!("a series limit has no effect on the metric `{metric}`");
    let by_variable = format!("`TYPED_METRICS_SERIES_LIMIT`: {}", warning("job.waits"));
    assert!(err.contains(&by_variable), "{err}");
    assert!(err.contains(&warning("job.fixed")), "{err}");
    assert!(!err.contains(&warning("job.started")) && !err.contains("later.open"), "{err}");
}

#[test]
#[ignore = "runs in a process of its own"]
fn limit_of_fixed_labels() {
    override_metric("job.fixed", Override::new().series_limit(7)).unwrap();
    override_metric("later.open", Override::new().series_limit(7)).unwrap();
    let later = Metric::counter("later.open");
    assert_eq!(register_metric("open", later).unwrap().descriptor().series_limit(), 7);
    set_metric_handlers(InMemoryHandler::new()).unwrap();
    assert_eq!(descriptor("job.started").series_limit(), 5);
}
