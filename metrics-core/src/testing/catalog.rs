//! Pinning the metrics that a crate defines: the catalog in a file.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::ErrorKind;
use std::path::Path;
use std::{env, fs};

use crate::collect::registry::typed_metrics;
use crate::labels::value::LabelRef;
use crate::metric::descriptor::Descriptor;
use crate::metric::label_descriptor::LabelDescriptor;
use crate::metric::lifetime::Lifetime;
use crate::metric::source::Source;
use crate::rules::kind::MetricType;

/// The variable that, set to `1`, writes the file.
const UPDATE: &str = "UPDATE_CATALOG";

/// The facts about each metric, by the name of the metric.
type Catalog = BTreeMap<String, Vec<String>>;

/// Asserts that the metrics which the enums of a crate define are those in a file, so that a
/// renamed variant or label fails a test before it breaks a dashboard.
///
/// The file is committed. `UPDATE_CATALOG=1 cargo test` writes it. For each metric it has the name,
/// the kind, the type of the values, the unit, the buckets, the labels with the values of the fixed
/// ones, the series limit, the metric's own expiry and its old name. The description may change
/// freely, and so may the order of variants and labels.
///
/// The crate's name may be written with hyphens, so `env!("CARGO_PKG_NAME")` is the name of the
/// package's library. The path begins at the folder of the package, where cargo runs tests. The
/// test is best an integration test, such as `tests/catalog.rs`: a unit test also sees the metrics
/// that other tests of the crate define. Metrics that are registered at run time belong to no
/// crate.
///
/// ```no_run
/// use shop as _; // Without `use`, the crate is not part of the test's program.
/// # use typed_metrics_core as typed_metrics;
/// # mod shop {}
///
/// # /* A test that rustdoc compiles as a program:
/// #[test]
/// # */
/// fn the_metrics_of_this_crate_are_pinned() {
///     typed_metrics::testing::assert_catalog(env!("CARGO_PKG_NAME"), "tests/catalog.txt");
/// }
/// ```
///
/// The file has one fact a line, so that a diff shows what changed:
///
/// ```standalone_crate
/// # use typed_metrics_derive::{Label, Metrics};
/// # use typed_metrics_core as typed_metrics;
/// # let name = module_path!().split("::").next().unwrap();
/// # let file = std::env::temp_dir().join(format!("catalog-{}.txt", std::process::id()));
/// use typed_metrics::testing::assert_catalog;
///
/// #[derive(Label)]
/// # #[label(crate = typed_metrics_core)]
/// enum Size {
///     Small,
///     Large,
/// }
///
/// #[derive(Metrics)]
/// #[metrics(prefix = "post")]
/// # #[metrics(crate = typed_metrics_core)]
/// enum Post<'a> {
///     #[histogram(unit = "g", buckets = [20, 50, 500])]
///     Weight { size: Size, country: &'a str },
/// }
///
/// let catalog = r#"
/// post.weight
///   histogram of f64
///   unit g
///   buckets 20, 50, 500
///   label country
///   label size: "large", "small"
///   series limit 2000
/// "#;
/// std::fs::write(&file, catalog).unwrap();
/// assert_catalog(name, &file);
/// # std::fs::remove_file(file).unwrap();
/// ```
///
/// # Panics
/// If the metrics differ from those in the file; the message shows the lines that do. If the file
/// cannot be read, or written. If the program has no metric of the crate.
///
/// Under Miri, which has no linker to find the metrics, it does nothing.
#[track_caller]
pub fn assert_catalog(crate_name: &str, file: impl AsRef<Path>) {
    if cfg!(miri) {
        return;
    }
    let is_update = env::var_os(UPDATE).is_some_and(|value| value == "1");
    let checked = catalog_of(&crate_name.replace('-', "_"), typed_metrics())
        .and_then(|catalog| check(&catalog, crate_name, file.as_ref(), is_update));
    if let Err(problem) = checked {
        panic!("{problem}");
    }
}

/// The catalog of a crate, or the reason why there is none.
fn catalog_of(
    crate_name: &str,
    metrics: impl Iterator<Item = &'static Descriptor>,
) -> Result<Catalog, String> {
    let own = of_crate(crate_name, metrics, |metric| metric.source())?;
    let mut definitions: Vec<_> = own.iter().map(|metric| (metric.name(), facts(metric))).collect();
    definitions.sort();
    let mut catalog = Catalog::new();
    for (name, facts) in definitions {
        // A crate may define a metric several times, and with different labels.
        let known = catalog.entry(name.to_owned()).or_default();
        for fact in facts {
            if !known.contains(&fact) {
                known.push(fact);
            }
        }
    }
    Ok(catalog)
}

