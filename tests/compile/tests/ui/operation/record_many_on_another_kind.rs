use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests,
    #[up_down_counter]
    Conns,
    #[gauge]
    Depth,
}

fn main() {
    Shop::requests().record_many(1, 2);
    Shop::conns().record_many(1, 2);
    Shop::depth().record_many(1, 2);
    Shop::depth().inc_by(2);
    Shop::depth().dec_by(2);
}
