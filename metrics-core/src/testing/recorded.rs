//! Metrics of a crate that nothing ever recorded.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;

use super::catalog::of_crate;
use crate::collect::registry::families;
use crate::metric::descriptor::Descriptor;
use crate::metric::recorded_file::{self, RECORDED};

/// Asserts that every metric which the enums of a crate define was recorded, except for those in
/// `allowed`: their names, or the beginnings of names followed by `*`.
///
/// A metric counts as recorded if this process has recorded it at any time, inside a capture or
/// outside, even if its series were removed since. So a test that drives the whole program can end
/// with this call:
///
/// ```standalone_crate
/// # use typed_metrics_derive::Metrics;
/// # use typed_metrics_core as typed_metrics;
/// use typed_metrics::testing::assert_recorded;
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "post")]
/// # #[metrics(crate = typed_metrics_core)]
/// enum Post {
///     #[counter]
///     Sent,
///     #[counter]
///     Lost,
/// }
///
/// # let name = module_path!().split("::").next().unwrap();
/// Post::sent().inc();
/// assert_recorded(name, &["post.lost"]);
///
/// let message = std::panic::catch_unwind(|| assert_recorded(name, &[])).unwrap_err();
/// let message = message.downcast_ref::<String>().unwrap();
/// assert!(message.contains("post.lost"));
/// ```
///
/// # All tests of a crate
///
/// Tests of one executable run in any order, and each executable of `cargo test` is a process of
/// its own; `cargo nextest` even runs each test in a process of its own. So no test of a run can
/// know what the other tests record. With the variable `TYPED_METRICS_RECORDED`, each process of
/// the run notes the names of the metrics that it records in a file, and this function reads the
/// file, too. The assertion runs after all others, as an ignored test:
///
/// ```no_run
/// use shop as _; // Without `use`, the crate is not part of the test's program.
/// # use typed_metrics_core as typed_metrics;
/// # mod shop {}
///
/// # /* A test that rustdoc compiles as a program:
/// #[test]
/// #[ignore = "runs after all other tests"]
/// # */
/// fn every_metric_is_recorded() {
///     typed_metrics::testing::assert_recorded(env!("CARGO_PKG_NAME"), &["shop.disk_failures"]);
/// }
/// ```
///
/// ```console
/// $ export TYPED_METRICS_RECORDED=$PWD/target/recorded.txt
/// $ rm -f $TYPED_METRICS_RECORDED              # or else metrics of an earlier run count, too
/// $ cargo test                                 # or `cargo nextest run`
/// $ cargo test --test recorded -- --ignored    # or `cargo nextest run --run-ignored only`
/// ```
///
/// The path is best absolute, because cargo runs the tests of each package in the package's folder.
/// Programs that the tests start note their metrics as well.
///
/// The crate's name may be written with hyphens. Metrics that are registered at run time belong to
/// no crate.
///
/// # Panics
/// If a metric was not recorded; the message lists each one with its place in the source code. If a
/// name in `allowed` is none of the crate's, as after a metric was renamed. If the program has no
/// metric of the crate, or the file cannot be read.
///
/// Under Miri, which has no linker to find the metrics, it does nothing.
#[track_caller]
pub fn assert_recorded(crate_name: &str, allowed: &[&str]) {
    if cfg!(miri) {
        return;
    }
    let checked = noted(recorded_file::path()).and_then(|noted| {
        let metrics = families().into_iter().map(|family| {
            let metric = family.descriptor();
            Metric { metric, is_recorded: family.is_measured() || noted.contains(metric.name()) }
        });
        check(&crate_name.replace('-', "_"), metrics, allowed)
    });
    if let Err(problem) = checked {
        let others = match recorded_file::path() {
            Some(path) => format!("What other processes noted in `{}` counts.", path.display()),
            None => format!(
                "What other processes recorded does not count: `{RECORDED}` names no file in which \
                 they could note it."
            ),
        };
        panic!("{problem}\n{others}");
    }
}

/// A definition of a metric.
struct Metric {
    metric: &'static Descriptor,
    is_recorded: bool,
}

/// The metrics that are noted in a file.
fn noted(path: Option<&Path>) -> Result<BTreeSet<String>, String> {
    let Some(path) = path else { return Ok(BTreeSet::new()) };
    let shown = path.display();
    recorded_file::read(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => format!(
            "`{shown}` of `{RECORDED}` does not exist; first run the tests that record, with the \
             same variable"
        ),
        _ => format!("`{shown}` of `{RECORDED}` cannot be read: {error}"),
    })
}

