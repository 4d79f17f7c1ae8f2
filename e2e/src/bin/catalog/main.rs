//! Renders the catalog of this program, or records all of its metrics for a while.
//!
//! `catalog render DIR` writes dashboards and rules for several databases. `catalog record SECONDS
//! NAMING` records the same measurements 20 times in a second, keeps the last values for a few
//! seconds, and ends. With the naming `utf8`, the scrape endpoint keeps all names.
//! `e2e/catalog` starts this program, and `e2e/catalog.py` asks every query of every document.

mod metrics;
mod work;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::ExitCode;
use std::thread;
use std::time::{Duration, Instant};

use typed_metrics::catalog::{
    Catalog, DashboardSettings, Dialect, Document, RuleSettings, dashboards, rules,
};
use typed_metrics::prometheus::{Naming, Settings};
use typed_metrics::{PrometheusHandler, system};

/// The time between two rounds of measurements.
const ROUND: Duration = Duration::from_millis(50);
/// The time for which the last values are kept, so that all databases have them.
const KEPT: Duration = Duration::from_secs(20);

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments[..] {
        ["render", folder] => render(Path::new(folder)),
        ["record", seconds, naming] => record(Duration::from_secs(seconds.parse()?), naming),
        _ => Err("the arguments are `render DIR` or `record SECONDS NAMING`".into()),
    }
}

fn render(folder: &Path) -> Result<(), Box<dyn Error>> {
    let utf8 = || Naming::default().utf8(true).suffixes(false);
    let dialects = [
        ("scraped", Dialect::scraped()),
        ("scraped-utf8", Dialect::scraped().naming(utf8())),
        ("victoria-metrics", Dialect::victoria_metrics()),
        ("victoria-metrics-utf8", Dialect::victoria_metrics().naming(utf8())),
    ];
    // Nothing is dropped here, so that counter has no series.
    let catalog = Catalog::of_program().only(|entry| entry.name() != "typed_metrics.otlp.dropped");
    for (name, dialect) in dialects {
        let settings = DashboardSettings::default()
            .dialect(dialect.clone())
            .documentation("https://docs.example.com/metrics");
        let settings_of_rules = RuleSettings::default()
            .dialect(dialect)
            .runbook("https://wiki.example.com/{slo}?text={{raw}}");
        let rules = rules(&catalog, &settings_of_rules);
        if let Some(left_out) = rules.left_out.first() {
            return Err(left_out.to_string().into());
        }
        let documents = dashboards(&catalog, &settings).into_iter().chain(rules.documents);
        for Document { path, text, .. } in documents {
            let path = folder.join(name).join(path);
            fs::create_dir_all(path.parent().unwrap_or(folder))?;
            fs::write(path, text)?;
        }
    }
    Ok(())
}

fn record(duration: Duration, naming: &str) -> Result<(), Box<dyn Error>> {
    system::install(system::Set::Full).unwrap_or_else(|missing| eprintln!("{missing}"));
    let naming = match naming {
        "utf8" => Naming::default().utf8(true).suffixes(false),
        _ => Naming::default(),
    };
    let scraped =
        PrometheusHandler::builder().settings(Settings::default().naming(naming)).build()?;
    typed_metrics::set_metric_handlers(("otel", scraped))?;
    let _runtime = work::runtime()?;
    work::begin();
    let begin = Instant::now();
    let rounds = (0..).take_while(|_| begin.elapsed() < duration);
    for number in rounds {
        work::round(number);
        thread::sleep((begin + ROUND * (number + 1)).saturating_duration_since(Instant::now()));
    }
    thread::sleep(KEPT);
    typed_metrics::shutdown()?;
    Ok(())
}
