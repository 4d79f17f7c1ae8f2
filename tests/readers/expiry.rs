//! Series in which nothing was recorded for some time are removed by a collection.

use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

use typed_metrics::{
    ChangeReader, Metric, MetricSnapshot, Reader, RuntimeMetric, SeriesSnapshot, attributes,
    register_metric, set_default_expiry, snapshot,
};
use typed_metrics_turn::my_turn;

const EXPIRY: Duration = Duration::from_millis(100);

fn metric(metric: Metric, name: &str) -> RuntimeMetric {
    register_metric(name, metric).unwrap()
}

fn find(metric: &str, key: &str) -> Option<SeriesSnapshot> {
    snapshot().get(metric)?.series_with(&[("key", key)]).cloned()
}

fn wait() {
    sleep(EXPIRY + Duration::from_millis(20));
}

#[test]
fn an_idle_series_is_exported_a_last_time_and_then_gone() {
    let _turn = my_turn();
    let visits = metric(Metric::counter("visits").expire(EXPIRY), "visits");
    let (reader, differences) = (Reader::new(), ChangeReader::new());
    let _ = (reader.collect(), differences.changes(|_| true));
    for key in ["idle", "busy"] {
        visits.record(3, attributes!("key" => key)).unwrap();
    }
    let first = reader.collect();
    let visited = |snapshot: &typed_metrics::Snapshot| -> MetricSnapshot {
        snapshot.get("visits").unwrap().clone()
    };
    assert_eq!((visited(&first).series.len(), visited(&first).removed.len()), (2, 0));
    wait();
    visits.record(1, attributes!("key" => "busy")).unwrap();
    let last = visited(&reader.collect());
    let [idle] = &*last.removed else { panic!("{last:?}") };
    assert_eq!((idle.labels.to_string(), idle.value.as_f64()), ("key=idle".into(), 3.0));
    let [busy] = &*last.series else { panic!("{last:?}") };
    assert_eq!((busy.labels.to_string(), busy.value.as_f64()), ("key=busy".into(), 4.0));
    assert!(idle.last_recorded.unwrap() < busy.last_recorded.unwrap());
    assert!(visited(&reader.collect()).removed.is_empty());
    let changed = &differences.changes(|metric| metric.name() == "visits").metrics[0];
    assert_eq!(changed.series.iter().map(|series| series.value.as_f64()).sum::<f64>(), 7.0);
    assert_eq!(changed.removed, [idle.id]);
}

#[test]
fn a_series_that_comes_back_begins_at_zero_with_a_new_time() {
    let _turn = my_turn();
    let calls = metric(Metric::histogram("calls").expire(EXPIRY), "calls");
    calls.record(3, attributes!("key" => "a")).unwrap();
    let before = find("calls", "a").unwrap();
    wait();
    assert!(find("calls", "a").is_none());
    let expired = SystemTime::now();
    calls.record(4, attributes!("key" => "a")).unwrap();
    let after = find("calls", "a").unwrap();
    assert_eq!(after.value.as_histogram().unwrap().count, 1);
    assert!(before.created < after.created && after.created <= expired);
    assert!(before.id != after.id);
}

#[test]
fn a_gauge_that_is_set_to_the_same_value_does_not_expire() {
    let _turn = my_turn();
    let level = metric(Metric::gauge("level").expire(EXPIRY), "level");
    let set = |key: &'static str| level.record(7, attributes!("key" => key)).unwrap();
    set("idle");
    let began = Instant::now();
    while began.elapsed() < 3 * EXPIRY {
        set("busy");
        assert!(find("level", "busy").is_some());
        sleep(Duration::from_millis(5));
    }
    assert!(find("level", "idle").is_none());
    wait();
    assert!(find("level", "busy").is_none());
    set("busy");
    assert_eq!(find("level", "busy").unwrap().value.as_f64(), 7.0);
}

