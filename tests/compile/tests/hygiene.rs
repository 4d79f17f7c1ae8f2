//! The derives work with any names in scope. See also the crate `renamed-facade`.
#![forbid(unsafe_code)]
#![deny(missing_docs, warnings)]

use typed_metrics::testing::capture;
use typed_metrics::{Label, Metrics};

/// A module without the prelude and without its names.
#[no_implicit_prelude]
mod without_a_prelude {
    use ::typed_metrics::{Label, Metrics, timed};

    const PREFIX: &str = "bare";
    const LIMIT: usize = 1000;
    const SECONDS: [f64; 2] = [1.0, 10.0];

    #[derive(Label)]
    pub(crate) enum Answer {
        Yes,
        No,
    }

    #[derive(Label)]
    pub(crate) struct Asker<'a>(pub(crate) &'a str);

    #[derive(Label)]
    pub(crate) struct Place<T>(#[label(display)] pub(crate) T);

    #[derive(Metrics)]
    #[metrics(
        prefix = PREFIX,
        series_limit = 2 * LIMIT,
        labels(site = PREFIX, kind = "none"),
        expire = "1h",
        last_recorded
    )]
    pub(crate) enum Bare<'a> {
        #[counter]
        Asked { asker: Asker<'a>, answer: Answer, again: ::core::option::Option<bool> },
        #[histogram(unit = "s", buckets = SECONDS)]
        Thinking,
        #[counter]
        Walked { place: Place<char>, address: Place<::std::net::Ipv4Addr> },
    }

    #[timed(Bare::Thinking)]
    fn think(of: ::std::string::String) -> ::core::result::Result<usize, ()> {
        ::core::result::Result::Ok(of.len())
    }

    #[timed]
    async fn think_later(of: &str) -> ::core::option::Option<usize> {
        ::core::option::Option::Some(of.len())
    }

    pub(crate) fn ask() {
        let _ = think(::std::string::String::new());
        ::core::mem::drop(think_later(""));
        Bare::asked(Asker("ada"), Answer::Yes, ::core::option::Option::None).inc();
        Bare::asked(Asker("ada"), Answer::No, ::core::option::Option::Some(true)).add(2);
        Bare::Thinking.record(1);
        Bare::walked(Place('x'), Place(::std::net::Ipv4Addr::LOCALHOST)).inc();
    }
}

/// Tokens that `macro_rules!` passes on are in invisible groups.
mod made_by_a_macro {
    #![allow(dead_code, reason = "the test reads only the descriptors")]

    use typed_metrics::Metrics;

    macro_rules! sizes {
        (
            $name:ident, $buckets:expr, $generated:expr, $first:expr, $limit:expr, $unit:literal,
            $expiry:expr
        ) => {
            #[derive(Metrics)]
            pub(crate) enum $name {
                #[histogram(unit = $unit, buckets = $buckets, series_limit = $limit)]
                Listed,
                #[histogram(buckets = $generated, expire = $expiry)]
                Generated,
                #[histogram(buckets = [$first, 2])]
                Mixed,
            }
        };
    }

    macro_rules! handed_on {
        ($buckets:expr) => {
            sizes!(Sizes, $buckets, exponential(1, 2, 3), -1.5, 7, "By", "10m");
        };
    }

    handed_on!([1, 2.5]);
}

#[test]
fn values_may_come_from_a_macro() {
    let [listed, generated, mixed] = made_by_a_macro::Sizes::descriptors()[..] else { panic!() };
    assert_eq!(listed.boundaries(), [1.0, 2.5]);
    assert_eq!((listed.unit(), listed.series_limit()), ("By", 7));
    assert_eq!(generated.boundaries(), [1.0, 2.0, 4.0]);
    assert_eq!(generated.expiry(), Some(std::time::Duration::from_secs(600)));
    assert_eq!(mixed.boundaries(), [-1.5, 2.0]);
}

