//! One line at the root of a crate gives a renamed facade its own name back.
#![deny(missing_docs, warnings)]

extern crate tm as typed_metrics;

use tm::testing::capture;

#[derive(tm::Label)]
enum Cache {
    Hit,
    Miss,
}

#[derive(tm::Metrics)]
#[metrics(prefix = "alias")]
enum Shop {
    #[counter]
    Lookups { cache: Cache },
}

#[tm::timed]
fn look_up(hit: bool) {
    Shop::lookups(if hit { Cache::Hit } else { Cache::Miss }).inc();
}

#[test]
fn the_macros_need_no_path_then() {
    let seen = capture(|| {
        look_up(true);
        look_up(false);
    });
    assert_eq!(seen.counter(Shop::Lookups { cache: Cache::Hit }), 1);
}
