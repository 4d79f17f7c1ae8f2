::core::compile_error! {
    "a state has no unit: its values are always 1 and 0; leave the unit out, or make it a `#[gauge]`"
}
::core::compile_error! {
    "`Wrong` has no kind; write `#[counter]`, `#[up_down_counter]`, `#[gauge]`, `#[histogram]`, `#[state]` or `#[info]` above it"
}
::core::compile_error! {
    "labels need names; write `Unnamed { label: T }`"
}
#[allow(unused, missing_docs, private_interfaces, non_snake_case)]
const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    #[derive(__p::core::clone::Clone, __p::core::marker::Copy)]
    pub struct __AnyHandle;
    impl __AnyHandle {
        pub fn inc(self) {}
        pub fn dec(self) {}
        pub fn add<V>(self, _: V) {}
        pub fn sub<V>(self, _: V) {}
        pub fn set<V>(self, _: V) {}
        pub fn set_max<V>(self, _: V) {}
        pub fn set_min<V>(self, _: V) {}
        pub fn set_to_now(self) {}
        pub fn record<V>(self, _: V) {}
        pub fn record_many<V>(self, _: V, _: u64) {}
        pub fn enter(self) -> __AnyGuard {
            __AnyGuard
        }
        pub fn start_timer(self) -> __AnyGuard {
            __AnyGuard
        }
        pub fn time<R>(self, f: impl __p::core::ops::FnOnce() -> R) -> R {
            f()
        }
        pub fn observe<R>(self, _: impl __p::core::ops::Fn() -> R) -> __AnyGuard {
            __AnyGuard
        }
        pub fn descriptor(&self) -> &'static __p::Descriptor {
            __p::unreachable_variant()
        }
        pub fn remove(self) {}
    }
    pub struct __AnyGuard;
    impl __AnyGuard {
        pub fn stop(self) -> __p::core::time::Duration {
            __p::unreachable_variant()
        }
        pub fn discard(self) {}
        pub fn forever(self) {}
    }
    pub struct __Handles {
        pub Right: __tm::Counter<__p::core::primitive::u64>,
        pub Wrong: __tm::Histogram<__tm::unit::Seconds>,
        pub Unnamed: __tm::Gauge<__p::core::primitive::f64>,
        pub Phase: __tm::State<Phase>,
    }
    impl<'a> Shop<'a> {
        pub fn right(route: &'a str) -> __tm::Counter<__p::core::primitive::u64> {
            __p::unreachable_variant()
        }
        pub fn wrong(route: &'a str) -> __AnyHandle {
            __p::unreachable_variant()
        }
        pub fn unnamed(label_0: u8) -> __tm::Gauge<__p::core::primitive::f64> {
            __p::unreachable_variant()
        }
        pub fn phase(rack: u16) -> __tm::State<Phase> {
            __p::unreachable_variant()
        }
        pub fn __resolve_as<__H, __R>(&self, _: fn(&__Handles) -> __H) -> __R
        where
            __R: __p::ResolveAs<__H>,
        {
            __p::unreachable_variant()
        }
        pub fn record<V>(self, _: V) {}
    }
    impl<'a> __tm::Metrics for Shop<'a> {
        fn __families() -> &'static [__p::Family] {
            &[]
        }
        fn __series(&self) -> __p::SeriesKey {
            __p::unreachable_variant()
        }
    }
};
