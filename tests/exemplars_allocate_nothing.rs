//! Recording with exemplars does not allocate once the slots of the candidates exist. The test has
//! a process of its own, because exemplars are switched on for the whole process.

use typed_metrics::{CurrentSpan, ExemplarFilter, Metrics, Reader, set_exemplars};

#[derive(Metrics)]
#[metrics(prefix = "steady.exemplars")]
enum Steady<'a> {
    #[counter]
    Fixed,
    #[counter(value = f64)]
    Open { name: &'a str },
    #[histogram(buckets = [10, 100])]
    Sizes { name: &'a str },
}

/// The allocations of a thousand calls, after a call that makes the series and the slot.
fn allocations(mut record: impl FnMut()) -> u64 {
    record();
    record();
    allocation_counter::measure(|| (0..1000).for_each(|_| record())).count_total
}

#[test]
fn recording_with_exemplars_allocates_nothing() {
    set_exemplars(ExemplarFilter::TraceBased, || Some(CurrentSpan::new([7; 16], [9; 8], true)));
    let reader = Reader::new();
    for _ in 0..3 {
        assert_eq!(allocations(|| Steady::fixed().inc()), 0);
        assert_eq!(allocations(|| Steady::open("a").add(0.5)), 0);
        assert_eq!(allocations(|| Steady::sizes("a").record(5)), 0);
        // The first measurements of an interval are candidates.
        let snapshot = reader.collect();
        let fixed = snapshot.get("steady.exemplars.fixed").unwrap();
        assert_eq!(fixed.series[0].exemplars.len(), 1);
        let first = allocation_counter::measure(|| {
            Steady::fixed().inc();
            Steady::open("a").add(0.5);
            Steady::sizes("a").record(5);
        });
        assert_eq!(first.count_total, 0);
    }
    set_exemplars(ExemplarFilter::AlwaysOff, || None);
}
