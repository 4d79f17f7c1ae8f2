//! Functions without a metric of their own: the paths under which they are recorded.

use typed_metrics::testing::{Captured, capture};

use crate::polls::block_on;

/// The `function` labels of `function.duration` in this module, with the outcome.
fn functions<R>(seen: &Captured<R>) -> Vec<String> {
    let Some(metric) = seen.snapshot.get("function.duration") else { return Vec::new() };
    let label =
        |series: &typed_metrics::SeriesSnapshot, name| series.labels.get(name).unwrap().to_string();
    let mut all: Vec<_> = metric
        .series
        .iter()
        .inspect(|series| assert_eq!(label(series, "module"), "timed::forms::paths::by_default"))
        .map(|series| format!("{} {}", label(series, "function"), label(series, "outcome")))
        .collect();
    all.sort();
    all
}

mod by_default {
    use typed_metrics::timed;

    use super::super::pause;

    #[timed]
    pub(super) fn free() {}

    #[timed]
    pub(super) fn r#match<T>(_: T) {}

    pub(super) struct Type<T>(pub(super) T);

    pub(super) trait Trait {
        #[timed]
        fn provided(&self) -> u8 {
            1
        }
        fn required(&self) -> u8;
    }

    #[timed]
    impl<T: Copy> Type<T> {
        pub(super) fn method(&self) -> T {
            self.0
        }
        pub(super) async fn later(&self) -> Result<T, ()> {
            pause().await;
            Err(())
        }
    }

    impl Trait for Type<u8> {
        #[timed]
        fn required(&self) -> u8 {
            self.0
        }
    }
}

#[test]
fn functions_without_a_metric_are_recorded_under_their_path() {
    use by_default::{Trait, Type, free, r#match};

    let seen = capture(|| {
        free();
        assert_eq!(Type(5).method(), 5);
        block_on(Type('x').later()).unwrap_err();
        assert_eq!(Type(5).provided() + Type(5).required(), 6);
        r#match(1);
        r#match("a");
    });
    assert_eq!(
        functions(&seen),
        [
            "<Type as Trait>::required ok",
            "Trait::provided ok",
            "Type::later error",
            "Type::method ok",
            "free ok",
            "match ok"
        ]
    );
    let metric = seen.snapshot.get("function.duration").unwrap();
    assert_eq!(metric.descriptor.unit(), "s");
    let twice = metric.series_with(&[
        ("function", "match"),
        ("module", "timed::forms::paths::by_default"),
        ("outcome", "ok"),
    ]);
    assert_eq!(twice.unwrap().value.as_histogram().unwrap().count, 2);
    assert!(typed_metrics::catalog().iter().any(|metric| metric.name() == "function.duration"));
}
