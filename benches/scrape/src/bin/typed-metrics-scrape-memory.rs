//! Prints the peak of the bytes that a scrape allocates, and the number of its allocations. The
//! crate is given by its place in the list, and then the number of series.

use typed_metrics_scrape::peers;

fn main() {
    let arguments: Vec<usize> =
        std::env::args().skip(1).map(|word| word.parse().expect("a number")).collect();
    let [peer, series] = arguments[..] else { panic!("expected a crate and a number of series") };
    // One peer records what the other one scrapes.
    let mut peers = peers::LIST.map(|peer| peer(series));
    let peer = &mut peers[peer];
    // Memory that a crate keeps from the first scrape on is not part of a scrape.
    drop((peer.scrape)());
    let info = allocation_counter::measure(|| drop((peer.scrape)()));
    println!("{} {}", info.bytes_max, info.count_total);
}
