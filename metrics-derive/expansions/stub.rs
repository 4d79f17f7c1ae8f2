::core::compile_error! {
    "`Wrong` has no kind; write `#[counter]`, `#[up_down_counter]`, `#[gauge]` or `#[histogram]` above it"
}
::core::compile_error! {
    "labels need names; write `Unnamed { label: T }`"
}
#[allow(unused, missing_docs, private_interfaces)]
const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    #[derive(Clone, Copy)]
    pub struct __AnyHandle;
    impl __AnyHandle {
        pub fn inc(self) {}
        pub fn dec(self) {}
        pub fn add<V>(self, _: V) {}
        pub fn set<V>(self, _: V) {}
        pub fn record<V>(self, _: V) {}
        pub fn enter(self) {}
        pub fn start_timer(self) -> Self {
            self
        }
        pub fn observe<F>(self, _: F) {}
    }
    impl<'a> Shop<'a> {
        pub fn right(route: &'a str) -> __tm::Counter<__p::core::primitive::u64> {
            __p::unreachable_variant()
        }
        pub fn wrong(route: &'a str) -> __AnyHandle {
            __p::unreachable_variant()
        }
        pub fn unnamed(label_0: u8) -> __AnyHandle {
            __p::unreachable_variant()
        }
        pub fn record<V>(self, _: V) {}
    }
    impl<'a> __tm::Metrics for Shop<'a> {
        fn descriptors() -> &'static [&'static __p::Descriptor] {
            &[]
        }
        fn __series(&self) -> __p::SeriesKey {
            __p::unreachable_variant()
        }
    }
};
