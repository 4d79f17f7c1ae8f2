//! Labels that a client chose so that their hashes would be equal if the hash had no secret seeds.

use std::time::{Duration, Instant};

use typed_metrics::testing::capture;
use typed_metrics::{Metrics, snapshot};

/// A constant of the hash function, from its public source.
const PUBLIC: i64 = 0xc0ac_29b7_c97c_50dd_u64.cast_signed();

#[derive(Metrics)]
#[metrics(prefix = "collisions")]
enum Collisions<'a> {
    #[counter(series_limit = 10_000)]
    Requests { path: &'a str, id: i64 },
}

mod alike {
    pub(crate) mod one {
        #[derive(typed_metrics::Metrics)]
        #[metrics(prefix = "collisions")]
        pub(crate) enum Alike {
            #[counter(positional)]
            Joined { shop: i64, id: i64 },
        }
    }

    pub(crate) mod two {
        #[derive(typed_metrics::Metrics)]
        #[metrics(prefix = "collisions")]
        pub(crate) enum Alike {
            #[counter(positional)]
            Joined { shop: i64, id: i64 },
        }
    }
}

/// The shortest time in which one measurement is recorded in each series.
fn shortest(paths: &[String], id: i64) -> Duration {
    let round = || {
        let start = Instant::now();
        paths.iter().for_each(|path| Collisions::requests(path, id).inc());
        start.elapsed()
    };
    round();
    (0..20).map(|_| round()).min().unwrap()
}

#[test]
fn chosen_labels_cost_the_same_as_others() {
    let paths: Vec<_> = (0..2000).map(|i| format!("/path/{i}")).collect();
    let (others, chosen) = (shortest(&paths, 1), shortest(&paths, PUBLIC));
    assert!(chosen < others * 8, "{chosen:?} instead of {others:?}");
}

#[test]
fn series_with_chosen_labels_stay_apart_when_definitions_are_joined() {
    let seen = capture(|| {
        for (shop, n) in [(1, 1), (2, 10), (3, 100)] {
            alike::one::Alike::joined(shop, PUBLIC).add(n);
            alike::two::Alike::joined(shop, PUBLIC).add(n);
        }
    });
    for snapshot in [&seen.snapshot, &snapshot()] {
        let joined = &snapshot.get("collisions.joined").unwrap().series;
        let values: Vec<_> = joined.iter().map(|series| series.value.as_f64()).collect();
        assert_eq!(values, [2.0, 20.0, 200.0]);
    }
}
