//! `nm`, twice: events that a report reads, and events that each thread pushes, which the
//! documentation calls faster. Events have no labels, so each pair of labels is an event.

use nm::{Event, Magnitude, MetricsPusher, Push, Report};

use crate::input::{FIXED, Input};
use crate::memory::SERIES;
use crate::peer::{Case, Job, Kind, Memory, Peer};

const BUCKETS: &[Magnitude] = &[5, 10, 25, 50, 100, 250, 500, 1000];

thread_local! {
    static COUNTERS: [Event; 6] =
        FIXED.map(|(method, outcome)| Event::builder().name(name("pull", method, outcome)).build());
    static HISTOGRAMS: [Event; 6] = FIXED.map(|(method, outcome)| {
        Event::builder().name(name("pull_ms", method, outcome)).histogram(BUCKETS).build()
    });

    static PUSHER: MetricsPusher = MetricsPusher::new();
    static PUSHED_COUNTERS: [Event<Push>; 6] = FIXED.map(|(method, outcome)| {
        Event::builder().name(name("push", method, outcome)).pusher_local(&PUSHER).build()
    });
    static PUSHED_HISTOGRAMS: [Event<Push>; 6] = FIXED.map(|(method, outcome)| {
        let event = Event::builder().name(name("push_ms", method, outcome));
        event.histogram(BUCKETS).pusher_local(&PUSHER).build()
    });

    static MANY: Vec<Event> = (0..SERIES)
        .map(|i| Event::builder().name(format!("many/{i}")).build())
        .collect();
    static MANY_HISTOGRAMS: Vec<Event> = (0..SERIES)
        .map(|i| Event::builder().name(format!("many_ms/{i}")).histogram(BUCKETS).build())
        .collect();
}

pub fn pull() -> Peer {
    let counter = |i: &Input<'_>| COUNTERS.with(|events| events[i.fixed()].observe_once());
    let histogram = |i: &Input<'_>| HISTOGRAMS.with(|events| events[i.fixed()].observe(i.value));
    Peer::new("nm", "nm", Kind::OwnCells)
        .job(Job::Counter, Case::new(counter, || count("pull/")))
        .job(Job::Histogram, Case::new(histogram, || count("pull_ms/")))
        .memory(Memory::Counters, many)
        .memory(Memory::Histograms, many_histograms)
}

pub fn push() -> Peer {
    let counter = |i: &Input<'_>| PUSHED_COUNTERS.with(|events| events[i.fixed()].observe_once());
    let histogram =
        |i: &Input<'_>| PUSHED_HISTOGRAMS.with(|events| events[i.fixed()].observe(i.value));
    let push = || PUSHER.with(MetricsPusher::push);
    Peer::new("nm, pushed", "nm", Kind::OwnCells)
        .job(Job::Counter, Case::published(counter, push, || count("push/")))
        .job(Job::Histogram, Case::published(histogram, push, || count("push_ms/")))
}

fn many() -> Case {
    let record = |i: &Input<'_>| MANY.with(|events| events[i.value as usize].observe_once());
    Case::new(record, || count("many/"))
}

fn many_histograms() -> Case {
    let record =
        |i: &Input<'_>| MANY_HISTOGRAMS.with(|events| events[i.value as usize].observe(i.value));
    Case::new(record, || count("many_ms/"))
}

fn name(prefix: &str, method: &str, outcome: &str) -> String {
    format!("{prefix}/{method}/{outcome}")
}

fn count(prefix: &str) -> f64 {
    let report = Report::collect();
    let events = report.events().filter(|event| event.name().starts_with(prefix));
    events.map(|event| event.count() as f64).sum()
}
