use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop<'a> {
    #[counter]
    Requests { route: &'a str },
}

fn main() {
    let seen = typed_metrics::testing::capture(|| Shop::requests("/").inc());
    seen.assert_counter(Shop::requests("/"), 1);
}
