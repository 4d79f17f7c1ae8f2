use tm::Label;

#[derive(Label)]
enum Cache {
    Hit,
    Miss,
}

fn main() {
    let _ = [Cache::Hit, Cache::Miss];
}
