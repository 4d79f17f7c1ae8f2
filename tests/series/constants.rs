//! Constants in place of literals.

use typed_metrics::{Descriptor, Metrics, snapshot};

mod settings {
    pub(crate) const PREFIX: &str = "constants";
    pub(crate) const LIMIT: usize = 4;

    pub(crate) const fn doubling<const N: usize>() -> [f64; N] {
        let mut boundaries = [1.0; N];
        let mut i = 1;
        while i < N {
            boundaries[i] = 2.0 * boundaries[i - 1];
            i += 1;
        }
        boundaries
    }
}

const SLICE: &[f64] = &[0.5, 1.5];

#[derive(Metrics)]
#[metrics(prefix = settings::PREFIX, series_limit = settings::LIMIT)]
enum Constants<'a> {
    #[histogram(buckets = SLICE)]
    Slice { name: &'a str },
    #[histogram(buckets = settings::doubling::<4>(), series_limit = 2 * settings::LIMIT)]
    Call { name: &'a str },
    #[histogram(buckets = [-1, SLICE[0], 2.5, f64::MAX], series_limit = 7)]
    Elements,
    #[counter(name = "9.lives")]
    Lives { flag: bool },
}

macro_rules! in_a_macro {
    ($prefix:expr, $limit:expr, $buckets:expr) => {
        #[derive(Metrics)]
        #[metrics(prefix = $prefix, series_limit = $limit)]
        enum InAMacro {
            #[histogram(buckets = $buckets)]
            Passed,
        }
    };
}

in_a_macro!(settings::PREFIX, settings::LIMIT + 1, SLICE);

fn facts(descriptors: &[&'static Descriptor]) -> Vec<(&'static str, usize, &'static [f64])> {
    let facts = descriptors.iter().map(|d| (d.name(), d.series_limit(), d.boundaries()));
    facts.collect()
}

#[test]
fn metrics_have_the_values_of_the_constants() {
    let expected: [(_, _, &[f64]); 4] = [
        ("constants.slice", 4, &[0.5, 1.5]),
        ("constants.call", 8, &[1.0, 2.0, 4.0, 8.0]),
        ("constants.elements", 7, &[-1.0, 0.5, 2.5, f64::MAX]),
        ("constants.9.lives", 4, &[]),
    ];
    assert_eq!(facts(&Constants::descriptors()), expected);
    let expected: [(_, _, &[f64]); 1] = [("constants.passed", 5, SLICE)];
    InAMacro::passed().record(1.0);
    assert_eq!(facts(&InAMacro::descriptors()), expected);
}

#[test]
fn constants_of_a_function_are_found() {
    const LIMIT: usize = 3;
    const PREFIX: &str = "local";

    #[derive(Metrics)]
    #[metrics(prefix = PREFIX, series_limit = LIMIT)]
    enum Local {
        #[counter]
        Count,
    }
    Local::count().inc();
    assert_eq!(facts(&Local::descriptors()), [("local.count", 3, &[][..])]);
}

#[test]
fn a_constant_limit_holds() {
    for name in ["a", "b", "c", "d", "e", "f", "g", "h", "i"] {
        Constants::slice(name).record(1.0);
        Constants::call(name).record(1.0);
    }
    Constants::elements().record(0.0);
    Constants::lives(true).inc();
    let snapshot = snapshot();
    // One more, the overflow series.
    assert_eq!(snapshot.get("constants.slice").unwrap().series.len(), 5);
    assert_eq!(snapshot.get("constants.call").unwrap().series.len(), 9);
}
