use std::thread;
use std::time::Duration;

use serde_json::json;

use crate::metrics::{Endpoint, ShopMetrics};
use crate::span;
use crate::tally::Tally;

const MILLISECONDS: &[f64] = &[5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];
const SECONDS: &[f64] = &[0.5, 1.0, 30.0, 120.0];

const THREADS: u32 = 4;
/// The number of rounds. A pause between rounds makes several exports, the last one at the end.
const ROUNDS: u32 = 8;
const REQUESTS: u32 = 1000;
const PAUSE: Duration = Duration::from_millis(250);

/// Records before a handler is installed.
pub(crate) fn early() -> Tally {
    let mut tally = Tally::default();
    request(0, &mut tally);
    tally
}

pub(crate) fn run() -> Tally {
    let threads = (0..THREADS).map(|number| thread::spawn(move || serve(number)));
    // All threads must be running before the first `join`.
    let threads: Vec<_> = threads.collect();
    let tallies = threads.into_iter().map(|thread| thread.join().expect("nothing panics there"));
    tallies.fold(Tally::default(), Tally::and)
}

fn serve(thread: u32) -> Tally {
    let mut tally = Tally::default();
    let served = ShopMetrics::requests_in_flight().enter();
    for round in 0..ROUNDS {
        if round > 0 {
            thread::sleep(PAUSE);
        }
        for n in 0..REQUESTS {
            request((thread * ROUNDS + round) * REQUESTS + n, &mut tally);
        }
        let backup = f64::from((1 + thread * ROUNDS + round).pow(2)) / 4.0; // up to 256 s
        ShopMetrics::backup_duration().record(Duration::from_secs_f64(backup));
        tally.record("shop.backup_duration", &json!({}), SECONDS, backup);
        // A gauge keeps the last value, so only one thread sets it.
        if thread == 0 {
            let bytes = 1_000_003 * (round + 1);
            ShopMetrics::memory_usage().set(bytes);
            tally.set("shop.memory_usage", f64::from(bytes));
        }
    }
    drop(served);
    // The up-down counter must not end at zero.
    let left = i64::from(thread) - 5;
    ShopMetrics::requests_in_flight().add(left);
    tally.add("shop.requests_in_flight", &json!({}), left as f64);
    tally
}

/// Serves request number `n`.
fn request(n: u32, tally: &mut Tally) {
    span::inside(n, || record(n, tally));
}

/// Records the known values of request number `n`.
fn record(n: u32, tally: &mut Tally) {
    let (route, status_code) = [
        ("/api/search", 200),
        ("/api/search", 404),
        ("/api/checkout", 200),
        ("/api/checkout", 500),
        ("/", 200),
    ][(n % 5) as usize];
    ShopMetrics::request_count(route, status_code).add(u64::from(1 + n % 3));
    let labels = json!({ "route": route, "status_code": status_code });
    tally.add("shop.request_count", &labels, f64::from(1 + n % 3));

    // Multiples of 0.25 ms, from 0.25 to 1500, with each bucket bound among them.
    let ms = f64::from(1 + n * 7 % 6000) / 4.0;
    let (endpoint, name) =
        [(Endpoint::Search, "search"), (Endpoint::Checkout, "checkout")][(n % 2) as usize];
    ShopMetrics::request_duration(endpoint).record(ms);
    tally.record("shop.request_duration", &json!({ "endpoint": name }), MILLISECONDS, ms);

    // Zeros, powers of 2 and values between them, up to 7680.
    let bytes = (n % 31) * (n % 257);
    ShopMetrics::response_size(endpoint).record(bytes);
    tally.count("shop.response_size", &json!({ "endpoint": name }), bytes);

    // Multiples of 0.25 add up without rounding.
    let euros = f64::from(n % 41) / 4.0;
    ShopMetrics::revenue().add(euros);
    tally.add("shop.revenue", &json!({}), euros);
}
