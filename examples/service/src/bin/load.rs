//! Drives a running service, and compares its metrics with the numbers of the driver.
//!
//! ```sh
//! cargo run -p service --bin load                              # 50 rounds of 6 requests
//! cargo run -p service --bin load -- http://127.0.0.1:8080 10  # 10 rounds
//! cargo run -p service --bin load -- --help
//! ```

use std::process::ExitCode;

use service::Error;
use service::load::drive;
use service::scrape::Scrape;
use service::settings::urls;

/// More rounds are refused: this is no benchmark.
const MOST: usize = 10_000;

const HELP: &str = "\
Drives a running service, and compares the growth of its metrics with the number of requests that it
sent. Prints a line with a value and a series for each number. The exit code is 1 if one differs
or the service fails: nobody else may use the service meanwhile.

Usage: load [--metrics URL] [URL [ROUNDS]]

  URL            the service; without it, that of SERVICE_ADDRESS, or http://127.0.0.1:8080
  ROUNDS         how often 6 requests are sent; 50, and at most 10000
  --metrics URL  its metrics; without it, those of OTEL_EXPORTER_PROMETHEUS_HOST and
                 OTEL_EXPORTER_PROMETHEUS_PORT, or http://127.0.0.1:9464/metrics
";

struct Arguments {
    base: String,
    metrics: String,
    rounds: usize,
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<ExitCode, Error> {
    let Some(Arguments { base, metrics, rounds }) = arguments(std::env::args().skip(1))? else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let before = Scrape::get(&metrics).await?;
    let expected = drive(&base, rounds).await?;
    let after = Scrape::get(&metrics).await?;
    for (series, value) in expected.iter() {
        println!("{value}\t{series}");
    }
    let differences = expected.differences(&before, &after)?;
    for difference in &differences {
        eprintln!("{metrics}: {difference}");
    }
    let number = expected.iter().count();
    eprintln!(
        "{metrics}: {} of {number} values are those of the driver",
        number - differences.len()
    );
    Ok(if differences.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Reads the arguments; `None` if help is wanted.
fn arguments(mut given: impl Iterator<Item = String>) -> Result<Option<Arguments>, Error> {
    let (base, metrics) = urls()?;
    let mut arguments = Arguments { base, metrics, rounds: 50 };
    let mut positional = 0;
    while let Some(argument) = given.next() {
        match (argument.as_str(), positional) {
            ("-h" | "--help", _) => return Ok(None),
            ("--metrics", _) => {
                arguments.metrics = given.next().ok_or("`--metrics` needs a URL after it")?;
            }
            (option, _) if option.starts_with('-') => {
                return Err(format!("`{option}` is no option; `--help` lists them").into());
            }
            (url, 0) => {
                url.trim_end_matches('/').clone_into(&mut arguments.base);
                positional += 1;
            }
            (rounds, 1) => {
                arguments.rounds =
                    rounds.parse().ok().filter(|rounds| *rounds <= MOST).ok_or_else(|| {
                        format!("`{rounds}` is no number of rounds; give one from 0 to {MOST}")
                    })?;
                positional += 1;
            }
            (more, _) => {
                return Err(format!("`{more}` is one argument too many; see `--help`").into());
            }
        }
    }
    Ok(Some(arguments))
}