#[test]
fn without_the_prelude_the_same_is_recorded() {
    use std::net::Ipv4Addr;
    use without_a_prelude::{Answer, Asker, Bare, Place, ask};

    let seen = capture(ask);
    let asked = |answer, again| Bare::Asked { asker: Asker("ada"), answer, again };
    assert_eq!(seen.counter(asked(Answer::Yes, None)), 1);
    assert_eq!(seen.counter(asked(Answer::No, Some(true))), 2);
    assert_eq!(seen.counter(asked(Answer::No, None)), 0);
    let thinking = seen.histogram(Bare::Thinking);
    assert_eq!((thinking.count, thinking.max), (2, 1.0));
    let walked = Bare::Walked { place: Place('x'), address: Place(Ipv4Addr::LOCALHOST) };
    assert_eq!(seen.counter(walked), 1);
}

/// Every name that generated code could rely on has another meaning here.
mod with_shadowed_names {
    #![allow(non_camel_case_types, dead_code, unused_macros, unused_imports)]

    use typed_metrics::{Label, Metrics, timed};

    pub(crate) struct Result;
    pub(crate) struct Option;
    pub(crate) struct String;
    pub(crate) struct Some;
    pub(crate) struct None;
    pub(crate) struct Ok;
    pub(crate) struct Err;
    pub(crate) struct Vec;
    pub(crate) struct Box;
    pub(crate) struct u64;
    pub(crate) struct f64;
    pub(crate) struct usize;
    pub(crate) mod core {}
    pub(crate) mod std {}
    macro_rules! line {
        () => {
            "shadowed"
        };
    }
    pub(crate) use line;

    #[derive(Label)]
    pub(crate) enum Size {
        Small,
        Large,
    }

    #[derive(Metrics)]
    pub(crate) enum Shadowed {
        #[counter(expire = "never")]
        ShadowedCounter { size: Size },
        #[gauge(expire = "1h")]
        ShadowedGauge,
    }

    #[timed]
    fn call(__call: ::std::string::String, __returned: i32) -> usize {
        let __outcome = __returned.cast_unsigned();
        let _ = __outcome;
        usize
    }

    #[timed(none_is_error)]
    async fn call_later(__call: i32) -> ::core::option::Option<i32> {
        ::core::option::Option::Some(__call)
    }

    pub(crate) fn work() {
        call(::std::string::String::new(), 1);
        ::core::mem::drop(call_later(1));
        Shadowed::shadowed_counter(Size::Large).inc();
        Shadowed::ShadowedGauge.record(7);
    }
}

#[test]
fn shadowed_names_do_not_reach_generated_code() {
    use with_shadowed_names::{Shadowed, Size, work};

    let seen = capture(work);
    assert_eq!(seen.counter(Shadowed::ShadowedCounter { size: Size::Large }), 1);
    assert_eq!(seen.counter(Shadowed::ShadowedCounter { size: Size::Small }), 0);
    assert_eq!(seen.gauge(Shadowed::ShadowedGauge), Some(7.0));
}

#[test]
fn an_enum_inside_a_function_has_metrics() {
    #[derive(Metrics)]
    #[metrics(prefix = "inside")]
    enum Inside {
        #[up_down_counter]
        Function,
    }

    let seen = capture(|| Inside::function().add(-3));
    assert_eq!(seen.up_down_counter(Inside::Function), -3);
    assert!(typed_metrics::catalog().iter().any(|metric| metric.name() == "inside.function"));
}

/// Constructors have the visibility of their enum. The compiler does not warn about these
/// variants, which only constructors use.
mod with_every_visibility {
    pub(super) mod deep {
        use typed_metrics::Metrics;

        #[derive(Metrics)]
        #[metrics(prefix = "visible")]
        pub(super) enum Above {
            #[counter]
            ToTheParent,
        }

        #[derive(Metrics)]
        #[metrics(prefix = "visible")]
        pub(in crate::with_every_visibility) enum Within {
            #[counter]
            ToAnAncestor,
        }

