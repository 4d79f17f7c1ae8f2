use typed_metrics::timed;

#[timed]
trait Pay {
    fn pay(&self) {}
}

fn main() {}
