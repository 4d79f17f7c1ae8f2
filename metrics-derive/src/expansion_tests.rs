//! Compares the formatted expansions with the files in the folder `expansions`, and checks that no
//! expansion contains a banned name.
//!
//! `UPDATE_EXPANSIONS=1 cargo test -p typed-metrics-derive` updates the files.

use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;

use crate::expand::{Macro, derive_label, derive_label_group, derive_metrics, hint, timed};
use crate::model::Doubt;

fn shop_metrics() -> TokenStream {
    quote! {
        #[metrics(prefix = "shop", expire = "1h", crate = tm)]
        pub enum ShopMetrics<'a> {
            /// Duration of requests.
            #[histogram(unit = "ms", buckets = [5, 10, 25.5], expire = "10m")]
            RequestDuration { endpoint: Endpoint },
            /// Number of requests
            /// processed.
            #[counter(unit = "{request}", name = "requests", series_limit = 500)]
            RequestCount {
                route: &'a str,
                #[label(name = "http.status")]
                r#type: u16,
                #[label(display)]
                ip: IpAddr,
            },
            #[up_down_counter(value = f64, last_recorded)]
            InFlight,
            #[deprecated]
            #[gauge(unit = "By", description = "Memory in use.", expire = "never")]
            Memory {},
        }
    }
}

/// Constants in place of literals.
fn pump() -> TokenStream {
    quote! {
        #[metrics(
            prefix = crate::PREFIX,
            series_limit = LIMIT,
            labels(handler = "all", "net.region" = REGION),
            crate = tm
        )]
        enum Pump {
            #[histogram(buckets = LATENCY)]
            Stroke { tenant: u32 },
            #[histogram(exponential, max_size = 2 * SIZE, zero_threshold = NOISE)]
            Pressure,
            #[histogram(exponential, max_size = 80, zero_threshold = 1e-6)]
            Flow,
            #[histogram(name = "stops", buckets = [LATENCY[0], -1, 2.5], series_limit = 4 * LIMIT)]
            Stop { tenant: u32 },
        }
    }
}

/// Copies under other prefixes.
fn pools() -> TokenStream {
    quote! {
        /// Connections for reading.
        #[metrics(
            prefix = "pool.read",
            labels(role = "reader"),
            series_limit = 50,
            also(WritePool, prefix = "pool.write", labels(role = "writer")),
            also(IdlePool, prefix = "pool.idle"),
            crate = tm
        )]
        #[repr(u8)]
        pub(crate) enum ReadPool<'a> {
            /// Time until a connection was free.
            #[histogram(unit = "s")]
            #[strum(to_string = "wait")]
            Wait { host: &'a str },
        }
    }
}

fn endpoint() -> TokenStream {
    quote! {
        #[label(rename_all = "kebab-case", crate = tm)]
        enum Endpoint {
            FrontPage,
            #[label(name = "the checkout")]
            Checkout,
        }
    }
}

fn route() -> TokenStream {
    quote! {
        #[label(crate = tm)]
        struct Route<'a> {
            #[label(group, prefix = "server")]
            server: Server,
            #[label(name = "http.route")]
            path: &'a str,
            #[label(display)]
            ip: IpAddr,
        }
    }
}

/// A group whose own tokens name nothing that could be shadowed.
fn place() -> TokenStream {
    quote! {
        #[label(crate = tm)]
        struct Place {
            #[label(group)]
            server: Server,
            #[label(display)]
            ip: IpAddr,
        }
    }
}

/// Metrics with groups of labels.
fn web() -> TokenStream {
    quote! {
        #[metrics(crate = tm)]
        enum Web<'a> {
            #[counter]
            Requests(Route<'a>),
            #[gauge]
            Depth {
                queue: u8,
                #[label(group)]
                at: Route<'a>,
            },
        }
    }
}

/// Metrics that readers show in another form.
fn node() -> TokenStream {
    quote! {
        #[metrics(crate = tm)]
        enum Node {
            /// Phase of a node.
            #[state(was = "old.phase")]
            Phase { rack: u16, phase: Phase },
            #[info]
            Build { version: u16 },
        }
    }
}

fn tenant() -> TokenStream {
    quote! {
        #[label(crate = tm)]
        struct Tenant<'a, T>(&'a T);
    }
}

/// A sync function with a metric, and an async function that is measured by `function.duration`.
fn timed_functions() -> TokenStream {
    let find = timed(
        quote! {
            Shop::Duration { route: &route, outcome },
            status = |found| found.status(),
            count = Shop::Requests { outcome },
            crate = tm
        },
        quote! {
            pub(crate) fn find<'a>(
                route: String,
                _: Guard,
                shop: &'a Shop,
            ) -> Result<impl Page, Error> {
                let page = shop.page(route)?;
                Ok(page)
            }
        },
    );
    let fetch = timed(
        quote!(busy, in_flight = Shop::InFlight, crate = tm),
        quote! {
            async fn fetch(mut self, url: Url) -> Option<u8> {
                self.get(url).await
            }
        },
    );
    quote!(#find impl Client { #fetch })
}

