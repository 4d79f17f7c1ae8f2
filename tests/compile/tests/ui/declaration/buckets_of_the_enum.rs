use typed_metrics::Metrics;

const FALLING: [f64; 2] = [2.0, 1.0];

#[derive(Metrics)]
#[metrics(buckets = [1, 2])]
enum NoHistogram {
    #[counter]
    Requests,
    #[gauge]
    Depth,
}

#[derive(Metrics)]
#[metrics(buckets = [2, 1])]
enum Unsorted {
    #[histogram(unit = "s")]
    Wait,
    #[histogram(unit = "s")]
    Work,
}

#[derive(Metrics)]
#[metrics(buckets = FALLING)]
enum UnsortedConstant {
    #[histogram(unit = "s")]
    Wait,
    #[histogram(unit = "s", buckets = [1])]
    Work,
}

#[derive(Metrics)]
#[metrics(buckets = exponential(1, 2, 3), buckets = [1])]
enum Twice {
    #[histogram]
    Wait,
}

#[derive(Metrics)]
#[metrics(buckets = [0.1, 1])]
enum TwoUnits {
    #[histogram(unit = "s")]
    Wait,
    #[histogram(unit = "By", buckets = [1024])]
    Own,
    #[histogram(unit = "By")]
    Size,
    #[histogram]
    Number,
}

fn main() {
    Unsorted::wait().record(1);
    UnsortedConstant::work().record(1);
}
