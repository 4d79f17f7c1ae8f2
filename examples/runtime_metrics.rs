//! Metrics known only at run time: `cargo run --example runtime_metrics`.
//!
//! A host program runs plugins, and each plugin has its own metrics.

use std::error::Error;

use serde::Serialize;
use typed_metrics::{
    Metric, MetricType, RuntimeMetric, attributes, record_metric, register_metric, snapshot,
};

/// A plugin's list of metrics: kind, name, unit, description, and the buckets of a histogram.
const PLUGIN: &str = "
    counter   | mail.sent    | {mail} | Mails handed over to the relay
    gauge     | mail.waiting | {mail} | Mails in the queue
    histogram | mail.size    | By     | Size of mails                  | 1024 16384 262144
    histogram | mail.relay   | ms     | Time that the relay took
";

fn main() -> Result<(), Box<dyn Error>> {
    for line in PLUGIN.lines().filter(|line| !line.trim().is_empty()) {
        let metric = register(line).map_err(|error| format!("{}: {error}", line.trim()))?;
        let metric = metric.descriptor();
        println!("registered {} `{}` in {}", metric.metric_type(), metric.name(), metric.unit());
    }

    run_plugin()?;
    // The output shows only the metrics of the plugin, because the program's crates also have
    // metrics.
    let mut recorded = snapshot();
    recorded.metrics.retain(|metric| metric.descriptor.name().starts_with("mail."));
    println!("\n{recorded}");

    println!("\nErrors; nothing is recorded:");
    let none = attributes!();
    let refused = [
        record_metric("mail.sent", 1, MetricType::Gauge, none),
        record_metric("mail.sent", -1, MetricType::Counter, none),
        record_metric("mail.size", f64::NAN, MetricType::Histogram, none),
        record_metric("mail sent", 1, MetricType::Counter, none),
        record_metric("mail.sent", 1, MetricType::Counter, attributes!("otel.relay" => 1)),
        register_metric("mail.delay", Metric::histogram("mail.delay").unit("seconds")).map(drop),
    ];
    for error in refused.into_iter().filter_map(Result::err) {
        println!("- {error}");
    }

    println!("\nInvalid values and attributes are also counted, for programs that ignore errors:");
    for metric in snapshot().metrics {
        for (reason, count) in metric.dropped {
            println!("- {count} of `{}`: {reason}", metric.descriptor.name());
        }
    }
    Ok(())
}

/// Registers the metric that a line of a plugin's list defines.
fn register(line: &str) -> Result<RuntimeMetric, Box<dyn Error>> {
    let mut columns = line.split('|').map(str::trim);
    let mut column = |what| columns.next().ok_or(format!("the column `{what}` is missing"));
    let (kind, name) = (column("kind")?, column("name")?);
    let metric = match kind {
        "counter" => Metric::counter(name),
        "up_down_counter" => Metric::up_down_counter(name),
        "gauge" => Metric::gauge(name),
        "histogram" => Metric::histogram(name),
        other => return Err(format!("`{other}` is not a kind of metric").into()),
    };
    let mut metric = metric.unit(column("unit")?).description(column("description")?);
    if let Some(buckets) = columns.next() {
        let buckets = buckets.split_whitespace().map(str::parse);
        metric = metric.buckets(buckets.collect::<Result<Vec<f64>, _>>()?);
    }
    Ok(register_metric(name, metric)?)
}

/// The attributes of a mail; any flat struct works.
#[derive(Serialize)]
struct Delivery<'a> {
    relay: &'a str,
    encrypted: bool,
    /// `None` leaves the attribute out.
    retry: Option<u8>,
}

/// Records as a plugin does, with attributes in each possible form.
fn run_plugin() -> Result<(), typed_metrics::Error> {
    // By name, with named attributes.
    for (priority, waiting) in [("high", 3), ("low", 40), ("low", 38)] {
        let attributes = attributes!("priority" => priority);
        record_metric("mail.waiting", waiting, MetricType::Gauge, attributes)?;
    }

    // A list of pairs, for example from the plugin's settings.
    let settings = vec![("relay".to_owned(), "eu-1".to_owned())];
    for bytes in [800, 900, 20_000, 1 << 20] {
        record_metric("mail.size", bytes, MetricType::Histogram, &settings)?;
    }

    // A struct.
    for (retry, milliseconds) in [(None, 12.5), (None, 80.0), (Some(1), 430.0)] {
        let delivery = Delivery { relay: "eu-1", encrypted: true, retry };
        record_metric("mail.sent", 1, MetricType::Counter, &delivery)?;
        record_metric("mail.relay", milliseconds, MetricType::Histogram, &delivery)?;
    }

    // A name that is not registered becomes a metric of the given type.
    record_metric("mail.bounced", 2, MetricType::Counter, attributes!("relay" => "eu-1"))
}
