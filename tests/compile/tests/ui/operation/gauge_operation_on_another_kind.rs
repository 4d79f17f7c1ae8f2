use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests,
    #[up_down_counter]
    Conns,
    #[histogram(unit = "By")]
    Size,
}

fn main() {
    Shop::requests().sub(1);
    Shop::requests().set_max(1);
    Shop::requests().set_to_now();
    Shop::conns().set_min(1);
    Shop::conns().set_to_now();
    Shop::size().sub(1);
    Shop::size().set_max(1);
}
