//! The command line. The library's documentation describes it.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use typed_metrics_peers::measure::{Row, measure};
use typed_metrics_peers::peer::{Job, Kind, Memory, Peer};
use typed_metrics_peers::results::Results;
use typed_metrics_peers::{chart, json, memory, peers, promises, table, version};

struct Options {
    json: bool,
    memory: bool,
    rounds: usize,
    patience: Duration,
    svg: Option<PathBuf>,
    jobs: Vec<Job>,
}

fn main() -> ExitCode {
    let options = match Options::parse(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(unknown) => {
            eprintln!("unknown: {unknown}");
            eprintln!("options: --json --memory --rounds N --patience SECONDS --svg FILE [JOB]...");
            return ExitCode::FAILURE;
        }
    };
    let peers = peers::all();
    if options.memory {
        print_memory(&peers, &options);
    } else {
        print_times(&peers, &options);
    }
    ExitCode::SUCCESS
}

impl Options {
    fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            json: false,
            memory: false,
            rounds: 9,
            patience: Duration::from_secs(60),
            svg: None,
            jobs: Vec::new(),
        };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or_else(|| argument.clone());
            match argument.as_str() {
                "--json" => options.json = true,
                "--memory" => options.memory = true,
                "--rounds" => {
                    options.rounds = value()?.parse().map_err(|_| argument.clone())?;
                }
                "--patience" => {
                    let seconds = value()?.parse().map_err(|_| argument.clone())?;
                    options.patience = Duration::from_secs(seconds);
                }
                "--svg" => options.svg = Some(value()?.into()),
                key => {
                    let job = Job::ALL.into_iter().find(|job| job.key() == key);
                    options.jobs.push(job.ok_or_else(|| argument.clone())?);
                }
            }
        }
        if options.jobs.is_empty() {
            options.jobs = Job::ALL.to_vec();
        }
        options.rounds = options.rounds.max(1);
        Ok(options)
    }
}

fn print_times(peers: &[Peer], options: &Options) {
    if !options.json {
        println!("profile {}, {} rounds, nanoseconds", version::profile(), options.rounds);
        println!("{}\n", versions(peers));
    }
    let mut results = Results { peers, rows: Vec::<Row>::new() };
    let mut patience = options.patience;
    for job in &options.jobs {
        results.rows.extend(measure(peers, *job, options.rounds, &mut patience));
        if !options.json {
            table::print_times(&results, *job);
        }
    }
    if options.json {
        json::print_times(&results);
        let promises = options.jobs.iter().flat_map(|job| promises::of(&results, *job));
        json::print_promises(promises);
    }
    if let Some(file) = &options.svg {
        std::fs::write(file, chart::svg(&results)).expect("the chart can be written");
    }
}

fn print_memory(peers: &[Peer], options: &Options) {
    let all = memory::measure(peers);
    let own = Results { peers, rows: Vec::new() }.own();
    let promise = |kind: &Memory| promises::of_memory(&all, own, *kind);
    if options.json {
        json::print_memory(&all);
        json::print_promises(Memory::ALL.iter().filter_map(promise));
    } else {
        for kind in Memory::ALL {
            table::print_memory(&all, kind);
            promise(&kind).iter().for_each(|promise| println!("  {}\n", promise.line()));
        }
    }
}

fn versions(peers: &[Peer]) -> String {
    let crates = peers.iter().filter(|peer| !matches!(peer.kind, Kind::Floor | Kind::Ours));
    let mut names: Vec<_> = crates.map(|peer| peer.package).collect();
    names.dedup();
    let named = names.iter().map(|name| format!("{name} {}", version::of(name)));
    named.collect::<Vec<_>>().join(", ")
}
