struct Printer;

fn main() {
    typed_metrics::set_metric_handlers(Printer).unwrap();
}
