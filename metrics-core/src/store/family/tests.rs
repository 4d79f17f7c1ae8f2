//! The series limit, and the memory of removed series.

use std::sync::mpsc::channel;
use std::thread;
use std::time::Duration;

use super::*;
use crate::store::sample::{counter, label};

#[test]
fn labels_over_the_limit_take_no_lock() {
    let family = counter(100);
    for id in 0..100 {
        family.find(&label(id)).add(1_u64);
    }
    family.find(&label(100)).add(1_u64);
    let (done, is_done) = channel();
    let locked = family.open_series().table.write().unwrap();
    thread::spawn(move || {
        for id in
            (100..1_000).filter(|id| family.open_series().full.excludes(family.hash(&label(*id))))
        {
            family.find(&label(id)).add(1_u64);
        }
        done.send(()).unwrap();
    });
    assert_eq!(is_done.recv_timeout(Duration::from_secs(60)), Ok(()));
    drop(locked);
    let [(DropReason::Overflow, dropped)] = family.dropped.read()[..] else { panic!() };
    // The filter is wrong about few labels.
    assert!(dropped > 850, "{dropped}");
}

#[test]
fn a_series_that_gets_room_is_found_at_once() {
    let family = counter(10);
    let mut series: Vec<_> = (0..10).map(|id| family.find(&label(id))).collect();
    for id in 10..if cfg!(miri) { 20 } else { 1_000 } {
        assert!(family.find(&label(id)).is_overflow());
        let old = series[id as usize % 10];
        family.end_life(old.block, old.life(), End::Removal);
        let new = family.find(&label(id));
        assert!(!new.is_overflow());
        let found = thread::spawn(move || family.find(&label(id))).join().unwrap();
        assert!(found.is_same(new));
        series[id as usize % 10] = new;
    }
}

#[test]
fn a_new_series_tries_few_of_many_removed_series() {
    let live = if cfg!(miri) { 300 } else { 2_000 };
    let family = family_of_removed(live);
    // All come back, so none of them can be recycled.
    (0..live).for_each(|id| family.find(&label(id)).add(1_u64));
    let is_full = || family.open_series().table.read().unwrap().is_full(live as usize);
    let mut tries = 0;
    while !is_full() {
        assert!(family.find(&label(live + tries)).is_overflow());
        tries += 1;
    }
    assert_eq!(tries, live.div_ceil(256));
    let last = family.find(&label(live - 1));
    family.end_life(last.block, last.life(), End::Removal);
    assert!(!family.find(&label(live)).is_overflow());
    assert!(is_full());
}

#[test]
fn every_removed_series_leaves_room_for_another() {
    let live = if cfg!(miri) { 10 } else { 2_000 };
    let family = family_of_removed(live);
    assert!((live..2 * live).all(|id| !family.find(&label(id)).is_overflow()));
    assert!(family.find(&label(0)).is_overflow());
}

/// A family at its limit, all of whose series were recorded and removed.
fn family_of_removed(live: u32) -> &'static Family {
    let family = counter(live as usize);
    (0..live).for_each(|id| family.find(&label(id)).add(1_u64));
    for id in 0..live {
        let series = family.find(&label(id));
        family.end_life(series.block, series.life(), End::Removal);
    }
    family
}
