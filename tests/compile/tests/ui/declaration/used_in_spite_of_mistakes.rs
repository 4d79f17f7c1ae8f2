//! Every use below is correct. Only the mistakes in the declarations are reported.

use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::unit::Milliseconds;
use typed_metrics::{Counter, Histogram, Label, Metrics};

#[derive(Metrics)]
enum Shop<'a> {
    #[histogram(unti = "ms")]
    Duration { route: &'a str },
    #[histogram(unit = "milliseconds")]
    Waiting,
    #[histogram("s")]
    Cooking,
    #[up_down_counter(value = f46)]
    Busy,
    Forgotten { route: &'a str },
    #[counter(buckets = [1])]
    Requests {
        #[label(name = "status code")]
        status: Status,
    },
    #[gauge]
    Depth(u8),
}

#[derive(Clone, Copy, Label)]
#[label(rename_all = "snakecase")]
enum Status {
    Fine,
}

#[derive(Metrics)]
enum Generic<T> {
    #[counter]
    Things { of: T },
}

struct Kept {
    waiting: Histogram<Milliseconds>,
    requests: Counter,
}

fn main() {
    Shop::duration("/").record(Duration::ZERO);
    Shop::duration("/").time(|| 5).to_string();
    Shop::waiting().record(Duration::ZERO);
    Shop::cooking().start_timer().stop().as_secs();
    let busy = Shop::busy().enter();
    drop(busy);
    let _observation = Shop::forgotten("/").observe(|| 3);
    Shop::forgotten("/").descriptor().name();
    Shop::depth(3).set(0.5);
    let kept = Kept { waiting: Shop::waiting(), requests: Shop::requests(Status::Fine) };
    kept.waiting.record(Duration::ZERO);
    kept.requests.inc();
    Generic::things(5).add(2);
    let seen = capture(|| Shop::Waiting.record(3));
    seen.assert_counter(Shop::Requests { status: Status::Fine }, 1);
    for descriptor in Shop::descriptors() {
        println!("{}", descriptor.name());
    }
}
