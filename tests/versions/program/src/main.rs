//! Records through two versions of the framework, and reads both.

/// A library that has not changed to the new version yet.
mod old_library {
    #[derive(old::Metrics)]
    #[metrics(prefix = "old", crate = old)]
    pub enum Old<'a> {
        #[counter]
        Requests { route: &'a str },
    }
}

/// The program's own metrics.
mod program {
    #[derive(new_derive::Metrics)]
    #[metrics(prefix = "new", crate = new_core)]
    pub enum New<'a> {
        #[counter]
        Requests { route: &'a str },
    }

    #[new_derive::timed(crate = new_core)]
    pub fn work() {}
}

fn main() {
    old_library::Old::requests("/").add(2);
    program::New::requests("/").add(3);
    program::work();

    // Each version lists all of its own metrics, and no others.
    let names = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<Vec<_>>();
    let old = names(&mut old::catalog().iter().map(|metric| metric.name()));
    assert_eq!(old, ["old.requests"]);
    let new = names(&mut new_core::catalog().iter().map(|metric| metric.name()));
    assert_eq!(new, ["function.duration", "new.requests"]);
    let old = old::snapshot().get("old.requests").unwrap().series[0].value.as_f64();
    let new = new_core::snapshot().get("new.requests").unwrap().series[0].value.as_f64();
    assert_eq!((old, new), (2.0, 3.0));

    // Each version has its own handlers.
    old::set_metric_handlers(old::InMemoryHandler::new()).unwrap();
    new_core::set_metric_handlers(new_core::InMemoryHandler::new()).unwrap();
    old::shutdown().unwrap();
    new_core::shutdown().unwrap();
    println!("two versions side by side: ok");
}
