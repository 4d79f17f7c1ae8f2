//! The two programs, which have the same metrics.

use std::fmt::Write;
use std::fs;
use std::path::Path;

const MODULES: usize = 100;
const METRICS: usize = 20;

pub struct Program {
    pub name: &'static str,
    dependency: &'static str,
    /// The labels, which all modules share.
    labels: &'static str,
    module: fn(&mut String),
}

pub const PROGRAMS: [Program; 2] = [
    Program {
        name: "typed-metrics",
        dependency: r#"typed-metrics = { path = "ROOT", default-features = false }"#,
        labels: "use typed_metrics::Label;\n\
            #[derive(Label, Clone, Copy)]\n#[allow(dead_code)]\n\
            pub enum Kind { Get, Put, Delete }\n",
        module: typed_metrics,
    },
    Program {
        name: "vise",
        dependency: r#"vise = "0.3.2""#,
        labels: "use vise::{EncodeLabelSet, EncodeLabelValue};\n\
            #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, EncodeLabelValue)]\n\
            #[metrics(rename_all = \"snake_case\")]\n#[allow(dead_code)]\n\
            pub enum Kind { Get, Put, Delete }\n\
            #[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]\n\
            pub struct Labels { kind: Kind, route: &'static str, status: u16 }\n",
        module: vise,
    },
];

impl Program {
    /// Writes the package into a folder of its own in `folder`.
    pub fn write(&self, folder: &Path, here: &Path) {
        let package = folder.join(self.name);
        fs::create_dir_all(package.join("src")).expect("a folder");
        let root = here.join("../..");
        let manifest = format!(
            "[package]\nname = \"{}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n[workspace]\n\
             [dependencies]\n{}\n",
            // The program must not have the name of the dependency.
            format_args!("program-{}", self.name),
            self.dependency.replace("ROOT", root.to_str().expect("UTF-8")),
        ) + &format!("[[bin]]\nname = \"{}\"\npath = \"src/main.rs\"\n", self.name);
        write(&package.join("Cargo.toml"), &manifest);
        let mut main = self.labels.to_owned();
        for module in 0..MODULES {
            writeln!(main, "mod m{module};").expect("a string");
        }
        main.push_str("fn main() {\n    let route: &'static str = \"/\";\n");
        main.push_str("    let status = std::process::id() as u16;\n");
        for module in 0..MODULES {
            writeln!(main, "    m{module}::record(Kind::Get, route, status);").expect("a string");
        }
        main.push_str("}\n");
        write(&package.join("src/main.rs"), &main);
        let mut module = String::new();
        (self.module)(&mut module);
        for index in 0..MODULES {
            let source = module.replace("MODULE", &index.to_string());
            write(&package.join(format!("src/m{index}.rs")), &source);
        }
    }
}

/// Writes a file, unless it has these contents already.
fn write(path: &Path, contents: &str) {
    if fs::read_to_string(path).is_ok_and(|written| written == contents) {
        return;
    }
    fs::write(path, contents).expect("a file");
}

/// The kind of the metric at `index`: 10 counters, 4 gauges and 6 histograms in each module.
enum Kind {
    Counter,
    Gauge,
    Histogram,
}

fn kind(index: usize) -> Kind {
    match index {
        0..10 => Kind::Counter,
        10..14 => Kind::Gauge,
        _ => Kind::Histogram,
    }
}

fn typed_metrics(out: &mut String) {
    out.push_str(
        "use typed_metrics::Metrics;\n\
         use crate::Kind;\n\
         #[derive(Metrics)]\n\
         #[metrics(prefix = \"mMODULE\")]\n\
         pub enum Module {\n",
    );
    for index in 0..METRICS {
        let attribute = match kind(index) {
            Kind::Counter => "counter",
            Kind::Gauge => "gauge",
            Kind::Histogram => "histogram(unit = \"s\", buckets = [0.01, 0.1, 1.0])",
        };
        writeln!(
            out,
            "    /// The metric with the number {index}.\n    #[{attribute}]\n    \
             Metric{index} {{ kind: Kind, route: &'static str, status: u16 }},"
        )
        .expect("a string");
    }
    out.push_str("}\npub fn record(kind: Kind, route: &'static str, status: u16) {\n");
    for index in 0..METRICS {
        let operation = match kind(index) {
            Kind::Counter => "inc()",
            Kind::Gauge => "set(1.5)",
            Kind::Histogram => "record(0.5)",
        };
        writeln!(out, "    Module::metric{index}(kind, route, status).{operation};")
            .expect("a string");
    }
    out.push_str("}\n");
}

fn vise(out: &mut String) {
    out.push_str(
        "use vise::{Buckets, Counter, Family, Gauge, Global, Histogram, Metrics};\n\
         use crate::{Kind, Labels};\n\
         #[derive(Debug, Metrics)]\n\
         #[metrics(prefix = \"mMODULE\")]\n\
         pub struct Module {\n",
    );
    for index in 0..METRICS {
        let (attribute, of) = match kind(index) {
            Kind::Counter => ("", "Counter"),
            Kind::Gauge => ("", "Gauge<f64>"),
            Kind::Histogram => {
                ("    #[metrics(buckets = Buckets::values(&[0.01, 0.1, 1.0]))]\n", "Histogram")
            }
        };
        writeln!(
            out,
            "    /// The metric with the number {index}.\n{attribute}    \
             pub metric{index}: Family<Labels, {of}>,"
        )
        .expect("a string");
    }
    out.push_str(
        "}\n#[vise::register]\npub static METRICS: Global<Module> = Global::new();\n\
         pub fn record(kind: Kind, route: &'static str, status: u16) {\n    \
         let labels = Labels { kind, route, status };\n",
    );
    for index in 0..METRICS {
        let operation = match kind(index) {
            Kind::Counter => "inc();",
            Kind::Gauge => "set(1.5);",
            Kind::Histogram => "observe(0.5);",
        };
        writeln!(out, "    METRICS.metric{index}[&labels].{operation}").expect("a string");
    }
    out.push_str("}\n");
}
