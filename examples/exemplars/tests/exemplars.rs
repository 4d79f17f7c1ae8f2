//! The program prints each bucket with an exemplar of a value inside the bucket.

use std::process::Command;

#[test]
fn each_bucket_that_has_values_leads_to_a_trace() {
    let output = Command::new(env!("CARGO_BIN_EXE_exemplars")).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let printed = String::from_utf8(output.stdout).unwrap();
    let exemplar = |begin: &str| {
        let line = printed.lines().find(|line| line.starts_with(begin)).unwrap();
        let (_, exemplar) = line.split_once(" # {trace_id=\"").unwrap_or_else(|| panic!("{line}"));
        let (ids, rest) = exemplar.split_once("} ").unwrap();
        assert!(ids.contains("\",span_id=\""), "{line}");
        rest.split(' ').next().unwrap().parse::<f64>().unwrap()
    };
    let of = |limit: &str| {
        exemplar(&format!("bakery_order_duration_milliseconds_bucket{{le=\"{limit}\"}}"))
    };
    assert!(of("10.0") <= 10.0);
    assert!((10.0..=100.0).contains(&of("100.0")));
    assert_eq!(of("1000.0"), 700.0);
    assert_eq!(exemplar("bakery_orders_total "), 1.0);
}
