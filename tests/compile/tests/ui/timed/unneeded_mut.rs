#![deny(warnings)]

use typed_metrics::timed;

#[timed]
fn sync(mut text: String) {
    println!("{text}");
}

#[timed]
async fn later(mut text: String) {
    println!("{text}");
}

fn main() {
    sync(String::new());
    drop(later(String::new()));
}
