//! The handler `console`, read back from its last table.

use std::io::{self, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use typed_metrics::{ConsoleHandler, MetricHandler};

use crate::back_end::{BackEnd, Removed, Shows, WithBuckets};
use crate::stored::{Histogram, Stored, Value};

pub(crate) struct Console {
    handler: Arc<ConsoleHandler>,
    paper: Paper,
}

impl BackEnd for Console {
    const SHOWS: Shows = Shows {
        buckets: WithBuckets::None,
        extremes: true,
        whole_labels: false,
        removed: Removed::Gone,
    };

    fn start() -> Self {
        let paper = Paper::default();
        Self { handler: Arc::new(ConsoleHandler::new().to(paper.clone())), paper }
    }

    fn handler(&self) -> Box<dyn MetricHandler> {
        Box::new(Arc::clone(&self.handler))
    }

    fn stored(&self) -> Stored {
        let mut stored = Stored::default();
        if let Some(last) = self.paper.pages().last() {
            last.split("\n\n").for_each(|table| read(table, &mut stored));
        }
        stored
    }

    fn exports(&self) -> Option<usize> {
        Some(self.paper.pages().len())
    }
}

/// Reads the rows of the suite's metrics.
fn read(table: &str, stored: &mut Stored) {
    let mut lines = table.lines();
    let Some(head) = lines.next() else { return };
    let column = |title: &str| head.find(title);
    let (Some(unit), Some(labels)) = (column("unit"), column("labels")) else { return };
    let kind = column("kind");
    let (mut name, mut kind_of, mut unit_of) = ("", "", "");
    // The first line is the rule below the titles. Names and units are ASCII.
    for line in lines.skip(1).filter(|line| line.len() > labels) {
        if !line.starts_with(' ') {
            name = line[..kind.unwrap_or(unit)].trim();
            name = name.trim_end_matches(" (old name)").trim_end_matches(" [suite]");
            kind_of = kind.map_or("histogram", |kind| line[kind..unit].trim());
            unit_of = line[unit..labels].trim();
        }
        if !name.starts_with("suite.") && !name.starts_with("old.") {
            continue;
        }
        let mut cells: Vec<_> = line[labels..].split("  ").map(str::trim).collect();
        // The first cell is empty if the series has no labels. Other empty cells are gaps between
        // columns.
        let series = cells.remove(0).to_owned();
        cells.retain(|cell| !cell.is_empty());
        let value = match cells[..] {
            ["-", ..] => continue,
            [value] => Value::Number(number(value)),
            [count, sum, .., min, max] => Value::Histogram(Histogram {
                count: count.replace(',', "").parse().unwrap(),
                sum: number(sum),
                min: number(min),
                max: number(max),
                buckets: None,
            }),
            _ => panic!("not a row of a table: {line:?}"),
        };
        stored.add(name, kind_of, unit_of, series, value);
    }
}

fn number(cell: &str) -> f64 {
    cell.replace(',', "").parse().unwrap_or_else(|error| panic!("{cell:?}: {error}"))
}

/// Keeps each table that the handler prints as a page. The last page is still being written.
#[derive(Clone, Default)]
struct Paper(Arc<Mutex<Vec<Vec<u8>>>>);

impl Paper {
    /// The complete pages.
    fn pages(&self) -> Vec<String> {
        let pages = self.lock();
        let complete = pages.iter().rev().skip(1).rev();
        complete.map(|page| String::from_utf8(page.clone()).unwrap()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Write for Paper {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut pages = self.lock();
        if pages.is_empty() {
            pages.push(Vec::new());
        }
        pages.last_mut().unwrap().write(bytes)
    }

    /// The handler flushes after each table.
    fn flush(&mut self) -> io::Result<()> {
        self.lock().push(Vec::new());
        Ok(())
    }
}
