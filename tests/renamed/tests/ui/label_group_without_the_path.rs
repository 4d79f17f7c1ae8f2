use tm::LabelGroup;

#[derive(LabelGroup)]
struct Route {
    path: &'static str,
}

fn main() {}