/// The metrics of a crate, or the reason why there are none.
pub(super) fn of_crate<T>(
    crate_name: &str,
    metrics: impl Iterator<Item = T>,
    source: impl Fn(&T) -> Source,
) -> Result<Vec<T>, String> {
    let (own, other): (Vec<_>, Vec<_>) =
        metrics.partition(|metric| source(metric).crate_name() == crate_name);
    if own.is_empty() {
        let others: BTreeSet<_> = other.iter().map(|metric| source(metric).crate_name()).collect();
        return Err(format!(
            "this program has no metric of the crate `{crate_name}`, but metrics of {others:?}; \
             write `use {crate_name} as _;` if the test uses nothing of the crate"
        ));
    }
    Ok(own)
}

/// One line for each fact that a dashboard may depend on.
fn facts(metric: &Descriptor) -> Vec<String> {
    let mut facts = vec![match metric.state_label() {
        Some(label) => format!("state in label {label}"),
        None if metric.is_info() => "info".to_owned(),
        None => format!("{} of {}", metric.metric_type(), metric.value_type()),
    }];
    if !metric.unit().is_empty() {
        facts.push(format!("unit {}", metric.unit()));
    }
    if metric.metric_type() == MetricType::Histogram {
        let grid = metric.definition().grid();
        let boundaries: Vec<_> = grid.boundaries().iter().map(f64::to_string).collect();
        let buckets = grid.exponential().map(|_| grid.to_string());
        facts.push(format!("buckets {}", buckets.unwrap_or_else(|| boundaries.join(", "))));
    }
    let mut labels: Vec<_> = metric.labels().iter().map(label).collect();
    labels.sort();
    facts.append(&mut labels);
    if !metric.labels().is_empty() {
        facts.push(format!("series limit {}", metric.definition().series_limit));
    }
    facts.extend(metric.was().map(|old| format!("was {old}")));
    let expiry = metric.definition().lifetime.in_prose();
    if expiry != Lifetime::UNSET.in_prose() {
        facts.push(expiry);
    }
    facts
}

fn label(label: &LabelDescriptor) -> String {
    let name = label.name();
    let Some(count) = label.cardinality() else {
        return format!("label {name}");
    };
    let mut values: Vec<_> = (0..count).map(|index| value(label.value_at(index))).collect();
    values.sort();
    format!("label {name}: {}", values.join(", "))
}

fn value(value: LabelRef<'_>) -> String {
    match value {
        LabelRef::Absent => "absent".to_owned(),
        LabelRef::Bool(value) => value.to_string(),
        LabelRef::Int(value) => value.to_string(),
        LabelRef::Float(value) => value.to_string(),
        LabelRef::Str(text) => format!("{text:?}"),
        LabelRef::List(list) => list.to_string(),
    }
}

/// Compares the catalog with the file, or writes the file.
fn check(catalog: &Catalog, crate_name: &str, file: &Path, is_update: bool) -> Result<(), String> {
    let shown = file.display();
    if is_update {
        return fs::write(file, text(catalog, crate_name))
            .map_err(|error| format!("the catalog `{shown}` cannot be written: {error}"));
    }
    let pinned = fs::read_to_string(file).map_err(|error| match error.kind() {
        ErrorKind::NotFound => {
            format!("the catalog `{shown}` does not exist; `{UPDATE}=1 cargo test` writes it")
        }
        _ => format!("the catalog `{shown}` cannot be read: {error}"),
    })?;
    let difference = difference(&parse(&pinned), catalog);
    if difference.is_empty() {
        return Ok(());
    }
    Err(format!(
        "the metrics of `{crate_name}` are not those of `{shown}`; if they should change, \
         `{UPDATE}=1 cargo test` writes the file\n{difference}"
    ))
}

fn text(catalog: &Catalog, crate_name: &str) -> String {
    let mut text =
        format!("# The metrics of `{crate_name}`. `{UPDATE}=1 cargo test` writes this file.\n");
    for (name, facts) in catalog {
        text.push('\n');
        push_metric(&mut text, "", name, facts);
    }
    text
}

