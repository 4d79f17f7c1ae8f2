//! Labels: their types, and groups of labels that several metrics share.
//!
//! # Labels
//!
//! The fields of a variant are the labels of the metric. A label is *fixed* if the compiler knows
//! all its values. All other labels are *open*.
//!
//! | type of the field | label | exported as |
//! |---|---|---|
//! | an enum that derives [`Label`](macro@crate::Label), `bool`, [`Outcome`](crate::Outcome) | fixed | the name of the variant, a boolean |
//! | `&str`, `String`, `Cow<str>`, `Arc<str>`, `Rc<str>`, `Box<str>`, `char` | open | text |
//! | integers, `NonZero` integers | open | an integer; text beyond the range of `i64` |
//! | `IpAddr`, `Ipv4Addr`, `Ipv6Addr`, `SocketAddr` and its variants, of `std::net` | open | text |
//! | `http::Method`, `http::StatusCode` (feature `http`) | open | text, an integer |
//! | `uuid::Uuid` (feature `uuid`) | open | text |
//! | a newtype that derives `Label` | as its field | as its field |
//! | `Option` of any of these | as without `Option` | the same; `None` leaves the label out |
//! | any type that implements `Display`, or an `Option` of one, with `#[label(display)]` | open | text; `None` leaves the label out |
//! | `f32`, `f64` | refused: nearly every value would be a series of its own | |
//!
//! A newtype that derives `Label` has the value of its field, and is fixed if the field is fixed.
//! With `#[label(display)]` on the field, the label is open, and its value is the displayed text.
//!
//! The name of a label is the name of its field, or the text of `#[label(name = "…")]`. It follows
//! the rule for metric names. OpenTelemetry reserves `otel` and every name that begins with
//! `otel.`, and Prometheus reserves `le` and `quantile`.
//!
//! ```
//! use std::net::IpAddr;
//! use std::num::ParseIntError;
//! use typed_metrics::Metrics;
//!
//! #[derive(Metrics)]
//! enum Net<'a> {
//!     #[counter]
//!     Packets {
//!         #[label(name = "net.peer")]
//!         peer: &'a str,
//!         address: IpAddr,
//!         vlan: Option<u16>,
//!         #[label(display)]
//!         fault: Option<ParseIntError>,
//!     },
//! }
//!
//! let fault = "x".parse::<u8>().err();
//! Net::packets("gate", IpAddr::from([10, 0, 0, 1]), None, fault).inc();
//! let snapshot = typed_metrics::snapshot();
//! let labels = &snapshot.get("packets").unwrap().series[0].labels;
//! assert_eq!(
//!     labels.to_string(),
//!     "net.peer=gate address=10.0.0.1 fault=invalid digit found in string"
//! );
//! ```
//!
//! The address of a peer contains the port of the connection, so nearly every connection would be a
//! series of its own: write `peer.ip()`.
//!
//! The fixed labels of a metric must not have more combinations than the series limit. Otherwise
//! the declaration does not compile, and the error names the product and its factors. Open labels
//! are limited at run time: see [`cost`](super::cost#memory).
//!
//! # Groups of labels
//!
//! Several metrics often have the same labels. A struct that derives
//! [`LabelGroup`](macro@crate::LabelGroup) declares these labels once. Its fields follow the rules
//! for the fields of a variant.
//!
//! A variant has a group in one of two forms:
//!
//! - `Requests(Route<'a>)`: all labels of the metric are those of the group.
//! - `#[label(group)] route: Route<'a>`: the group is a field among others, also in another group.
//!   With `#[label(group, prefix = "client")]`, `client.` stands before the names of the group's
//!   labels, so that a metric can have the same group twice.
//!
//! A constructor takes the group as one argument. The fields of the group have their names where a
//! program records, so two fields of the same type cannot be swapped by mistake. Two groups of one
//! type still can, so such a metric has to say `positional`.
//!
//! ```
//! use typed_metrics::testing::capture;
//! use typed_metrics::{Label, LabelGroup, Metrics};
//!
//! #[derive(Clone, Copy, Label)]
//! enum Zone {
//!     Inner,
//!     Outer,
//! }
//!
//! #[derive(Clone, Copy, LabelGroup)]
//! struct Stop<'a> {
//!     zone: Zone,
//!     name: &'a str,
//! }
//!
//! #[derive(Metrics)]
//! #[metrics(prefix = "tram")]
//! enum Tram<'a> {
//!     #[counter(unit = "{passenger}")]
//!     Boarded(Stop<'a>),
//!     #[histogram(unit = "s")]
//!     Waited(Stop<'a>),
//!     #[counter(unit = "{ticket}", positional)]
//!     Sold {
//!         #[label(group, prefix = "from")]
//!         from: Stop<'a>,
//!         #[label(group, prefix = "to")]
//!         to: Stop<'a>,
//!         reduced: bool,
//!     },
//! }
//!
//! let names: Vec<_> = Tram::descriptors()[2].labels().iter().map(|label| label.name()).collect();
//! assert_eq!(names, ["from.zone", "from.name", "to.zone", "to.name", "reduced"]);
//!
//! let market = Stop { zone: Zone::Inner, name: "market" };
//! let harbour = Stop { zone: Zone::Outer, name: "harbour" };
//! let seen = capture(|| {
//!     Tram::sold(market, harbour, true).inc();
//!     // One place records two metrics with the same labels, which are looked up once.
//!     let at = market.find();
//!     Tram::boarded(&at).add(12);
//!     Tram::waited(&at).record(180);
//! });
//! seen.assert_counter(Tram::Sold { from: market, to: harbour, reduced: true }, 1);
//! seen.assert_counter(Tram::Boarded(market), 12);
//! seen.assert_histogram_count(Tram::Waited(market), 1);
//! ```
//!
//! [`find`](crate::LabelGroup::find) looks open labels up once. It pays where one place records
//! several metrics whose labels are exactly this group, as `Boarded` and `Waited`. It saves nothing
//! for a single metric, for a group without an open label, and for a group that is one field of
//! several. The result stays in its thread, so call `find` after the last `.await`.
//!
//! The fixed labels of all groups count for the series limit, as those of the variant do.
