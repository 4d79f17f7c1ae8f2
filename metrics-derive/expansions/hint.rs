#[allow(unused)]
const _: () = {
    #[diagnostic::on_unimplemented(
        message = "`#[derive(Metrics)]` looks for the dependency `typed-metrics` under its own name, and here it is called `tm`",
        label = "write `#[metrics(crate = tm)]`",
        note = "or write once, at the root of the crate: `extern crate tm as typed_metrics;`"
    )]
    trait __Found {}
    trait __MustBeFound: __Found {}
    struct Facade;
    impl __Found for __p::found::Facade {}
    const _: () = {
        use __p::found::*;
        impl __MustBeFound for Facade {}
    };
};
#[allow(unused)]
const _: () = {
    #[diagnostic::on_unimplemented(
        message = "`#[timed]` looks for the crate `typed_metrics`, which is not a dependency of this crate",
        label = "add `crate = path` to the attribute",
        note = "`path` leads to a re-export of the crate, as in `crate = my_lib::typed_metrics`; or add `typed-metrics` to Cargo.toml"
    )]
    trait __Found {}
    trait __MustBeFound: __Found {}
    struct Facade;
    impl __Found for __p::found::Facade {}
    const _: () = {
        use __p::found::*;
        impl __MustBeFound for Facade {}
    };
};