        #[derive(Metrics)]
        #[metrics(prefix = "visible")]
        enum Private {
            #[counter]
            ToNobody,
        }

        pub(crate) fn record_the_private_one() {
            Private::to_nobody().inc();
        }
    }

    pub(crate) fn record_all() {
        deep::Above::to_the_parent().inc();
        deep::Within::to_an_ancestor().inc();
        deep::record_the_private_one();
    }
}

#[test]
fn constructors_are_as_visible_as_their_enum() {
    let seen = capture(with_every_visibility::record_all);
    for name in ["visible.to_the_parent", "visible.to_an_ancestor", "visible.to_nobody"] {
        let metric = seen.snapshot.get(name).expect(name);
        assert_eq!(metric.series[0].value.as_f64(), 1.0, "{name}");
    }
}

#[test]
fn variants_may_be_called_like_methods_and_keywords() {
    #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Metrics)]
    #[metrics(prefix = "called")]
    enum Called {
        #[counter]
        Clone,
        #[counter]
        Cmp,
        #[counter]
        Descriptors,
        #[counter]
        Gen,
        #[counter]
        Union,
    }

    let seen = capture(|| {
        Called::clone().add(1);
        Called::cmp().add(2);
        Called::descriptors().add(3);
        Called::r#gen().add(4);
        Called::union().add(5);
    });
    let all = [Called::Clone, Called::Cmp, Called::Descriptors, Called::Gen, Called::Union];
    assert_eq!(all.map(|metric| seen.counter(metric)), [1, 2, 3, 4, 5]);
    assert_eq!(<Called as Metrics>::descriptors().len(), 5);
}

/// Users may reuse the names of operations: for constructors, for methods of the enum, and for
/// methods of a trait.
#[test]
fn operations_of_handles_may_be_named_again() {
    #[derive(Metrics)]
    #[metrics(prefix = "named_again")]
    enum Named<'a> {
        #[counter]
        Inc { by: &'a str },
        #[gauge]
        Set,
        #[histogram]
        Observe,
    }

    impl Named<'_> {
        fn add(self, n: u64) {
            self.record(n);
        }
    }

    trait Enter {
        fn enter(&self) -> &'static str;
    }

    impl Enter for Named<'_> {
        fn enter(&self) -> &'static str {
            "of the enum"
        }
    }

    impl Enter for typed_metrics::Gauge {
        fn enter(&self) -> &'static str {
            "of the gauge"
        }
    }

    let seen = capture(|| {
        Named::inc("a").inc();
        Named::Inc { by: "a" }.add(2);
        Named::set().set(3);
        Named::observe().record(4);
        assert_eq!((Named::Set.enter(), Named::set().enter()), ("of the enum", "of the gauge"));
    });
    assert_eq!(seen.counter(Named::Inc { by: "a" }), 3);
    assert_eq!(seen.gauge(Named::Set), Some(3.0));
    assert_eq!(seen.histogram(Named::Observe).count, 1);
}

#[test]
fn lifetimes_may_be_bounded_and_labels_unsized_or_generic() {
    use std::fmt::Display;

    #[derive(Label)]
    struct Borrowed<'x, T>(&'x T);

    #[derive(Metrics)]
    enum Bounded<'a, 'b: 'a>
    where
        'b: 'a,
    {
        #[counter(value = f64, name = "bounded")]
        Sum {
            #[label(display)]
            shown: &'a (dyn Display + 'a),
            borrowed: Option<Borrowed<'b, u8>>,
        },
    }

    let sum = || Bounded::Sum { shown: &1.5, borrowed: Some(Borrowed(&7)) };
    let seen = capture(|| {
        Bounded::sum(&1.5, Some(Borrowed(&7))).add(0.25);
        sum().record(0.5);
    });
    let series = &seen.snapshot.get("bounded").expect("it was recorded").series[0];
    assert_eq!(series.labels.to_string(), "shown=1.5 borrowed=7");
    assert_eq!(series.value.as_f64(), 0.75);
}

