//! Running the cases, and the table of their costs.

use std::process::Command;

use crate::receiver::Receiver;
use crate::{CASE, ENDPOINT};

/// The costs of a case in 8 seconds.
#[derive(Clone, Copy)]
struct Costs {
    /// CPU times, in ms.
    process: f64,
    recording: f64,
    /// The peak of the resident memory, in MiB.
    memory: f64,
    /// The size of all requests, in MiB.
    sent: f64,
}

impl Costs {
    fn export(self) -> f64 {
        self.process - self.recording
    }
}

pub(crate) fn report() {
    let receiver = Receiver::start();
    println!("{:<44} {:>9} {:>9} {:>8}   promised", "", "ours", "SDK", "ratio");
    let [ours, sdk] = ["ours many", "sdk many"].map(|case| costs(&receiver, case));
    println!("10,000 counters and 1,000 histograms, each 10 times a second, cumulative");
    line("  CPU of export, ms in 8 s", ours.export(), sdk.export(), Some(0.4));
    line("  CPU of recording", ours.recording, sdk.recording, None);
    line("  CPU of the process", ours.process, sdk.process, Some(0.6));
    line("  peak memory, MiB", ours.memory, sdk.memory, Some(1.0));
    line("  sent, MiB", ours.sent, sdk.sent, None);

    let [ours, sdk, all] = ["ours few", "sdk few", "sdk delta"].map(|case| costs(&receiver, case));
    println!("the same with delta temporality, 1 % of the series recorded");
    // The SDK's delta collection of few series takes almost no time. So the promise is relative to
    // its export of all series.
    line("  CPU of export, against all of the SDK's", ours.export(), all.export(), Some(0.1));
    line("  CPU of export, against 1 % of the SDK's", ours.export(), sdk.export(), None);
    line("  CPU of the process", ours.process, sdk.process, None);
    line("  peak memory, MiB", ours.memory, sdk.memory, None);

    let [ours, sdk] = ["ours hot", "sdk hot"].map(|case| costs(&receiver, case));
    println!("one histogram, 5,000,000 values a second, cumulative");
    line("  CPU of export, ms in 8 s", ours.export(), sdk.export(), Some(2.0));
    line("  CPU of recording", ours.recording, sdk.recording, None);
    line("  CPU of the process", ours.process, sdk.process, Some(0.55));

    let encoding = |case| child(&receiver, case)[0] / 1e6;
    println!("collecting and encoding 10,000 changed counters");
    line("  CPU, ms", encoding("ours encoding"), encoding("sdk encoding"), Some(0.3));
}

fn line(name: &str, ours: f64, sdk: f64, most: Option<f64>) {
    let ratio = ours / sdk;
    let promise = most.map_or_else(String::new, |most| {
        let verdict = if ratio <= most { "kept" } else { "MISSED" };
        format!("at most {most}x: {verdict}")
    });
    println!("{name:<44} {ours:>9.2} {sdk:>9.2} {ratio:>7.3}x   {promise}");
}

fn costs(receiver: &Receiver, case: &str) -> Costs {
    receiver.take_bytes();
    let numbers = child(receiver, case);
    let [process, recording, memory] = *numbers else { panic!("{numbers:?} are not three costs") };
    let mib = |bytes: f64| bytes / f64::from(1 << 20);
    let sent = mib(receiver.take_bytes() as f64);
    Costs { process: process / 1e6, recording: recording / 1e6, memory: memory / 1024.0, sent }
}

/// The numbers that the process of a case prints.
fn child(receiver: &Receiver, case: &str) -> Vec<f64> {
    let mut command = Command::new(std::env::current_exe().expect("it runs"));
    let output = command.env(CASE, case).env(ENDPOINT, &receiver.endpoint).output();
    let output = output.expect("it can run again");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{case}: {printed}{errors}");
    printed.split_whitespace().map(|number| number.parse().expect("a number")).collect()
}
