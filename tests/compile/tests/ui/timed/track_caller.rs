use typed_metrics::timed;

#[timed]
#[track_caller]
fn f(text: &str) -> Option<u8> {
    let number = text.parse().ok()?;
    Some(number)
}

#[timed]
#[track_caller]
async fn g() {}

#[timed]
#[track_caller]
fn h() -> &'static std::panic::Location<'static> {
    std::panic::Location::caller()
}

fn main() {}