/// The catalog in the text of a file. A line without indentation begins a metric. Empty lines and
/// lines that begin with `#` have no meaning.
fn parse(text: &str) -> Catalog {
    let mut catalog = Catalog::new();
    let mut name = "";
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let is_fact = line.starts_with(char::is_whitespace);
        if !is_fact {
            name = line.trim();
        }
        let facts = catalog.entry(name.to_owned()).or_default();
        if is_fact {
            facts.push(line.trim().to_owned());
        }
    }
    catalog
}

/// The metrics that differ, with `-` before the lines of the file alone and `+` before those that
/// the file lacks. Empty if none differ.
fn difference(pinned: &Catalog, found: &Catalog) -> String {
    let mut text = String::new();
    let names: BTreeSet<_> = pinned.keys().chain(found.keys()).collect();
    for name in names {
        match (pinned.get(name), found.get(name)) {
            (Some(old), None) => push_metric(&mut text, "- ", name, old),
            (None, Some(new)) => push_metric(&mut text, "+ ", name, new),
            (Some(old), Some(new)) => {
                let removed = old.iter().filter(|fact| !new.contains(fact));
                let added = new.iter().filter(|fact| !old.contains(fact));
                let lines: Vec<_> =
                    removed.map(|fact| ('-', fact)).chain(added.map(|fact| ('+', fact))).collect();
                if !lines.is_empty() {
                    let _ = writeln!(text, "  {name}");
                }
                for (sign, fact) in lines {
                    let _ = writeln!(text, "{sign}   {fact}");
                }
            }
            (None, None) => {}
        }
    }
    text
}

