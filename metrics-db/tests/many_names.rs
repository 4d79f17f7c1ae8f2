//! More names of databases than the process keeps. This is the only test of its process, because
//! the names of later tests would not be kept.

use std::convert::Infallible;

use typed_metrics_core::testing::capture;
use typed_metrics_db::{Database, DbMetrics, DbOperation, System};

#[test]
fn databases_that_are_made_at_run_time_have_their_names() {
    let names: Vec<_> = (0..1500).map(|tenant| format!("tenant {tenant}")).collect();
    let seen = capture(|| {
        for _ in 0..2 {
            for name in &names {
                let database = Database::new(System::CASSANDRA).namespace(name.as_str());
                database.operation("SELECT").run(|| Ok::<_, Infallible>(())).unwrap();
            }
        }
    });
    for name in &names {
        let labels = DbOperation {
            namespace: Some(name),
            operation: Some("SELECT"),
            ..DbOperation::of(System::CASSANDRA)
        };
        let durations = seen.histogram(DbMetrics::OperationDuration(labels));
        assert_eq!(durations.count, 2, "{name}");
    }
}
