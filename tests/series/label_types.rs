//! The types that are labels, and what they are exported as.

use std::net::{IpAddr, Ipv4Addr};
use std::num::{NonZeroU16, NonZeroU64};

use typed_metrics::testing::capture;
use typed_metrics::{LabelValue, Metrics, snapshot};

#[derive(Metrics)]
#[metrics(prefix = "label_types")]
enum Types<'a> {
    #[counter]
    NonZero { port: NonZeroU16, id: Option<NonZeroU64> },
    #[counter]
    Displayed {
        #[label(display)]
        peer: Option<IpAddr>,
        #[label(display, name = "via")]
        proxy: std::option::Option<&'a IpAddr>,
        name: &'a str,
    },
}

fn labels(metric: &str) -> Vec<String> {
    let snapshot = snapshot();
    snapshot.get(metric).unwrap().series.iter().map(|series| series.labels.to_string()).collect()
}

#[test]
fn integers_that_are_not_zero_are_integers() {
    Types::non_zero(NonZeroU16::MAX, NonZeroU64::new(7)).inc();
    Types::non_zero(NonZeroU16::MIN, None).inc();
    assert_eq!(labels("label_types.non_zero"), ["port=65535 id=7", "port=1"]);
    let snapshot = snapshot();
    let series = &snapshot.get("label_types.non_zero").unwrap().series[1];
    assert_eq!(series.labels.get("port"), Some(&LabelValue::Int(1)));
}

#[test]
fn a_displayed_option_is_left_out_if_it_is_none() {
    let local = IpAddr::from(Ipv4Addr::LOCALHOST);
    Types::displayed(Some(local), None, "a").inc();
    Types::displayed(None, Some(&local), "b").inc();
    Types::displayed(None, None, "c").inc();
    assert_eq!(
        labels("label_types.displayed"),
        ["peer=127.0.0.1 name=a", "via=127.0.0.1 name=b", "name=c"]
    );
    let seen = capture(|| Types::displayed(None, Some(&local), "b").add(2));
    seen.assert_counter(Types::Displayed { peer: None, proxy: Some(&local), name: "b" }, 2);
}
