use typed_metrics::Metrics;

#[derive(Metrics)]
#[metrics(labels(route = "/", le = "1", route = "b", http.zone = "eu", shard = 7, bare, empty =))]
enum Shop<'a> {
    #[counter(labels(zone = "eu"))]
    Requests { status: u16 },
    #[counter]
    Errors { route: &'a str },
}

#[derive(Metrics)]
#[metrics(labels(route = "/", "http.status" = "200"))]
enum Clash<'a> {
    #[counter]
    Requests { route: &'a str },
    #[counter]
    Errors {
        #[label(name = "http.status")]
        status: u16,
    },
}

#[derive(Metrics)]
#[metrics(labels = "all")]
enum Assigned {
    #[counter]
    Requests,
}

#[derive(Metrics)]
#[metrics(labels())]
enum Empty {
    #[counter]
    Requests,
}

#[derive(Metrics)]
#[metrics(labels(le = "1", zone = "a", zone = "b", "my zone" = "c"))]
enum Names {
    #[counter]
    Requests,
}

#[derive(Metrics)]
#[metrics(labels(zone = "a"), labels(shard = "b"))]
enum Twice {
    #[counter]
    Requests,
}

fn main() {}
