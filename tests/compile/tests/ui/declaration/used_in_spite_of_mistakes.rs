//! Every use below is correct. Only the mistakes in the declarations are reported.

use std::time::Duration;

use typed_metrics::testing::capture;
use typed_metrics::unit::Milliseconds;
use typed_metrics::{Counter, Histogram, Info, Label, LabelGroup, Metrics, State, timed};

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
    Failed,
}

#[derive(Metrics)]
enum Fine {
    #[state]
    Health { status: Status },
}

#[derive(Metrics)]
enum Generic<T> {
    #[counter]
    Things { of: T },
}

#[derive(Clone, Copy, LabelGroup)]
struct Place<'a> {
    rack: u16,
    host: &'a str,
}

#[derive(Metrics)]
#[metrics(prefix = "node", also(Spare, prefix = "spare"))]
enum Node<'a> {
    #[state]
    Phase { host: &'a str, phase: Status },
    #[state(unit = "s")]
    Mode { mode: Option<Status> },
    #[info(value = u64)]
    Build(Place<'a>),
    #[counter(unit = "seconds")]
    Requests {
        route: &'a str,
        #[label(group)]
        at: Place<'a>,
    },
    #[histogram(unit = "s")]
    Duration(Place<'a>),
}

#[timed(Node::Duration(*at))]
fn serve(at: &Place<'_>) {}

struct Kept {
    phase: State<Status>,
    mode: State<Option<Status>>,
    build: Info,
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
    let place = Place { rack: 1, host: "a" };
    serve(&place);
    Fine::health().set(Status::Failed);
    Node::duration(place.find()).record(1);
    Node::requests("/", &place.find()).inc();
    Spare::requests("/", place).inc();
    Spare::phase("a").set(Status::Fine);
    Spare::Duration(place).record(1);
    let _observation = Node::mode().observe(|| None);
    Node::phase("a").remove();
    let (phase, mode) = (Node::phase("a"), Node::mode());
    let kept = Kept { phase, mode, build: Node::build(place), waiting: Shop::waiting(), requests: Shop::requests(Status::Fine) };
    kept.waiting.record(Duration::ZERO);
    kept.requests.inc();
    kept.phase.set(Status::Fine);
    kept.mode.set(Some(Status::Fine));
    kept.build.set();
    Generic::things(5).add(2);
    let seen = capture(|| Shop::Waiting.record(3));
    seen.assert_set(Node::Phase { host: "a", phase: Status::Fine });
    seen.assert_counter(Shop::Requests { status: Status::Fine }, 1);
    for descriptor in Shop::descriptors() {
        println!("{}", descriptor.name());
    }
}
