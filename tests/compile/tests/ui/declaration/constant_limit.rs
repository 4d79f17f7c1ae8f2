use typed_metrics::Metrics;

const NONE: usize = 0;
const FEW: usize = 3;

#[derive(Metrics)]
#[metrics(series_limit = NONE)]
enum Shop {
    #[counter]
    Requests,
    #[counter(series_limit = 2 * FEW - 6)]
    Errors,
    #[counter(series_limit = FEW, positional)]
    Retries { cached: bool, warm: bool },
}

#[derive(Metrics)]
#[metrics(series_limit = NONE)]
enum Overridden {
    #[counter(series_limit = 7)]
    Requests,
}

fn main() {}