fn push_metric(text: &mut String, before: &str, name: &str, facts: &[String]) {
    // Writing to a `String` does not fail.
    let _ = writeln!(text, "{before}{name}");
    for fact in facts {
        let _ = writeln!(text, "{before}  {fact}");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::metric::definition::Definition;
    use crate::metric::presentation::Presentation;
    use crate::metric::source::Place;
    use crate::rules::exponential::ExponentialSettings;
    use crate::rules::kind::ValueType;

    const REQUESTS: Definition = Definition {
        name: "shop.requests",
        metric_type: MetricType::Counter,
        value_type: ValueType::U64,
        unit: "{request}",
        description: "Requests.",
        labels: &[
            LabelDescriptor::of::<u16>("status"),
            LabelDescriptor::of::<Option<bool>>("cached"),
        ],
        boundaries: &[],
        exponential: None,
        series_limit: 500,
        lifetime: Lifetime::UNSET,
        presentation: None,
        place: &Place { file: "shop.rs", module: "my_shop::metrics" },
        line: 1,
        item: "Shop",
    };
    const DURATION: Definition = Definition {
        name: "shop.duration",
        metric_type: MetricType::Histogram,
        value_type: ValueType::F64,
        unit: "ms",
        labels: &[],
        boundaries: &[0.5, 10.0],
        exponential: None,
        lifetime: Lifetime::UNSET.tracked().expires(Some(600_000)),
        ..REQUESTS
    };
    const TEXT: &str = r"# The metrics of `my-shop`. `UPDATE_CATALOG=1 cargo test` writes this file.

shop.duration
  histogram of f64
  unit ms
  buckets 0.5, 10
  expiry after 600s

shop.requests
  counter of u64
  unit {request}
  label cached: absent, false, true
  label status
  series limit 500
";

    fn catalog(definitions: &[Definition]) -> Catalog {
        let leaked = definitions.iter().map(|definition| -> &'static Descriptor {
            Box::leak(Box::new(Descriptor::new(*definition)))
        });
        catalog_of("my_shop", leaked).unwrap()
    }

    #[test]
    fn the_text_of_a_catalog_is_sorted_and_reads_back() {
        let catalog = catalog(&[REQUESTS, DURATION]);
        assert_eq!(text(&catalog, "my-shop"), TEXT);
        assert_eq!(parse(TEXT), catalog);
        assert_eq!(parse(&TEXT.replace('\n', "\r\n")), catalog);
    }

    #[test]
    fn an_exponential_histogram_states_its_settings() {
        let settings = ExponentialSettings::DEFAULT.max_size(80);
        let line = |settings| {
            let exponential = Some(settings);
            let duration = Definition { boundaries: &[], exponential, ..DURATION };
            let text = text(&catalog(&[duration]), "my-shop");
            text.lines().find(|line| line.contains("buckets")).unwrap().to_owned()
        };
        assert_eq!(line(settings), "  buckets exponential, max_size = 80");
        assert_eq!(
            line(settings.zero_threshold(0.5)),
            "  buckets exponential, max_size = 80, zero_threshold = 0.5",
        );
    }

    #[test]
    fn order_and_descriptions_do_not_matter() {
        let mut reversed = REQUESTS.labels.to_vec();
        reversed.reverse();
        let labels = reversed.leak();
        let requests = Definition { labels, description: "All requests.", ..REQUESTS };
        let catalog = catalog(&[DURATION, requests]);
        assert_eq!(difference(&parse(TEXT), &catalog), "");
    }

    #[test]
    fn a_renamed_metric_and_a_changed_one_are_in_the_difference() {
        let requests = Definition { name: "shop.all_requests", ..REQUESTS };
        let duration = Definition { unit: "s", boundaries: &[0.5, 20.0], ..DURATION };
        let expected = "\
+ shop.all_requests
+   counter of u64
+   unit {request}
+   label cached: absent, false, true
+   label status
+   series limit 500
  shop.duration
-   unit ms
-   buckets 0.5, 10
+   unit s
+   buckets 0.5, 20
- shop.requests
-   counter of u64
-   unit {request}
-   label cached: absent, false, true
-   label status
-   series limit 500
";
        assert_eq!(difference(&parse(TEXT), &catalog(&[requests, duration])), expected);
    }

    #[test]
    fn states_infos_and_old_names_are_facts() {
        const LABELS: &[LabelDescriptor] =
            &[LabelDescriptor::of::<u16>("node"), LabelDescriptor::of::<bool>("live")];
        const OTHERS: &[LabelDescriptor] = LABELS.split_at(1).0;
        let (metric_type, value_type) = (MetricType::UpDownCounter, ValueType::I64);
        let state = Definition { name: "shop.live", metric_type, value_type, ..REQUESTS };
        let state = Definition { labels: LABELS, unit: "", ..state };
        let state = state.shown(const { &Presentation::PLAIN.states(OTHERS) });
        let info = Definition { name: "shop.build", labels: OTHERS, ..state };
        let info = info.shown(const { &Presentation::PLAIN.info() });
        let duration = DURATION.shown(const { &Presentation::PLAIN.was("store.time") });
        let expected = "\
# The metrics of `my-shop`. `UPDATE_CATALOG=1 cargo test` writes this file.

shop.build
  info
  label node
  series limit 500

shop.duration
  histogram of f64
  unit ms
  buckets 0.5, 10
  was store.time
  expiry after 600s

shop.live
  state in label live
  label live: false, true
  label node
  series limit 500
";
        assert_eq!(text(&catalog(&[state, info, duration]), "my-shop"), expected);
    }

    #[test]
    fn definitions_of_one_metric_are_one_entry_with_all_labels() {
        let labels = const { &[LabelDescriptor::of::<u16>("status")] };
        let twice = catalog(&[REQUESTS, Definition { labels, ..REQUESTS }]);
        assert_eq!(twice, catalog(&[REQUESTS]));
    }

    #[test]
    fn a_crate_without_metrics_is_an_error_that_names_those_with_metrics() {
        let duration: &'static Descriptor = const { &Descriptor::new(DURATION) };
        assert_eq!(
            catalog_of("my_shops", [duration].into_iter()).unwrap_err(),
            "this program has no metric of the crate `my_shops`, but metrics of {\"my_shop\"}; \
             write `use my_shops as _;` if the test uses nothing of the crate"
        );
    }

    #[cfg(not(miri))]
    #[test]
    fn a_missing_file_is_an_error_until_an_update_writes_the_file() {
        let name = format!("typed-metrics-catalog-{}.txt", std::process::id());
        let file = &env::temp_dir().join(name);
        let found = &catalog(&[REQUESTS, DURATION]);
        let missing = check(found, "my-shop", file, false).unwrap_err();
        assert!(
            missing.ends_with("does not exist; `UPDATE_CATALOG=1 cargo test` writes it"),
            "{missing}"
        );
        assert_eq!(check(found, "my-shop", file, true), Ok(()));
        assert_eq!(check(found, "my-shop", file, false), Ok(()));
        let changed = check(&catalog(&[REQUESTS]), "my-shop", file, false).unwrap_err();
        fs::remove_file(file).unwrap();
        assert!(changed.contains("`UPDATE_CATALOG=1 cargo test` writes the file"), "{changed}");
        let removed = "\
- shop.duration
-   histogram of f64
-   unit ms
-   buckets 0.5, 10
-   expiry after 600s
";
        assert!(changed.ends_with(removed), "{changed}");
    }
}
