use tm::timed;

#[timed]
fn parse(input: &str) -> Option<usize> {
    input.parse().ok()
}

#[timed]
async fn fetch() {}

fn main() {
    let _ = (parse("1"), fetch());
}
