//! The measurements that every crate records.

use measured::FixedCardinalityLabel;
use typed_metrics::Label;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Label, FixedCardinalityLabel)]
pub enum Method {
    Get,
    Put,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Label, FixedCardinalityLabel)]
pub enum Outcome {
    Hit,
    Miss,
    Error,
}

/// The six pairs of fixed labels, in the order of [`Input::fixed`].
pub const FIXED: [(&str, &str); 6] = [
    ("get", "hit"),
    ("get", "miss"),
    ("get", "error"),
    ("put", "hit"),
    ("put", "miss"),
    ("put", "error"),
];

pub const BUCKETS: [f64; 8] = [5.0, 10.0, 25.0, 50.0, 100.0, 250.0, 500.0, 1000.0];
pub const WHOLE_BUCKETS: [u64; 8] = [5, 10, 25, 50, 100, 250, 500, 1000];
pub const STATUSES: [u16; 3] = [200, 404, 500];

/// The labels of the gauge, which all threads set.
pub const GAUGE: (u16, &str) = (200, "/api/v2/users");

const ROUTES: [&str; 18] = [
    "/",
    "/about",
    "/login",
    "/logout",
    "/search",
    "/status",
    "/api/v1/users",
    "/api/v1/users/:id",
    "/api/v1/orders",
    "/api/v1/orders/:id",
    "/api/v1/products",
    "/api/v1/products/:id",
    "/api/v2/users",
    "/api/v2/users/:id",
    "/api/v2/orders",
    "/api/v2/orders/:id",
    "/api/v2/products",
    "/api/v2/products/:id",
];

/// One measurement. The lifetime keeps crates from using a route as `&'static str`.
#[derive(Clone, Copy)]
pub struct Input<'a> {
    pub method: Method,
    pub outcome: Outcome,
    pub status: u16,
    pub route: &'a str,
    /// A whole number of milliseconds, because two crates record integers only.
    pub value: u32,
}

impl Input<'_> {
    /// The position of the fixed labels in [`FIXED`].
    #[inline(always)]
    pub fn fixed(&self) -> usize {
        self.method as usize * 3 + self.outcome as usize
    }
}

/// Measurements in a random order that is the same in every run: 18 pairs of status and route, and
/// values that reach every bucket.
pub fn mixed(count: usize) -> Vec<Input<'static>> {
    let mut random = Random(0x9e37_79b9_7f4a_7c15);
    let input = |_| {
        let route = random.below(ROUTES.len());
        let most = 2 << random.below(11);
        Input {
            method: [Method::Get, Method::Put][random.below(2)],
            outcome: [Outcome::Hit, Outcome::Miss, Outcome::Error][random.below(3)],
            status: STATUSES[route % STATUSES.len()],
            route: ROUTES[route],
            value: 1 + random.below(most) as u32,
        }
    };
    (0..count).map(input).collect()
}

/// Measurements of one series.
pub fn of_gauge(count: usize) -> Vec<Input<'static>> {
    let (status, route) = GAUGE;
    mixed(count).into_iter().map(|input| Input { status, route, ..input }).collect()
}

/// One measurement for each of `count` different pairs of status and route. The value is the
/// number of the pair.
pub fn distinct(count: usize) -> Vec<Input<'static>> {
    let input = |i: usize| Input {
        method: Method::Get,
        outcome: Outcome::Hit,
        status: STATUSES[i % STATUSES.len()],
        route: format!("/api/v1/resource-{i}").leak(),
        value: i as u32,
    };
    (0..count).map(input).collect()
}

/// Xorshift: enough to mix the measurements.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % limit as u64) as usize
    }
}
