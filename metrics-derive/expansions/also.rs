const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    const __CONSTANT_LABELS: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::constant("role", "reader"),
    ];
    const __LABELS_0: &[__p::LabelDescriptor] = {
        const __LISTS: &[&[__p::LabelDescriptor]] = &[
            &[__p::LabelDescriptor::new("host", __p::label_type::<&'static str>())],
            __CONSTANT_LABELS,
        ];
        &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
    };
    const _: () = __p::check_budget("`pool.read.wait`: its", __LABELS_0, 50usize);
    static __FAMILIES: [__p::Family; 1usize] = __p::families(
        &__p::Place {
            file: __p::core::file!(),
            module: __p::core::module_path!(),
        },
        [
            __p::Definition::histogram(
                    "pool.read.wait",
                    "Time until a connection was free.",
                    __LABELS_0,
                    __p::core::line!(),
                    "ReadPool::Wait",
                )
                .unit("s")
                .boundaries(
                    &[
                        0.005f64,
                        0.01f64,
                        0.025f64,
                        0.05f64,
                        0.075f64,
                        0.1f64,
                        0.25f64,
                        0.5f64,
                        0.75f64,
                        1f64,
                        2.5f64,
                        5f64,
                        7.5f64,
                        10f64,
                    ],
                )
                .series_limit(50usize),
        ],
        &__FAMILIES,
    );
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __LINKED: &[__p::Family] = &__FAMILIES;
    #[doc(hidden)]
    #[allow(dead_code, non_snake_case)]
    pub struct __Handles {
        pub Wait: __tm::Histogram<__tm::unit::Seconds>,
    }
    impl<'a> ReadPool<'a> {
        /**Time until a connection was free.

**histogram** `pool.read.wait`, values `f64` · unit `s` · labels `host` · buckets 0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10*/
        #[inline]
        pub(crate) fn wait(host: &'a str) -> __tm::Histogram<__tm::unit::Seconds> {
            if false {
                __p::never_made(Self::Wait { host })
            }
            Self::__resolve_labels_0(0usize, &host)
        }
        #[allow(
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::ref_option_ref,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
        )]
        #[inline(always)]
        fn __resolve_labels_0<__R: __p::Resolve>(
            __family: __p::core::primitive::usize,
            __l0: &&'a str,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
                return __R::of(Self::__find_0(__family, __l0));
            }
            __p::resolve(
                __family,
                [__p::part(__p::label_type::<&'a str>(), __l0, &mut __p::Scratch::new())],
            )
        }
        #[allow(
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::ref_option_ref,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
        )]
        #[inline(never)]
        fn __find_0(__family: &'static __p::Family, __l0: &&'a str) -> __p::AnySeries {
            __p::find(
                __family,
                [__p::part(__p::label_type::<&'a str>(), __l0, &mut __p::Scratch::new())],
            )
        }
        ///Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram.
        #[inline]
        pub(crate) fn record<V: __tm::value::HistogramValue<__tm::unit::Seconds>>(
            self,
            value: V,
        ) {
            self.__resolve::<__tm::Histogram<__tm::unit::Seconds>>().record(value)
        }
        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                Self::Wait { .. } => 0usize,
            };
            match self {
                Self::Wait { host: __l0 } => Self::__resolve_labels_0(__family, __l0),
            }
        }
        #[doc(hidden)]
        #[inline]
        pub(crate) fn __resolve_as<__H, __R: __p::ResolveAs<__H>>(
            &self,
            _: fn(&__Handles) -> __H,
        ) -> __R {
            self.__resolve()
        }
    }
    #[allow(dead_code)]
    impl<'a> ReadPool<'a>
    where
        for<'instead_of_the_variant> Self: __p::CallTheConstructor<
            'instead_of_the_variant,
        >,
    {
        #[doc(hidden)]
        pub(crate) fn inc(self) {}
        #[doc(hidden)]
        pub(crate) fn dec(self) {}
        #[doc(hidden)]
        pub(crate) fn add(self) {}
        #[doc(hidden)]
        pub(crate) fn sub(self) {}
        #[doc(hidden)]
        pub(crate) fn set(self) {}
        #[doc(hidden)]
        pub(crate) fn enter(self) {}
        #[doc(hidden)]
        pub(crate) fn start_timer(self) {}
        #[doc(hidden)]
        pub(crate) fn time(self) {}
        #[doc(hidden)]
        pub(crate) fn observe(self) {}
    }
    impl<'a> __tm::Metrics for ReadPool<'a> {
        fn __families() -> &'static [__p::Family] {
            &__FAMILIES
        }
        fn __series(&self) -> __p::SeriesKey {
            self.__resolve()
        }
    }
};
#[derive(tm::Metrics)]
#[metrics(prefix = "pool.write", labels(role = "writer"), series_limit = 50, crate = tm)]
/// Connections for reading.
pub(crate) enum WritePool<'a> {
    /// Time until a connection was free.
    #[histogram(unit = "s")]
    Wait { host: &'a str },
}
#[derive(tm::Metrics)]
#[metrics(prefix = "pool.idle", labels(role = "reader"), series_limit = 50, crate = tm)]
/// Connections for reading.
pub(crate) enum IdlePool<'a> {
    /// Time until a connection was free.
    #[histogram(unit = "s")]
    Wait { host: &'a str },
}
