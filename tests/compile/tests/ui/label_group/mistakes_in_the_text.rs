use typed_metrics::{Label, LabelGroup};

#[derive(LabelGroup)]
enum Kind {
    A,
}

#[derive(LabelGroup)]
struct Pair(u16, u16);

#[derive(LabelGroup)]
struct Nothing;

#[derive(LabelGroup)]
struct Generic<T> {
    of: T,
}

#[derive(Label)]
enum Zone {
    Eu,
}

#[derive(LabelGroup)]
#[label(prefix = "http")]
struct Route<'a> {
    #[label(name = "le")]
    limit: u16,
    #[label(name = "route")]
    path: &'a str,
    route: &'a str,
    #[label(prefix = "http")]
    zone: Zone,
    #[label(group, name = "inner", display)]
    inner: Inner,
    #[label(group, prefix = "a b")]
    outer: Inner,
    #[label(groups)]
    other: Inner,
}

#[derive(LabelGroup)]
struct Inner {
    tenant: u32,
}

fn main() {}