/// Functions of which only some calls are measured: a sync function with a metric, and an async
/// function that is measured by `function.duration`.
fn sampled_functions() -> TokenStream {
    let find = timed(
        quote! {
            Shop::Duration { route: &route, outcome },
            status = |found| found.status(),
            count = Shop::Requests { outcome },
            sample = 1/64,
            crate = tm
        },
        quote! {
            fn find(route: String) -> Result<Page, Error> {
                page(route)
            }
        },
    );
    let fetch = timed(
        quote!(in_flight = Shop::InFlight, sample = 1 / RATE, crate = tm),
        quote! {
            async fn fetch(url: Url) -> Option<u8> {
                get(url).await
            }
        },
    );
    quote!(#find #fetch)
}

fn with_mistakes() -> TokenStream {
    quote! {
        #[metrics(crate = tm)]
        pub enum Shop<'a> {
            #[counter]
            Right { route: &'a str },
            Wrong { route: &'a str },
            #[gauge]
            Unnamed(u8),
            #[state(unit = "s")]
            Phase { rack: u16, phase: Phase },
        }
    }
}

/// Compares an expansion with its file. The message of a failure tells how to update the file.
fn assert_expansion(name: &str, tokens: TokenStream) {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("expansions").join(name);
    let expanded = prettyplease::unparse(&syn::parse2(tokens).expect("an expansion is items"));
    if std::env::var_os("UPDATE_EXPANSIONS").is_some() {
        std::fs::write(&file, &expanded).expect("the file can be written");
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(
        expected.replace("\r\n", "\n") == expanded,
        "{} differs; set UPDATE_EXPANSIONS=1 if it should:\n{expanded}",
        file.display()
    );
}

#[test]
fn metrics() {
    assert_expansion("metrics.rs", derive_metrics(shop_metrics()));
}

#[test]
fn metrics_with_constants() {
    assert_expansion("constants.rs", derive_metrics(pump()));
}

#[test]
fn metrics_with_states() {
    assert_expansion("states.rs", derive_metrics(node()));
}

#[test]
fn also() {
    assert_expansion("also.rs", derive_metrics(pools()));
}

#[test]
fn label_enum() {
    assert_expansion("label_enum.rs", derive_label(endpoint()));
}

#[test]
fn label_group() {
    let (route, web) = (derive_label_group(route()), derive_metrics(web()));
    assert_expansion("label_group.rs", quote!(#route #web));
}

#[test]
fn hint_for_a_path_that_may_be_wrong() {
    let renamed = hint(&Doubt::Renamed("tm".to_owned()), Macro::Metrics);
    let absent = hint(&Doubt::Absent, Macro::Timed);
    assert_expansion("hint.rs", quote!(#renamed #absent));
}

#[test]
fn label_newtype() {
    assert_expansion("label_newtype.rs", derive_label(tenant()));
}

#[test]
fn measured_functions() {
    assert_expansion("timed.rs", timed_functions());
}

#[test]
fn sampled_calls() {
    assert_expansion("timed_sampled.rs", sampled_functions());
}

#[test]
fn stub_of_a_declaration_with_mistakes() {
    assert_expansion("stub.rs", derive_metrics(with_mistakes()));
}

/// Names that a user can shadow, or that are missing under `#![no_implicit_prelude]`. In an
/// expansion, these names may occur only after `::`.
const BANNED: [&str; 18] = [
    "Option",
    "Some",
    "None",
    "Result",
    "Ok",
    "Err",
    "String",
    "Vec",
    "Box",
    "u64",
    "i64",
    "f64",
    "usize",
    "str",
    "bool",
    "core",
    "std",
    "typed_metrics",
];

fn bare_names(tokens: TokenStream, found: &mut Vec<String>) {
    let mut after_colon = false;
    for token in tokens {
        match &token {
            TokenTree::Group(group) => bare_names(group.stream(), found),
            TokenTree::Ident(name) if !after_colon && BANNED.contains(&&*name.to_string()) => {
                found.push(name.to_string());
            }
            _ => {}
        }
        after_colon = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ':');
    }
}

#[test]
fn nothing_is_named_that_a_user_can_shadow() {
    let mut found = Vec::new();
    bare_names(derive_metrics(shop_metrics()), &mut found);
    bare_names(derive_metrics(pump()), &mut found);
    bare_names(derive_metrics(node()), &mut found);
    bare_names(derive_label(endpoint()), &mut found);
    bare_names(derive_label_group(place()), &mut found);
    // The user's own `&'a str`: in the const, as the constructor's argument, and in each of the two
    // functions that find a series as argument and as label.
    assert_eq!(found, ["str"; 6]);
}

#[test]
fn expanding_twice_gives_the_same_tokens() {
    let once = derive_metrics(shop_metrics()).to_string();
    assert_eq!(once, derive_metrics(shop_metrics()).to_string());
}
