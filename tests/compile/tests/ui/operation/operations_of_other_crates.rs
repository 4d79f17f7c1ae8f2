use typed_metrics::Metrics;

#[derive(Metrics)]
enum Shop {
    #[counter]
    Requests,
    #[up_down_counter]
    InFlight,
    #[gauge(unit = "s")]
    Started,
    #[histogram(unit = "s")]
    Duration,
}

fn main() {
    Shop::requests().absolute(5);
    Shop::requests().get();
    Shop::requests().with_label_values(&["/"]).inc();
    Shop::started().get_or_create(&());
    Shop::in_flight().inc_by(2);
    Shop::in_flight().inc_guard(1);
    Shop::in_flight().guard();
    Shop::started().set_to_current_time();
    Shop::started().set_duration(std::time::Duration::ZERO);
    Shop::duration().reset();
    Shop::duration().observe_closure_duration(|| ());
    let timer = Shop::duration().start();
    let timer = Shop::duration().start_timer();
    timer.observe_duration();
    Shop::duration().start_timer().stop_and_record();
    Shop::duration().start_timer().stop_and_discard();
}
