use typed_metrics::{LabelGroup, Metrics};

#[derive(Clone, Copy, LabelGroup)]
struct Route {
    path: &'static str,
}

#[derive(Clone, Copy, LabelGroup)]
struct Job {
    queue: &'static str,
}

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests(Route),
}

fn main() {
    let job = Job { queue: "mail" };
    Shop::requests(job).inc();
    Shop::requests(job.find()).inc();
    Shop::requests("mail").inc();
    let at = Route { path: "/" }.find();
    std::thread::spawn(move || Shop::requests(&at).inc());
}
