//! A program with states for the browser to look at. It is a program of its own, because the
//! metrics of an enum are on the page of every program that contains the enum.

use std::thread::sleep;
use std::time::Duration;

use typed_metrics::{Label, Metrics};

#[derive(Clone, Copy, Label)]
enum Phase {
    Starting,
    Running,
    Draining,
}

#[derive(Clone, Copy, Label)]
enum Link {
    Connected,
    Lost,
}

#[derive(Metrics)]
#[metrics(prefix = "site")]
enum Site<'a> {
    /// The phase of the program.
    #[state]
    Phase { state: Phase },
    #[state]
    Link { peer: &'a str, link: Link },
}

/// A phase that comes to stay, and two links, of which one changes every two seconds.
fn main() -> Result<(), typed_metrics::Error> {
    typed_metrics::set_metric_handlers("prometheus")?;
    Site::phase().set(Phase::Starting);
    Site::link("eu").set(Link::Connected);
    sleep(Duration::from_secs(3));
    Site::phase().set(Phase::Running);
    for state in [Link::Connected, Link::Lost].into_iter().cycle() {
        Site::link("us").set(state);
        sleep(Duration::from_secs(2));
    }
    // The links change for ever, and nothing drains.
    Site::phase().set(Phase::Draining);
    Ok(())
}
