//! Observed callbacks that panic, hang, or are slow.

use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Barrier};
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics_core::{Metrics as _, observe, snapshot};
use typed_metrics_derive::Metrics;
use typed_metrics_prometheus::PrometheusHandler;
use typed_metrics_turn::{logged, my_turn};

use crate::client::{get, scrape, serve};

#[derive(Metrics)]
#[metrics(prefix = "called", crate = typed_metrics_core)]
enum Called {
    #[gauge(value = u64)]
    Good { test: u64 },
    #[gauge(value = u64)]
    Bad { test: u64 },
    #[counter]
    Recorded { test: u64 },
}

fn value(scraped: &str, name: &str, test: u64) -> Option<f64> {
    let begin = format!("{name}{{test=\"{test}\"}} ");
    Some(scraped.lines().find_map(|line| line.strip_prefix(&begin))?.parse().unwrap())
}

/// Blocks its callers until it is dropped.
#[derive(Default)]
struct Block(Arc<AtomicBool>);

impl Block {
    fn wait(&self) -> impl Fn() + Send + Sync + 'static {
        let is_open = Arc::clone(&self.0);
        move || {
            while !is_open.load(Relaxed) {
                thread::sleep(Duration::from_millis(5));
            }
        }
    }
}

impl Drop for Block {
    fn drop(&mut self) {
        self.0.store(true, Relaxed);
    }
}

#[test]
fn a_callback_that_panics_costs_its_own_value_only() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    // A backtrace takes longer than a scrape waits for callbacks.
    let hook = panic::take_hook();
    panic::set_hook(Box::new(|_| {}));
    let observed = (
        Called::good(1).observe(|| 7),
        Called::bad(1).observe(|| -> u64 { panic!("a callback panics on purpose") }),
        observe(|| panic!("a callback of all collections panics on purpose")),
    );
    for recorded in 1..=3 {
        Called::recorded(1).inc();
        let scraped = scrape(address);
        assert_eq!(value(&scraped, "called_good", 1), Some(7.0));
        assert_eq!(value(&scraped, "called_bad", 1), None);
        assert_eq!(value(&scraped, "called_recorded_total", 1), Some(f64::from(recorded)));
    }
    drop(observed);
    panic::set_hook(hook);
    assert_eq!(Called::descriptors().len(), 3);
}

#[test]
fn a_callback_that_hangs_delays_no_scrape_and_no_other_callback() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    static VALUE: AtomicU64 = AtomicU64::new(0);
    let block = Block::default();
    let wait = block.wait();
    let observed = (
        Called::good(2).observe(|| VALUE.load(Relaxed)),
        Called::bad(2).observe(move || {
            wait();
            5
        }),
    );
    // The first scrape waits for the callback a little. All of them answer within a second.
    scrape(address);
    for round in 1..=5 {
        VALUE.store(round, Relaxed);
        Called::recorded(2).inc();
        let scraped = scrape(address);
        assert_eq!(value(&scraped, "called_good", 2), Some(round as f64));
        assert_eq!(value(&scraped, "called_recorded_total", 2), Some(round as f64));
        assert_eq!(value(&scraped, "called_bad", 2), None);
        assert_eq!(get(address, "/healthz").status, 200);
    }
    // A slow value arrives with the next scrape.
    drop(block);
    let deadline = Instant::now() + Duration::from_secs(10);
    while value(&scrape(address), "called_bad", 2) != Some(5.0) {
        assert!(Instant::now() < deadline, "the callback has returned");
    }
    drop(observed);
}

#[test]
fn a_callback_of_all_collections_that_hangs_delays_no_scrape() {
    let _turn = my_turn();
    let (_, address) = serve(PrometheusHandler::builder());
    let block = Block::default();
    let observed = observe(block.wait());
    for round in 1..=8 {
        Called::recorded(3).inc();
        assert_eq!(value(&scrape(address), "called_recorded_total", 3), Some(f64::from(round)));
        assert_eq!(get(address, "/healthz").status, 200);
    }
    // The log has it once.
    let late = "observed callbacks have not returned within 300ms";
    let logged = logged();
    assert_eq!(logged.iter().filter(|line| line.contains(late)).count(), 1, "{logged:?}");
    // Many at once, too.
    let together = Barrier::new(10);
    thread::scope(|scope| {
        for _ in 0..10 {
            scope.spawn(|| {
                together.wait();
                scrape(address);
            });
        }
    });
    // A server whose callbacks hang can be ended, and started again.
    let began = Instant::now();
    typed_metrics_core::shutdown().unwrap();
    assert!(began.elapsed() < Duration::from_secs(2), "{:?}", began.elapsed());
    let (_, address) = serve(PrometheusHandler::builder());
    assert_eq!(value(&scrape(address), "called_recorded_total", 3), Some(8.0));
    drop((block, observed));
    assert!(snapshot().get("called.recorded").is_some());
}
