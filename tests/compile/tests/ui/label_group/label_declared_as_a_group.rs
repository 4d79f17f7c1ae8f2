use typed_metrics::{Label, LabelGroup, Metrics};

#[derive(Clone, Copy, Label)]
enum Method {
    Get,
}

#[derive(Clone, Copy, LabelGroup)]
struct Route {
    method: Method,
}

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests(Method),
    #[counter]
    Served { at: Route },
    #[counter]
    Sold {
        #[label(group)]
        method: Method,
    },
}

fn main() {}
