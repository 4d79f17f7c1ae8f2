//! Stamps past 32 bits, which no test can reach by removing, and indices of no cell.

use super::*;
use crate::cells::change::Reading;
use crate::cells::sum;
use crate::labels::part::Part;
use crate::labels::value::LabelRef;
use crate::metric::definition::Definition;
use crate::metric::lifetime::Lifetime;
use crate::metric::source::Place;
use crate::rules::kind::ValueType;
use crate::shards::layout::Width;
use crate::shards::shard;
use crate::store::family::Family;
use crate::store::key::Parts;
use crate::store::read::{View, read};
use crate::store::series::Series;
use crate::store::state::NO_STAMP;

const DEFINITION: Definition = Definition {
    name: "stamps",
    metric_type: MetricType::UpDownCounter,
    value_type: ValueType::I64,
    unit: "",
    description: "",
    labels: &[],
    boundaries: &[],
    exponential: None,
    series_limit: 1,
    lifetime: Lifetime::UNSET,
    presentation: None,
    place: &Place::NOWHERE,
    line: 0,
    item: "",
};
static FIXED: Family = Family::new(DEFINITION, &FIXED);

fn held(series: Series) -> Option<i64> {
    match read(series, &View::everything())? {
        Reading::Number(bits) => Some(bits.cast_signed()),
        Reading::Histogram(_) => None,
    }
}

#[test]
fn removals_past_32_bits_end_lives_as_others_do() {
    let series = || FIXED.typed(Width::Unknown, &Parts([]));
    let remove = |series: Series| series.block.remove(series.position(), 0, End::Removal);
    for bits in [31, 32, 40] {
        series().add(1_i64);
        series().block.stamp.store((1 << bits) - 3, Release);
        let kept = series();
        for _ in 0..6 {
            let (counted, life) = series().add_counted(5_i64);
            remove(series());
            assert_eq!(held(series()), None);
            counted.add_in(life, -5_i64);
            assert_eq!(held(series()), None, "taken back in an earlier life");
            kept.add(2_i64);
            assert_eq!(held(series()), Some(2));
            remove(series());
        }
    }
}

#[test]
fn a_handle_never_writes_under_the_labels_that_have_its_memory_after_many_removals() {
    let family = Family::leak(DEFINITION);
    let find = |name: &'static str| family.find(&Parts([Part::open(LabelRef::Str(name))]));
    find("a").add(1_i64);
    let block = find("a").block;
    let old = find("a");
    let stamp = block.stamp() + (1 << 32);
    block.stamp.store(stamp, Release);
    let kept = find("a");
    block.owner().end_life(block, stamp, End::Removal);
    find("b").add(10_i64);
    assert!(std::ptr::eq(find("b").block, block), "the memory is that of `a`");
    old.add(7_i64);
    kept.add(7_i64);
    assert_eq!(held(find("b")), Some(10));
}

#[test]
fn an_open_series_whose_index_is_that_of_no_cell_takes_the_slow_path() {
    let family = Family::leak(DEFINITION);
    let series = family.find(&Parts([Part::open(LabelRef::Str("a"))]));
    series.add(5_i64);
    assert!(series.add_to_open_run(1_i64).is_some());
    // The memory to which these indices lead exists.
    assert!(shard::cells_or_claim(0).is_some());
    for index in [OUT, SHARED] {
        series.block.base.store(index, Relaxed);
        assert_eq!(shard::sum(index).map(sum::tag), Some(NO_STAMP));
        assert!(series.add_to_open_run(1_i64).is_none());
        series.add(10_i64);
    }
    assert_eq!(held(series), Some(26));
}

#[test]
fn a_series_that_is_never_current_adds_nothing_on_the_fast_path() {
    let family = Family::leak(DEFINITION);
    let series = family.find(&Parts([Part::open(LabelRef::Str("a"))]));
    series.add(5_i64);
    let never = series.never_current();
    assert!(series.is_current() && !never.is_current());
    assert!(never.add_to_open_run(1_i64).is_none());
    assert_eq!(held(series), Some(5));
}
