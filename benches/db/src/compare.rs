//! Costs that are smaller than the noise of a busy machine.

use cpu_time::ProcessTime;

/// The rounds of a comparison. The first ones warm up.
pub const ROUNDS: usize = WARM_UP + PARTS * PART;
const WARM_UP: usize = 600;
/// Each part of the rounds has a ratio of its own. Their spread shows how certain the ratio is.
const PARTS: usize = 7;
const PART: usize = 1_200;

/// The cost is at most this share of the other crate's.
const PROMISE: f64 = 0.5;

/// A way to run many calls.
pub struct Measured<'a> {
    name: &'static str,
    run: Box<dyn FnMut() + 'a>,
    calls: usize,
    /// Nanoseconds of a call in each round.
    times: Vec<f64>,
}

impl<'a> Measured<'a> {
    /// `run` makes as many calls as `calls` says.
    pub fn new(name: &'static str, calls: usize, run: impl FnMut() + 'a) -> Self {
        Self { name, run: Box::new(run), calls, times: Vec::new() }
    }

    fn round(&mut self) {
        let start = ProcessTime::now();
        (self.run)();
        self.times.push(start.elapsed().as_nanos() as f64 / self.calls as f64);
    }

    /// The median of the differences to `bare`, each within one round of `part`.
    fn cost(&self, bare: &Self, part: &[usize]) -> f64 {
        median(part.iter().map(|&round| self.times[round] - bare.times[round]))
    }
}

fn median(numbers: impl Iterator<Item = f64>) -> f64 {
    let mut numbers: Vec<_> = numbers.collect();
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Runs all, the bare one first and the other crate's last, and prints the costs.
///
/// There are many short rounds, in which all run one after the other, in an order that changes from
/// round to round. So whatever slows the machine down for a while slows all of them down. The cost
/// is the median of the differences to the bare one, each within one round. The rounds are cut into
/// seven parts; the ratio is the median of the seven ratios, beside the least and the largest one.
pub fn compare(title: &str, mut all: Vec<Measured<'_>>) {
    for round in 0..ROUNDS {
        let mut order: Vec<_> = all.iter_mut().collect();
        let count = order.len();
        order.rotate_left(round % count);
        if round / count % 2 == 1 {
            order.reverse();
        }
        order.into_iter().for_each(Measured::round);
    }
    let rounds: Vec<usize> = (WARM_UP..ROUNDS).collect();
    let parts: Vec<&[usize]> = rounds.chunks(PART).collect();
    let bare = &all[0];
    let time = median(rounds.iter().map(|&round| bare.times[round]));
    println!("{title:<26} ns of a call    cost   of the other crate");
    println!("{:<26} {time:>12.0}", bare.name);
    for (at, measured) in all.iter().enumerate().skip(1) {
        let cost = measured.cost(bare, &rounds);
        print!("{:<26} {:>12.0} {cost:>7.0}", measured.name, time + cost);
        if let (1, Some(other)) = (at, all.get(2)) {
            let ratio = |part: &&[usize]| measured.cost(bare, part) / other.cost(bare, part);
            let mut ratios: Vec<_> = parts.iter().map(ratio).collect();
            ratios.sort_by(f64::total_cmp);
            let (least, ratio, largest) = (ratios[0], ratios[PARTS / 2], ratios[PARTS - 1]);
            if parts.iter().any(|part| other.cost(bare, part) <= 0.0) {
                print!("   the machine is too busy to tell");
            } else {
                let verdict = if ratio <= PROMISE { "kept" } else { "MISSED" };
                print!("   {ratio:.2}x ({least:.2} to {largest:.2})   ");
                print!("{verdict}: at most {PROMISE}x");
            }
        }
        println!();
    }
    println!();
}