#[test]
fn the_default_expiry_is_for_metrics_without_their_own() {
    let _turn = my_turn();
    let default = metric(Metric::counter("default"), "default");
    let kept = metric(Metric::counter("kept").expire(None), "kept");
    let depth = metric(Metric::up_down_counter("depth"), "depth");
    for metric in [&default, &kept, &depth] {
        metric.record(1, attributes!("key" => "a")).unwrap();
    }
    set_default_expiry(EXPIRY);
    let _ = snapshot();
    wait();
    let found = ["default", "kept", "depth"].map(|name| find(name, "a").is_some());
    set_default_expiry(None);
    assert!(find("kept", "a").unwrap().last_recorded.is_none());
    assert_eq!(found, [false, true, true]);
}

#[test]
fn an_expired_series_makes_room_under_the_limit() {
    let _turn = my_turn();
    let few = metric(Metric::counter("few").series_limit(1).expire(EXPIRY), "few");
    few.record(1, attributes!("key" => "a")).unwrap();
    let _ = snapshot();
    wait();
    let _ = snapshot();
    few.record(1, attributes!("key" => "b")).unwrap();
    assert!(find("few", "b").is_some());
}

#[test]
fn last_times_are_known_only_where_they_are_asked_for() {
    let _turn = my_turn();
    let asked = metric(Metric::counter("asked").last_recorded(), "asked");
    let other = metric(Metric::counter("other"), "other");
    for metric in [&asked, &other] {
        metric.record(1, attributes!("key" => "a")).unwrap();
    }
    assert_eq!(find("other", "a").unwrap().last_recorded, None);
    let first = find("asked", "a").unwrap().last_recorded.unwrap();
    assert_eq!(find("asked", "a").unwrap().last_recorded, Some(first));
    asked.record(1, attributes!("key" => "a")).unwrap();
    assert!(find("asked", "a").unwrap().last_recorded.unwrap() > first);
}

#[test]
fn a_snapshot_without_a_reader_has_what_it_found_expired() {
    let _turn = my_turn();
    let last = metric(Metric::counter("last").expire(EXPIRY), "last");
    last.record(7, attributes!("key" => "a")).unwrap();
    let removed = || snapshot().get("last").unwrap().removed.clone();
    assert!(removed().is_empty());
    wait();
    let [a] = &*removed() else { panic!() };
    assert_eq!((a.labels.to_string(), a.value.as_f64()), ("key=a".into(), 7.0));
    assert!(removed().is_empty());
}

#[test]
fn an_up_down_counter_cannot_expire() {
    let error = register_metric("open", Metric::up_down_counter("open").expire(EXPIRY));
    let error = error.unwrap_err().to_string();
    assert!(error.contains("`open`") && error.contains("cannot expire"), "{error}");
}

/// Nothing is lost while series expire all the time.
#[test]
fn what_is_recorded_while_a_series_expires_is_not_lost() {
    let _turn = my_turn();
    let short = Duration::from_millis(1);
    let racing = metric(Metric::counter("racing").expire(short), "racing");
    let sizes = metric(Metric::histogram("sizes").expire(short), "sizes");
    let changes = ChangeReader::new();
    let arrived = |name: &str| -> f64 {
        let metrics = changes.changes(|metric| metric.name() == name).metrics;
        let all = metrics.iter().flat_map(|metric| &metric.series);
        all.map(|series| match series.value.as_histogram() {
            Some(histogram) => histogram.count as f64,
            None => series.value.as_f64(),
        })
        .sum()
    };
    const EACH: u32 = 2_000;
    let mut total = [0.0, 0.0];
    std::thread::scope(|scope| {
        let recording = [0, 1].map(|offset| {
            let (racing, sizes) = (&racing, &sizes);
            scope.spawn(move || {
                for i in 0..EACH {
                    let key = attributes!("key" => i64::from((i + offset) % 3));
                    racing.record(1, key).unwrap();
                    sizes.record(5, key).unwrap();
                    sleep(Duration::from_micros(u64::from(i % 5) * 200));
                }
            })
        });
        while !recording.iter().all(std::thread::ScopedJoinHandle::is_finished) {
            total[0] += arrived("racing");
            total[1] += arrived("sizes");
        }
    });
    total[0] += arrived("racing");
    total[1] += arrived("sizes");
    assert_eq!(total, [f64::from(2 * EACH); 2]);
}