/// Fails if a metric of the crate is neither recorded nor allowed to be silent.
fn check(
    crate_name: &str,
    metrics: impl Iterator<Item = Metric>,
    allowed: &[&str],
) -> Result<(), String> {
    // A crate may define a metric several times; then one of the definitions has to be recorded.
    let mut own: BTreeMap<&str, Metric> = BTreeMap::new();
    for metric in of_crate(crate_name, metrics, |metric| metric.metric.source())? {
        let known = own.entry(metric.metric.name()).or_insert(Metric { ..metric });
        known.is_recorded |= metric.is_recorded;
    }
    let mut unknown = allowed.iter().filter(|entry| !own.keys().any(|name| is_entry(entry, name)));
    if let Some(unknown) = unknown.next() {
        return Err(format!(
            "`{unknown}` is allowed not to be recorded, but is no metric of `{crate_name}`; remove \
             it from the list, or write the metric's present name"
        ));
    }
    let silent = |(name, metric): &(&&str, &Metric)| {
        !metric.is_recorded && !allowed.iter().any(|entry| is_entry(entry, name))
    };
    let silent: Vec<_> = own.iter().filter(silent).collect();
    if silent.is_empty() {
        return Ok(());
    }
    let mut problem =
        format!("of the {} metrics of `{crate_name}`, these were never recorded:\n", own.len());
    for (name, Metric { metric, .. }) in silent {
        // Writing to a `String` does not fail.
        let _ = writeln!(problem, "  {name}, {}", metric.source());
    }
    problem += "Test the code that records each of them; delete a metric that no code records; \
                allow one that no test can reach.";
    Err(problem)
}

/// Whether an entry of the list of allowed metrics means the metric.
fn is_entry(entry: &str, name: &str) -> bool {
    match entry.strip_suffix('*') {
        Some(begin) => name.starts_with(begin),
        None => name == entry,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::definition::Definition;
    use crate::metric::source::Place;
    use crate::store::family::NO_METRIC;

    const PLACE: &Place = &Place { file: "src/shop.rs", module: "my_shop::metrics" };

    fn metric(name: &'static str, item: &'static str, line: u32, is_recorded: bool) -> Metric {
        let definition = Definition { name, item, line, place: PLACE, ..NO_METRIC };
        Metric { metric: Box::leak(Box::new(Descriptor::new(definition))), is_recorded }
    }

    fn checked(recorded: [bool; 3], allowed: &[&str]) -> Result<(), String> {
        let metrics = [
            metric("shop.sold", "Shop::Sold", 7, recorded[0]),
            metric("shop.lost", "Shop::Lost", 9, recorded[1]),
            metric("shop.sold", "Branch::Sold", 20, recorded[2]),
        ];
        check("my_shop", metrics.into_iter(), allowed)
    }

    #[test]
    fn metrics_that_were_never_recorded_are_listed_with_their_place() {
        let expected = "\
of the 2 metrics of `my_shop`, these were never recorded:
  shop.lost, `Shop::Lost` at src/shop.rs:9
  shop.sold, `Shop::Sold` at src/shop.rs:7
Test the code that records each of them; delete a metric that no code records; allow one that no \
test can reach.";
        assert_eq!(checked([false, false, false], &[]).unwrap_err(), expected);
        assert_eq!(checked([true, true, false], &[]), Ok(()));
    }

    #[test]
    fn one_recorded_definition_is_enough() {
        let problem = checked([false, false, true], &[]).unwrap_err();
        assert!(problem.contains("shop.lost") && !problem.contains("shop.sold"), "{problem}");
    }

    #[test]
    fn allowed_metrics_may_be_silent_and_must_exist() {
        assert_eq!(checked([true, false, false], &["shop.lost"]), Ok(()));
        assert_eq!(checked([false, false, false], &["shop.*"]), Ok(()));
        assert_eq!(checked([true, true, true], &["shop.lost"]), Ok(()));
        assert!(checked([true, false, false], &["shop.sold"]).is_err());
        assert_eq!(
            checked([true, true, true], &["shop.lots"]).unwrap_err(),
            "`shop.lots` is allowed not to be recorded, but is no metric of `my_shop`; remove it \
             from the list, or write the metric's present name"
        );
    }

    #[test]
    fn a_crate_without_metrics_is_an_error() {
        let problem = check("shop", [metric("a", "A::A", 1, true)].into_iter(), &[]).unwrap_err();
        assert!(problem.contains("no metric of the crate `shop`"), "{problem}");
    }

    #[cfg(not(miri))]
    #[test]
    fn a_missing_file_is_an_error_that_says_what_to_run() {
        let problem = noted(Some(Path::new("/nowhere/recorded.txt"))).unwrap_err();
        assert!(problem.contains("first run the tests that record"), "{problem}");
        assert_eq!(noted(None), Ok(BTreeSet::new()));
    }
}
