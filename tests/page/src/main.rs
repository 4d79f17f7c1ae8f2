//! Programs for the browser to look at. The first argument chooses one, and the variable
//! `OTEL_EXPORTER_PROMETHEUS_PORT` the port. `check.mjs` knows what each of them records.

use std::thread::sleep;
use std::time::{Duration, Instant};

use typed_metrics::{Metric, MetricType, RuntimeMetric, ValueType, attributes, register_metric};

type Error = Box<dyn std::error::Error>;

/// A program with few series records this often.
const TICK: Duration = Duration::from_millis(50);

/// A program with many series leaves the processor to the browser.
const SLOW_TICK: Duration = Duration::from_millis(400);

fn main() -> Result<(), Error> {
    let program = std::env::args().nth(1).unwrap_or_default();
    typed_metrics::set_metric_handlers("prometheus")?;
    match program.as_str() {
        "empty" => loop {
            sleep(TICK);
        },
        "shop" => shop(),
        "hostile" => hostile(),
        "many" => many(),
        "wide" => wide(),
        other => Err(format!("there is no program {other:?}").into()),
    }
}

fn register(metric: Metric, name: &str) -> Result<RuntimeMetric, Error> {
    Ok(register_metric(name, metric)?)
}

/// Known rates and values of every kind.
fn shop() -> Result<(), Error> {
    let requests = Metric::counter("shop.requests").value_type(ValueType::U64).unit("{request}");
    let requests = register(requests.description("Requests answered."), "shop.requests")?;
    let duration = Metric::histogram("shop.duration").unit("ms").buckets([5, 10, 20, 40]);
    let duration = register(duration, "shop.duration")?;
    let spread = Metric::histogram("shop.spread").unit("ms").exponential();
    let spread = register(spread, "shop.spread")?;
    let memory = register(Metric::gauge("shop.memory").unit("By"), "shop.memory")?;
    let busy = register(Metric::up_down_counter("shop.busy").unit("{worker}"), "shop.busy")?;
    let usage = register(Metric::gauge("shop.cpu.utilization").unit("1"), "shop.cpu.utilization")?;
    let total = Metric::counter("shop.total").value_type(ValueType::U64);
    let total = register(total, "shop.total")?;
    let customers = register(Metric::counter("shop.customers").series_limit(4), "shop.customers")?;
    register(Metric::counter("shop.refunds").unit("{refund}"), "shop.refunds")?;

    memory.record(1536 * 1024, attributes!())?;
    usage.record(0.42, attributes!())?;
    busy.record(3, attributes!())?;
    total.record(u64::MAX - 1000, attributes!())?;
    let start = Instant::now();
    let mut done = 0;
    loop {
        // 1,000 requests in a second, whatever else the machine does.
        let due = u64::try_from(start.elapsed().as_millis())?;
        for number in done..due {
            let (route, status) = match number % 10 {
                0 => ("/cart", 500),
                1..=3 => ("/cart", 200),
                _ => ("/", 200),
            };
            requests.record(1, attributes!("route" => route, "status" => status))?;
            duration
                .record(if number % 100 < 2 { 30 } else { 7 }, attributes!("route" => route))?;
            spread.record(if number % 100 < 2 { 3000 } else { 7 }, attributes!())?;
        }
        done = due;
        for number in 0..6 {
            customers.record(1, attributes!("customer" => number))?;
        }
        sleep(TICK);
    }
}

/// Labels, names of labels and descriptions that try to break the page.
fn hostile() -> Result<(), Error> {
    let texts = [
        "<img src=x onerror=\"globalThis.broken = true\">",
        "<script>globalThis.broken = true</script>",
        "\"'`${globalThis.broken = true}",
        "\u{202e}txt.exe\u{2066} \u{200f}",
        "line\nbreak\ttab\u{0}nul\u{7f}",
        "שלום",
        "__proto__",
        "constructor",
        "",
        "a b=\"c\" d!=e",
        "{{7*7}} %s \\",
    ];
    let long = "0123456789".repeat(1024);
    let metric = Metric::counter("hostile")
        .unit("{<b>}")
        .description("</p><img src=x onerror=\"globalThis.broken = true\"> \u{202e}reversed");
    let metric = register(metric, "hostile")?;
    let proto = register(Metric::gauge("__proto__"), "__proto__").ok();
    let large = register(Metric::gauge("extremes"), "extremes")?;
    loop {
        for text in texts.into_iter().chain([long.as_str()]) {
            metric.record(1, attributes!("text" => text))?;
            if let Some(proto) = &proto {
                proto.record(1, attributes!("__proto__" => text))?;
            }
        }
        for (number, value) in [f64::MAX, f64::MIN, 5e-324, -0.0, 1e-300].into_iter().enumerate() {
            large.record(value, attributes!("number" => number))?;
        }
        sleep(TICK);
    }
}

/// 10,000 series: 4 counters and a histogram of 2,000 each, all recorded in every tick.
fn many() -> Result<(), Error> {
    let mut metrics = Vec::new();
    for name in ["many.reads", "many.writes", "many.hits", "many.misses", "many.duration"] {
        let metric = match name {
            "many.duration" => Metric::histogram(name).unit("ms").buckets([1, 2, 5, 10, 20, 50]),
            _ => Metric::counter(name).value_type(ValueType::U64).unit("{event}"),
        };
        metrics.push(register(metric, name)?);
    }
    loop {
        for tenant in 0..500 {
            for shard in 0..4 {
                for metric in &metrics {
                    let value = match metric.descriptor().metric_type() {
                        MetricType::Histogram => u64::from(shard == 0) * 4 + tenant % 40,
                        _ => 1 + tenant % 7,
                    };
                    let tenant = format!("tenant-{tenant}");
                    metric.record(value, attributes!("tenant" => tenant, "shard" => shard))?;
                }
            }
        }
        sleep(SLOW_TICK);
    }
}

/// 1,000 metrics of all kinds with 10 series each.
fn wide() -> Result<(), Error> {
    let mut metrics = Vec::new();
    for number in 0..1000 {
        let name = format!("wide.metric_{number}");
        let metric = match number % 4 {
            0 => Metric::counter(name.as_str()),
            1 => Metric::gauge(name.as_str()),
            2 => Metric::up_down_counter(name.as_str()),
            _ => Metric::histogram(name.as_str()).buckets([1, 2, 5, 10]),
        };
        metrics.push(register(metric.unit("{event}"), &name)?);
    }
    loop {
        for metric in &metrics {
            for series in 0..10 {
                metric.record(series, attributes!("series" => series))?;
            }
        }
        sleep(SLOW_TICK);
    }
}
