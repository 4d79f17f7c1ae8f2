//! The times as an SVG chart: a panel for each job, a pair of bars for each crate.
//!
//! The background is transparent, and each colour stands out from white and from black, so the
//! chart suits light and dark pages.

use std::fmt::Write;

use crate::peer::{Job, Kind, Peer};
use crate::results::Results;

const WIDTH: f64 = 860.0;
/// Where the bars begin.
const LEFT: f64 = 220.0;
/// Where the longest time ends; its number follows.
const RIGHT: f64 = 800.0;
const TITLE: f64 = 34.0;
const ROW: f64 = 24.0;
const BAR: f64 = 8.0;
const GAP: f64 = 18.0;
/// The ends of the logarithmic scale, in nanoseconds.
const SCALE: [f64; 2] = [0.5, 2000.0];
const GRID: [f64; 4] = [1.0, 10.0, 100.0, 1000.0];

const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#7d8590}\
.title{font-size:14px;font-weight:600}\
.own{font-weight:600;fill:#d9730d}\
.value{font-size:9px}\
.grid{stroke:#7d8590;stroke-opacity:.3}\
.one{fill:#6e8fb3}.four{fill:#6e8fb3;fill-opacity:.55}\
.own.one{fill:#d9730d}.own.four{fill:#d9730d;fill-opacity:.6}";

pub fn svg(results: &Results<'_>) -> String {
    let mut body = String::new();
    let mut top = 26.0;
    for job in Job::ALL {
        let peers: Vec<_> = sorted(results, job);
        if peers.is_empty() {
            continue;
        }
        top = panel(&mut body, results, job, &peers, top) + GAP;
    }
    format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {top}" role="img">
<title>CPU time of a record, in nanoseconds</title>
<style>{STYLE}</style>
<text x="0" y="14">CPU time of a record in nanoseconds, on a logarithmic scale; less is better.
Upper bar: 1 thread. Lower bar: 4 threads.</text>
{body}</svg>
"#
    )
}

/// The crates that do the job, the fastest with one thread first. The empty loop is off the scale.
fn sorted<'a>(results: &'a Results<'_>, job: Job) -> Vec<&'a Peer> {
    let time = |peer: &Peer| results.time(job, peer.name, 1);
    let mut peers: Vec<_> =
        results.peers.iter().filter(|peer| time(peer) > Some(SCALE[0])).collect();
    peers.sort_by(|one, other| time(one).partial_cmp(&time(other)).expect("times are numbers"));
    peers
}

/// Draws a panel and returns its lower end.
fn panel(body: &mut String, results: &Results<'_>, job: Job, peers: &[&Peer], top: f64) -> f64 {
    let bottom = top + TITLE + ROW * peers.len() as f64;
    text(body, 0.0, top + 16.0, "title", job.title());
    for time in GRID {
        let (x, from) = (position(time), top + TITLE - 4.0);
        line(body, format_args!(r#"<path class="grid" d="M{x:.1} {from}V{bottom}"/>"#));
        text(body, x + 2.0, from - 2.0, "value", &format!("{time} ns"));
    }
    for (i, peer) in peers.iter().enumerate() {
        let y = top + TITLE + ROW * i as f64;
        let own = if peer.kind == Kind::Ours { "own" } else { "" };
        text(body, 0.0, y + 13.0, own, peer.name);
        for (threads, class, y) in [(1, "one", y), (4, "four", y + BAR + 1.0)] {
            let time = results.time(job, peer.name, threads).unwrap_or(SCALE[0]);
            let (end, low) = (position(time), y + BAR);
            let path = format!("M{LEFT} {y}H{end:.1}V{low}H{LEFT}z");
            line(body, format_args!(r#"<path class="{own} {class}" d="{path}"/>"#));
            text(body, end + 3.0, y + 7.5, "value", &format!("{time:.1}"));
        }
    }
    bottom
}

fn position(time: f64) -> f64 {
    let [from, to] = SCALE;
    let share = (time.clamp(from, to) / from).ln() / (to / from).ln();
    LEFT + share * (RIGHT - LEFT)
}

fn text(body: &mut String, x: f64, y: f64, class: &str, text: &str) {
    let text = text.replace('&', "&amp;");
    line(body, format_args!(r#"<text x="{x:.1}" y="{y:.1}" class="{class}">{text}</text>"#));
}

fn line(body: &mut String, line: std::fmt::Arguments<'_>) {
    writeln!(body, "{line}").expect("a string takes any text");
}
