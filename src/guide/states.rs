//! Metrics whose value is a state or a fact: `#[state]` and `#[info]`.
//!
//! # States
//!
//! A node starts, runs and drains. A gauge of numbers would need a legend. With `#[state]`, the
//! last label of the metric is the state, and readers show one series for each state: 1 for the
//! current state, and 0 for the others. The constructor takes the other labels, and `set` takes the
//! state:
//!
//! ```
//! use typed_metrics::{Label, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Phase {
//!     Starting,
//!     Running,
//!     Draining,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "node")]
//! enum Node<'a> {
//!     /// Phase of a node.
//!     #[state]
//!     Phase { node: &'a str, phase: Phase },
//! }
//!
//! let phase = Node::phase("a"); // a `State<Phase>`
//! phase.set(Phase::Starting);
//! phase.set(Phase::Running);
//!
//! let snapshot = typed_metrics::snapshot();
//! let all = snapshot.get("node.phase").unwrap();
//! let value = |phase| all.series_with(&[("node", "a"), ("phase", phase)]).unwrap().value.as_f64();
//! assert_eq!((value("starting"), value("running"), value("draining")), (0.0, 1.0, 0.0));
//! ```
//!
//! - The state is one number in memory, however many states there are. So `set` costs as much as
//!   that of a gauge, and no reader ever sees two current states, or none.
//! - Before the first `set`, nothing is shown for these labels. `remove` takes all of their states
//!   out of every export. A state never expires, because a state that nothing changes is still
//!   true.
//! - The label of the state is a fixed one: an enum that derives [`Label`](macro@crate::Label),
//!   `bool`, or an `Option` of these, with 2 to [`MAX_STATES`](crate::MAX_STATES) values. With an
//!   `Option`, `set(None)` makes all states 0.
//! - The series limit counts the combinations of the other labels.
//! - `observe` reads the state at every collection: `Node::phase("a").observe(|| phase_of("a"))`.
//!
//! Handlers export an up-down counter of `i64`, which is a non-monotonic sum in OTLP;
//! [`Descriptor::state_label`](crate::Descriptor::state_label) tells that it has states. A handler
//! that [subscribes](crate::MetricHandler::subscribe) to single measurements gets one for each
//! `set`, with the state among the labels and the value 1.
//!
//! In a scrape of Prometheus, the label with the state has the name that the enum gives it:
//! `node_phase{node="a",phase="running"} 1`. OpenMetrics 1.0 is the exception: a metric of its type
//! `stateset` has the state in a label with the name of the metric, here `node_phase`. So a query
//! depends on whether Prometheus scrapes OpenMetrics 1.0 or another format, such as protobuf;
//! `scrape_protocols` in its configuration determines that.
//!
//! # Infos
//!
//! The build that runs, or the role of a process, is a fact that labels tell. With `#[info]`, the
//! value is always 1:
//!
//! ```
//! use typed_metrics::{LabelGroup, Metrics};
//!
//! #[derive(Clone, Copy, LabelGroup)]
//! struct Version<'a> {
//!     version: &'a str,
//!     revision: &'a str,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "app")]
//! enum App<'a> {
//!     /// The build that runs.
//!     #[info]
//!     Build(Version<'a>),
//!     #[info]
//!     Leader { host: &'a str },
//! }
//!
//! App::build(Version { version: "1.2.0", revision: "8f3a" }).set();
//! App::leader("ann").set();
//! App::leader("bob").set(); // replaces "ann"
//!
//! let snapshot = typed_metrics::snapshot();
//! let [build] = &snapshot.get("app.build").unwrap().series[..] else { panic!() };
//! assert_eq!(build.labels.to_string(), "version=1.2.0 revision=8f3a");
//! assert_eq!(build.value.as_f64(), 1.0);
//! let [leader] = &snapshot.get("app.leader").unwrap().series[..] else { panic!() };
//! assert_eq!(leader.labels.to_string(), "host=bob");
//! ```
//!
//! - An info has one set of labels at a time: `set` replaces the labels that were set before, as in
//!   the client libraries of Prometheus. For one fact each of several things, such as the version
//!   of each peer, set a `#[gauge]` with a label for the thing to 1.
//! - `remove` takes the info out of every export. Labels that it had replaced do not come back.
//! - Replaced series make room when half of the series limit is used.
//!
//! Handlers export an up-down counter of `i64`; [`Descriptor::is_info`](crate::Descriptor::is_info)
//! tells that it is an info. A handler that keeps removed series, as the SDK of OpenTelemetry does,
//! shows a replaced info with the value 0.
//!
//! # By value, and in tests
//!
//! The variant by value names the state, or all labels of the info. The only number that it takes
//! is 1, which sets the state or the info; any other number is dropped and counted. `assert_set`
//! and `is_set` of a [capture](super::testing) take the variant by value as well:
//!
//! ```
//! # use typed_metrics::{Label, Metrics};
//! # #[derive(Clone, Copy, Label)]
//! # enum Phase { Starting, Running }
//! # #[derive(Metrics)]
//! # enum Node<'a> {
//! #     #[state]
//! #     Phase { node: &'a str, phase: Phase },
//! # }
//! use typed_metrics::testing::capture;
//!
//! let seen = capture(|| {
//!     Node::phase("a").set(Phase::Starting);
//!     Node::Phase { node: "a", phase: Phase::Running }.record(1); // the same as `set`
//! });
//! seen.assert_set(Node::Phase { node: "a", phase: Phase::Running });
//! assert!(!seen.is_set(Node::Phase { node: "a", phase: Phase::Starting }));
//! ```
