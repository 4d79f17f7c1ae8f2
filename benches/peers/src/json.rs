//! The results as JSON, one object a line. No text contains a character that JSON escapes.

use crate::measure::Row;
use crate::memory::Bytes;
use crate::promises::Promise;
use crate::results::Results;
use crate::version;

pub fn print_times(results: &Results<'_>) {
    let profile = version::profile();
    for Row { job, peer, package, threads, nanoseconds, cores } in &results.rows {
        let ratio = results.ratio(*job, peer, *threads).unwrap_or(f64::NAN);
        let (job, version) = (job.key(), version::of(package));
        print!(r#"{{"job":"{job}","peer":"{peer}","version":"{version}","profile":"{profile}","#);
        print!(r#""threads":{threads},"busy_cores":{cores:.2},"#);
        println!(r#""ns":{nanoseconds:.3},"ours_is":{ratio:.4}}}"#);
    }
}

pub fn print_promises(promises: impl Iterator<Item = Promise>) {
    for Promise { about, text, most, measured, broken_by } in promises {
        let kept = broken_by.is_empty();
        print!(r#"{{"promise_about":"{about}","promise":"at most {most}x of {text}","#);
        println!(r#""measured":{measured:.4},"kept":{kept}}}"#);
    }
}

pub fn print_memory(all: &[Bytes]) {
    for Bytes { kind, peer, package, threads, live, ended } in all {
        let (kind, version) = (kind.key(), version::of(package));
        print!(r#"{{"memory":"{kind}","peer":"{peer}","version":"{version}","#);
        print!(r#""threads":{threads},"bytes_a_series":{live:.1},"#);
        println!(r#""bytes_a_series_ended":{ended:.1}}}"#);
    }
}
