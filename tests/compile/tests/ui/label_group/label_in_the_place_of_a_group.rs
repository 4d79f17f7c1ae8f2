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
    Requests(Route),
    #[counter]
    Served { method: Method },
    #[counter]
    Sold {
        #[label(group)]
        at: Route,
        express: bool,
    },
}

fn main() {
    let at = Route { method: Method::Get };
    Shop::requests(Method::Get).inc();
    Shop::Requests(Method::Get).record(1);
    Shop::served(at).inc();
    Shop::sold(true, at).inc();
    Shop::requests(&at).inc();
}