#[test]
fn a_deprecated_variant_warns_where_it_is_used_alone() {
    #[derive(Metrics)]
    #[metrics(prefix = "deprecated")]
    enum Old {
        #[deprecated = "count something else"]
        #[counter]
        Calls,
    }

    #[expect(deprecated)]
    let seen = capture(|| Old::calls().inc());
    #[expect(deprecated)]
    let calls = Old::Calls;
    assert_eq!(seen.counter(calls), 1);
}

#[test]
fn raw_identifiers_lose_their_mark_in_names() {
    #[derive(Metrics)]
    #[metrics(prefix = "raw")]
    enum Raw<'a> {
        #[counter]
        Match { r#type: &'a str },
    }

    let seen = capture(|| Raw::r#match("a").inc());
    let metric = seen.snapshot.get("raw.match").expect("it was recorded");
    assert_eq!(metric.series[0].labels.to_string(), "type=a");
}

#[test]
fn doc_comments_deprecations_and_descriptions_are_kept() {
    #[derive(Metrics)]
    enum Documented {
        /// First line,
        /// second line.
        ///
        /// Another paragraph.
        #[gauge(unit = "Cel")]
        FromComment,
        /// Not this.
        #[gauge(description = "This.")]
        Overridden,
    }

    let [from_comment, overridden] = Documented::descriptors()[..] else { panic!("there are two") };
    assert!(from_comment.description().starts_with("First line, second line."));
    assert_eq!(overridden.description(), "This.");
    let _ = capture(|| {
        Documented::from_comment().set(1);
        Documented::overridden().set(1);
    });
}

/// Metrics for the test of source locations.
#[derive(Metrics)]
enum Placed {
    /// Counted.
    #[counter]
    PlacedHere,
}

#[test]
fn a_metric_knows_where_it_is_defined() {
    let source = Placed::descriptors()[0].source();
    let here = line!();
    assert!(source.file.ends_with("tests/hygiene.rs"));
    assert_eq!(source.item, "Placed::PlacedHere");
    assert!(source.line < here && here - source.line < 10, "{} is not near {here}", source.line);
    let _ = capture(|| Placed::placed_here().inc());
}

/// Labels of every type.
#[derive(Metrics)]
enum Everything<'a> {
    /// All labels.
    #[counter(series_limit = 10_000)]
    Labels {
        str: &'a str,
        cow: std::borrow::Cow<'a, str>,
        owned: String,
        boxed: Box<str>,
        shared: std::sync::Arc<str>,
        optional: Option<&'a str>,
        signed: i64,
        large: u128,
        letter: char,
        truth: bool,
        #[label(display)]
        address: std::net::Ipv4Addr,
        level: Level,
    },
}

#[derive(Clone, Copy, Label)]
#[label(rename_all = "kebab-case")]
enum Level {
    VeryHigh,
}

#[test]
fn labels_of_every_type_give_their_value() {
    let everything = || Everything::Labels {
        str: "a",
        cow: "b".into(),
        owned: "c".into(),
        boxed: "d".into(),
        shared: "e".into(),
        optional: None,
        signed: -1,
        large: u128::MAX,
        letter: 'ß',
        truth: true,
        address: std::net::Ipv4Addr::LOCALHOST,
        level: Level::VeryHigh,
    };
    let seen = capture(|| everything().record(1));
    assert_eq!(seen.counter(everything()), 1);
    let labels = seen.snapshot.get("labels").expect("it was recorded").series[0].labels.to_string();
    assert_eq!(
        labels,
        "str=a cow=b owned=c boxed=d shared=e signed=-1 \
         large=340282366920938463463374607431768211455 letter=ß truth=true address=127.0.0.1 \
         level=very-high"
    );
}
