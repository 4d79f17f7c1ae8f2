use typed_metrics::timed;

trait Pay {
    #[timed]
    fn pay(&self);
}

fn main() {}
