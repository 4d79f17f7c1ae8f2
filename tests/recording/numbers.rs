//! The numbers that sums take without a conversion.

use typed_metrics::testing::capture;
use typed_metrics::{DropReason, Metrics, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "numbers")]
enum Numbers {
    #[counter]
    Counted,
    #[counter(value = f64)]
    Weighed,
    #[up_down_counter]
    Level,
    #[up_down_counter(value = f64)]
    Balance,
    #[counter]
    Negative,
}

#[derive(Metrics)]
#[metrics(prefix = "numbers.alike")]
enum Alike {
    #[counter]
    Counted,
}

#[test]
fn plain_numbers_need_no_type() {
    let seen = capture(|| {
        Numbers::counted().add(1);
        Numbers::weighed().add(1);
        Numbers::weighed().add(0.5);
        Numbers::level().add(3);
        Numbers::level().add(-1);
        Numbers::balance().add(-1);
        Numbers::balance().add(0.5);
        Alike::Counted.record(2);
    });
    assert_eq!(seen.counter(Numbers::Counted), 1);
    assert_eq!(seen.sum(Numbers::Weighed), 1.5);
    assert_eq!(seen.up_down_counter(Numbers::Level), 2);
    assert_eq!(seen.sum(Numbers::Balance), -0.5);
    assert_eq!(seen.counter(Alike::Counted), 2);
}

#[test]
fn counters_take_every_unsigned_integer() {
    let letters = ["a", "b", "c"];
    let seen = capture(|| {
        Numbers::counted().add(letters.len());
        Numbers::counted().add(1_u8);
        Numbers::counted().add(1_u16);
        Numbers::counted().add(1_u32);
        Numbers::counted().add(u64::MAX - 10);
        Numbers::weighed().add(letters.len());
        Numbers::weighed().add(0.5_f32);
        Alike::Counted.record(letters.len());
    });
    assert_eq!(seen.counter(Numbers::Counted), u64::MAX - 4);
    assert_eq!(seen.sum(Numbers::Weighed), 3.5);
    assert_eq!(seen.counter(Alike::Counted), 3);
}

#[test]
fn up_down_counters_take_every_integer_that_fits() {
    let seen = capture(|| {
        Numbers::level().add(i8::MIN);
        Numbers::level().add(i16::MAX);
        Numbers::level().add(1_isize);
        Numbers::level().add(u8::MAX);
        Numbers::level().add(u16::MAX);
        Numbers::level().add(u32::MAX);
        Numbers::balance().add(u32::MAX);
        Numbers::balance().add(-0.5_f32);
    });
    let sum = -128 + 32_767 + 1 + 255 + 65_535 + i64::from(u32::MAX);
    assert_eq!(seen.up_down_counter(Numbers::Level), sum);
    assert_eq!(seen.sum(Numbers::Balance), f64::from(u32::MAX) - 0.5);
}

#[test]
fn a_negative_increment_is_counted_as_dropped() {
    Numbers::negative().add(-1);
    Numbers::negative().add(2);
    let snapshot = snapshot();
    let negative = snapshot.get("numbers.negative").unwrap();
    assert_eq!(negative.series[0].value.as_f64(), 2.0);
    assert_eq!(negative.dropped, [(DropReason::Negative, 1)]);
}
