//! The dashboard of the process and the host.

use super::context::{Context, legend};
use super::drawn::Drawn;
use super::kinds::described;
use super::layout::Section;
use super::panel::Draft;
use super::unit::Unit;
use crate::promql::expression::{RATE_INTERVAL, aggregated, rate, sum};
use crate::promql::selector::{Comparison, Matcher};

pub(super) fn sections(context: &Context<'_>, drawn: &mut Drawn<'_>) -> Vec<Section> {
    let mut page = Page { context, drawn };
    vec![page.overview(), page.process(), page.cpu(), page.memory(), page.disks(), page.network()]
}

struct Page<'a, 'b, 'c> {
    context: &'a Context<'a>,
    drawn: &'b mut Drawn<'c>,
}

/// How the values of a level are joined.
#[derive(Debug, Clone, Copy)]
enum Join {
    Sum,
    Mean,
    Max,
}

/// A condition on a label of a metric.
type Condition<'a> = (&'a str, Comparison, &'a str);

impl Page<'_, '_, '_> {
    /// A chart with the values of metrics, each with a legend if it has no labels `by`.
    fn level(
        &mut self,
        title: &str,
        join: Join,
        by: &[&str],
        metrics: &[(&str, &str, &[Condition<'_>])],
    ) -> Option<Draft> {
        let context = self.context;
        let mut draft: Option<Draft> = None;
        for (name, shown, conditions) in metrics {
            let Some(entry) = self.drawn.metric(name) else { continue };
            let is_ratio = entry.unit() == "1";
            let unit = if entry.unit() == "core" {
                Unit::share()
            } else {
                Unit::of(entry.unit(), is_ratio)
            };
            let labels = context.labels(by);
            let selector = context.series(entry).selector().and(self.matchers(conditions));
            let operator = match join {
                Join::Sum => "sum",
                Join::Mean => "avg",
                Join::Max => "max",
            };
            let expr = aggregated(operator, &labels, context.language(), selector);
            let legend = [*shown, legend(&labels).as_str()].join(" ").trim().to_owned();
            let lines = draft
                .take()
                .unwrap_or_else(|| described(context, entry, Draft::lines(title, &unit)));
            draft = Some(lines.query(expr, &legend).zero_based());
        }
        draft
    }

    /// A chart with the rates of counters by `by`.
    fn rates(
        &mut self,
        title: &str,
        by: &[&str],
        metrics: &[(&str, &str, &[Condition<'_>])],
    ) -> Option<Draft> {
        let context = self.context;
        let mut draft: Option<Draft> = None;
        for (name, shown, conditions) in metrics {
            let Some(entry) = self.drawn.metric(name) else { continue };
            let labels = context.labels(by);
            let selector = context.series(entry).selector().and(self.matchers(conditions));
            let expr = sum(&labels, context.language(), rate(selector, RATE_INTERVAL));
            let unit = Unit::of_rate(entry.unit());
            let legend = [legend(&labels).as_str(), *shown].join(" ").trim().to_owned();
            let lines = draft
                .take()
                .unwrap_or_else(|| described(context, entry, Draft::lines(title, &unit)));
            draft = Some(lines.query(expr, &legend));
        }
        draft
    }

    fn matchers(&self, conditions: &[Condition<'_>]) -> Vec<Matcher> {
        let matcher = |(label, comparison, value): &Condition<'_>| {
            Matcher::new(&self.context.dialect().label(label), *comparison, value)
        };
        conditions.iter().map(matcher).collect()
    }

    fn stat(&mut self, title: &str, join: Join, name: &str) -> Option<Draft> {
        let context = self.context;
        let entry = self.drawn.metric(name)?;
        let unit = match entry.unit() {
            "core" => Unit::share(),
            unit => Unit::of(unit, unit == "1"),
        };
        let operator = match join {
            Join::Sum => "sum",
            Join::Mean => "avg",
            Join::Max => "max",
        };
        let selector = context.series(entry).selector().clone();
        let expr = aggregated(operator, &[], context.language(), selector);
        let stat = Draft::stat(title, &unit).query(expr, title);
        Some(described(context, entry, stat))
    }

    /// A chart with a line for each process.
    fn by_instance(&mut self, title: &str, name: &str) -> Option<Draft> {
        let context = self.context;
        let entry = self.drawn.metric(name)?;
        let by = [context.dialect().instance()];
        let series = context.series(entry);
        let expr = aggregated("max", &by, context.language(), series.selector());
        let lines = Draft::lines(title, &Unit::share()).query(expr, &legend(&by)).zero_based();
        Some(described(context, entry, lines))
    }

    fn overview(&mut self) -> Section {
        let stats = [
            self.stat("Process CPU", Join::Sum, "process.cpu.core_utilization"),
            self.stat("Process memory", Join::Sum, "process.memory.usage"),
            self.stat("Threads", Join::Sum, "process.thread.count"),
            self.stat("File descriptors", Join::Sum, "process.open_file_descriptor.count"),
            self.stat("Host CPU", Join::Mean, "system.cpu.simple_utilization")
                .map(|stat| stat.red_from(0.9)),
            self.stat("Load, 1 minute", Join::Max, "system.cpu.load_average.1m"),
        ];
        Section::new("Overview", vec![stats.into_iter().flatten().collect()])
    }

    fn process(&mut self) -> Section {
        let drafts = [
            self.rates("CPU", &["type"], &[("process.cpu.time", "", &[])]).map(Draft::stacked),
            self.by_instance("CPU by instance", "process.cpu.core_utilization"),
            self.level(
                "CPU, share of all CPUs",
                Join::Sum,
                &[],
                &[("process.cpu.utilization", "share", &[])],
            ),
            self.level(
                "Memory",
                Join::Sum,
                &[],
                &[
                    ("process.memory.usage", "physical", &[]),
                    ("process.memory.virtual", "virtual", &[]),
                ],
            ),
            self.rates(
                "Storage",
                &[],
                &[
                    ("process.disk.io", "read", &[("direction", Comparison::Equal, "read")]),
                    ("process.disk.io", "write", &[("direction", Comparison::Equal, "write")]),
                ],
            )
            .map(|draft| draft.below_axis_from(1)),
            self.rates("Context switches", &["type"], &[("process.context_switches", "", &[])]),
            self.level(
                "Threads and file descriptors",
                Join::Sum,
                &[],
                &[
                    ("process.thread.count", "threads", &[]),
                    ("process.open_file_descriptor.count", "file descriptors", &[]),
                    ("system.thread_count", "threads (system.thread_count)", &[]),
                ],
            ),
        ];
        section("Process", drafts)
    }

    fn cpu(&mut self) -> Section {
        let busy: &[Condition<'_>] = &[("state", Comparison::NotEqual, "idle")];
        let drafts = [
            self.level(
                "CPU by state",
                Join::Mean,
                &["state"],
                &[("system.cpu.utilization", "", busy)],
            )
            .map(|draft| draft.stacked().width(12)),
            self.rates(
                "Busy time by CPU",
                &["cpu"],
                &[("system.cpu.time", "", &[("state", Comparison::DiffersFrom, "idle|iowait")])],
            )
            .map(|draft| draft.zero_based().width(12)),
            self.level("CPU", Join::Mean, &[], &[("system.cpu.simple_utilization", "busy", &[])])
                .map(Draft::whole),
            self.level(
                "Load average",
                Join::Max,
                &[],
                &[("system.cpu.load_average.1m", "1 minute", &[])],
            ),
            self.level("Processes", Join::Max, &[], &[("system.process.count", "processes", &[])]),
        ];
        section("Host: CPU", drafts)
    }

    fn memory(&mut self) -> Section {
        // Other states are parts of these or overlap with them.
        let parts: &[Condition<'_>] = &[("state", Comparison::Matches, "used|buffers|cached|free")];
        let drafts = [
            self.level("Memory", Join::Max, &["state"], &[("system.memory.usage", "", parts)])
                .map(Draft::stacked),
            self.level(
                "Memory, share",
                Join::Max,
                &["state"],
                &[(
                    "system.memory.utilization",
                    "",
                    &[("state", Comparison::Matches, "used|available")],
                )],
            )
            .map(Draft::whole),
            self.level("Swap", Join::Max, &["state"], &[("system.swap.usage", "", &[])])
                .map(Draft::stacked),
            self.level(
                "Swap, share",
                Join::Max,
                &["state"],
                &[("system.swap.utilization", "", &[])],
            )
            .map(Draft::whole),
        ];
        section("Host: memory", drafts.map(|draft| draft.map(|draft| draft.width(6))))
    }

    fn disks(&mut self) -> Section {
        let directions = |name: &'static str| {
            [("read", name), ("write", name)].map(|(direction, name)| (name, direction))
        };
        let mut drafts = Vec::new();
        for (title, name) in [
            ("Throughput", "system.disk.io"),
            ("Operations", "system.disk.operations"),
            ("Time", "system.disk.time"),
        ] {
            let [read, write] = directions(name).map(|(name, direction)| {
                (name, direction, [("direction", Comparison::Equal, direction)])
            });
            let metrics: [(&str, &str, &[Condition<'_>]); 2] =
                [(read.0, read.1, &read.2), (write.0, write.1, &write.2)];
            drafts.push(
                self.rates(title, &["device"], &metrics).map(|draft| draft.below_axis_from(1)),
            );
        }
        section("Host: disks", drafts)
    }

    fn network(&mut self) -> Section {
        let receive: &[Condition<'_>] = &[("direction", Comparison::Equal, "receive")];
        let transmit: &[Condition<'_>] = &[("direction", Comparison::Equal, "transmit")];
        let drafts = [
            self.rates(
                "Throughput",
                &["device"],
                &[
                    ("system.network.io", "receive", receive),
                    ("system.network.io", "transmit", transmit),
                ],
            )
            .map(|draft| draft.below_axis_from(1)),
            self.rates(
                "Packets",
                &["device"],
                &[
                    ("system.network.packets", "receive", receive),
                    ("system.network.packets", "transmit", transmit),
                ],
            )
            .map(|draft| draft.below_axis_from(1)),
            self.rates(
                "Errors and dropped packets",
                &["device", "direction"],
                &[
                    ("system.network.errors", "errors", &[]),
                    ("system.network.dropped_packets", "dropped", &[]),
                ],
            )
            .map(Draft::zero_based),
            self.level(
                "Connections",
                Join::Sum,
                &["protocol", "state"],
                &[("system.network.connections", "", &[])],
            )
            .map(|draft| draft.stacked().width(24).legend_table()),
        ];
        section("Host: network", drafts)
    }
}

fn section(title: &str, drafts: impl IntoIterator<Item = Option<Draft>>) -> Section {
    Section::new(title, drafts.into_iter().flatten().map(|draft| vec![draft]).collect())
}
