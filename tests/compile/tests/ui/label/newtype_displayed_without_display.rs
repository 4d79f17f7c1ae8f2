use typed_metrics::Label;

struct Price;

#[derive(Label)]
struct Tag(#[label(display)] Price);

fn main() {}
