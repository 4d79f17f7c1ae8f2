#![deny(warnings)]

use typed_metrics::timed;

#[timed]
fn sync(unused: String, (one, other): (Vec<u8>, Vec<u8>), _intended: String, mut same: String) {
    println!("unused, {one:?} {same}");
}

#[timed]
async fn later(unused: String, (one, other): (Vec<u8>, Vec<u8>), _intended: String, text: &str) {
    println!("unused, {one:?}");
}

#[timed]
fn returned(unused: String, used: String) -> impl Future<Output = usize> {
    async move { used.len() }
}

#[timed]
fn assigned(mut value: String) {
    value = String::new();
}

fn main() {
    sync(String::new(), (vec![], vec![]), String::new(), String::new());
    drop(later(String::new(), (vec![], vec![]), String::new(), ""));
    drop(returned(String::new(), String::new()));
    assigned(String::new());
}
