//! Drives a running service, and prints what its metrics must then say.
//!
//! ```sh
//! cargo run -p service --bin load                              # 50 rounds of 6 requests
//! cargo run -p service --bin load -- http://127.0.0.1:8080 10  # 10 rounds
//! ```

use service::Error;
use service::load::drive;

/// More rounds are refused: this is no benchmark.
const MOST: usize = 10_000;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let mut arguments = std::env::args().skip(1);
    let base = arguments.next().unwrap_or_else(|| "http://127.0.0.1:8080".to_owned());
    let rounds = match arguments.next() {
        Some(rounds) => rounds.parse().ok().filter(|rounds| *rounds <= MOST).ok_or_else(|| {
            format!("`{rounds}` is no number of rounds; give one from 0 to {MOST}")
        })?,
        None => 50,
    };
    for (series, value) in drive(&base, rounds).await?.iter() {
        println!("{value}\t{series}");
    }
    Ok(())
}
