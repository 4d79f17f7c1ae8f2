//! The labels that a thread remembers are those of its operations all the same.

use std::convert::Infallible;

use typed_metrics_core::testing::{Captured, capture};
use typed_metrics_db::{Database, DbMetrics, DbOperation, System};

fn ask(database: &Database, name: &'static str) {
    database.operation(name).run(|| Ok::<_, Infallible>(())).unwrap();
}

fn count(seen: &Captured<()>, labels: DbOperation<'_>) -> u64 {
    seen.histogram(DbMetrics::OperationDuration(labels)).count
}

fn series(seen: &Captured<()>) -> usize {
    seen.snapshot.get("db.client.operation.duration").map_or(0, |metric| metric.series.len())
}

#[test]
fn each_label_of_an_operation_counts() {
    let shop = || Database::new(System::REDIS).namespace("shop").server("a.internal", 7000);
    let databases = [
        shop(),
        Database::new(System::new("valkey")).namespace("shop").server("a.internal", 7000),
        shop().namespace("user"),
        shop().server("b.internal", 7000),
        shop().server("a.internal", 7001),
        Database::new(System::REDIS),
    ];
    let operations = [
        |database: &Database| ask(database, "GET"),
        |database: &Database| ask(database, "SET"),
        |database: &Database| {
            let get = database.operation("GET").collection("users");
            get.run(|| Ok::<_, Infallible>(())).unwrap();
        },
        |database: &Database| {
            let get = database.operation("GET").summary("users");
            get.run(|| Ok::<_, Infallible>(())).unwrap();
        },
        |database: &Database| {
            database.summary("GET").run(|| Ok::<_, Infallible>(())).unwrap();
        },
    ];
    let seen = capture(|| {
        for _ in 0..3 {
            for database in &databases {
                operations.iter().for_each(|ask| ask(database));
            }
        }
    });
    assert_eq!(series(&seen), databases.len() * operations.len());
    let metric = seen.snapshot.get("db.client.operation.duration").unwrap();
    for series in &metric.series {
        let count = series.value.as_histogram().unwrap().count;
        assert_eq!(count, 3, "{:?}", series.labels);
    }
}

#[test]
fn databases_of_the_same_names_have_the_same_series() {
    let seen = capture(|| {
        for _ in 0..10 {
            // The names of a database that is dropped make room for those of the next one.
            for namespace in ["first", "other"] {
                let database = Database::new(System::MYSQL).namespace(namespace.to_owned());
                ask(&database, "SELECT");
                ask(&database.clone(), "SELECT");
            }
        }
    });
    for namespace in ["first", "other"] {
        let labels = DbOperation {
            namespace: Some(namespace),
            operation: Some("SELECT"),
            ..DbOperation::of(System::MYSQL)
        };
        assert_eq!(count(&seen, labels), 20);
    }
    assert_eq!(series(&seen), 2);
}

#[test]
fn a_series_that_is_removed_begins_again() {
    let database = Database::new(System::MONGODB);
    let labels = DbOperation { operation: Some("find"), ..DbOperation::of(System::MONGODB) };
    for _ in 0..3 {
        ask(&database, "find");
        DbMetrics::operation_duration(labels).remove();
        ask(&database, "find");
        ask(&database, "find");
    }
    let all = typed_metrics_core::snapshot();
    let durations = all.get("db.client.operation.duration").unwrap();
    let is_find = |labels: &typed_metrics_core::Labels| {
        labels.get("db.operation.name").is_some_and(|name| name.to_string() == "find")
    };
    let counts: Vec<_> = durations
        .series
        .iter()
        .filter(|series| is_find(&series.labels))
        .map(|series| series.value.as_histogram().unwrap().count)
        .collect();
    assert_eq!(counts, [2]);
}
