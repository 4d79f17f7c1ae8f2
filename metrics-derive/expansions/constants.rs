const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    const __PREFIX: &__p::core::primitive::str = crate::PREFIX;
    const _: () = __p::check_prefix(__PREFIX);
    const __LIMIT_0: __p::core::primitive::usize = LIMIT;
    const _: () = __p::check_series_limit(__LIMIT_0);
    const __LIMIT_1: __p::core::primitive::usize = 4 * LIMIT;
    const _: () = __p::check_series_limit(__LIMIT_1);
    const __BUCKETS_0: &[__p::core::primitive::f64] = &LATENCY;
    const _: () = __p::check_constant_boundaries(__BUCKETS_0);
    const __BUCKETS_1: &[__p::core::primitive::f64] = &[LATENCY[0], -1f64, 2.5f64];
    const _: () = __p::check_constant_boundaries(__BUCKETS_1);
    const __CONSTANT_LABELS: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::constant("handler", "all"),
        __p::LabelDescriptor::constant(
            "net.region",
            {
                const __VALUE: &__p::core::primitive::str = REGION;
                __VALUE
            },
        ),
    ];
    const __LABELS_0: &[__p::LabelDescriptor] = {
        const __LISTS: &[&[__p::LabelDescriptor]] = &[
            &[__p::LabelDescriptor::new("tenant", __p::label_type::<u32>())],
            __CONSTANT_LABELS,
        ];
        &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
    };
    const __LABELS_1: &[__p::LabelDescriptor] = {
        const __LISTS: &[&[__p::LabelDescriptor]] = &[__CONSTANT_LABELS];
        &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
    };
    const _: () = __p::check_budget(
        "`{crate::PREFIX}.stroke`: its",
        __LABELS_0,
        __LIMIT_0,
    );
    const _: () = __p::check_budget(
        "`{crate::PREFIX}.stops`: its",
        __LABELS_0,
        __LIMIT_1,
    );
    static __FAMILIES: [__p::Family; 4usize] = __p::families(
        &__p::Place {
            file: __p::core::file!(),
            module: __p::core::module_path!(),
        },
        [
            __p::Definition::histogram(
                    const { &__p::JoinedName::of_metric(__PREFIX, "stroke") }.as_str(),
                    "",
                    __LABELS_0,
                    __p::core::line!(),
                    "Pump::Stroke",
                )
                .boundaries(__BUCKETS_0)
                .series_limit(__LIMIT_0),
            __p::Definition::histogram(
                    const { &__p::JoinedName::of_metric(__PREFIX, "pressure") }.as_str(),
                    "",
                    __LABELS_1,
                    __p::core::line!(),
                    "Pump::Pressure",
                )
                .exponential(
                    __p::ExponentialSettings::DEFAULT
                        .max_size(
                            {
                                const __SETTING: __p::core::primitive::usize = 2 * SIZE;
                                const _: () = __p::check_constant_max_size(__SETTING);
                                __SETTING
                            } as __p::core::primitive::u16,
                        )
                        .zero_threshold({
                            const __SETTING: __p::core::primitive::f64 = NOISE;
                            const _: () = __p::check_constant_zero_threshold(__SETTING);
                            __SETTING
                        }),
                )
                .series_limit(__LIMIT_0),
            __p::Definition::histogram(
                    const { &__p::JoinedName::of_metric(__PREFIX, "flow") }.as_str(),
                    "",
                    __LABELS_1,
                    __p::core::line!(),
                    "Pump::Flow",
                )
                .exponential(
                    __p::ExponentialSettings::DEFAULT
                        .max_size(80u16)
                        .zero_threshold(0.000001f64),
                )
                .series_limit(__LIMIT_0),
            __p::Definition::histogram(
                    const { &__p::JoinedName::of_metric(__PREFIX, "stops") }.as_str(),
                    "",
                    __LABELS_0,
                    __p::core::line!(),
                    "Pump::Stop",
                )
                .boundaries(__BUCKETS_1)
                .series_limit(__LIMIT_1),
        ],
        &__FAMILIES,
    );
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __LINKED: &[__p::Family] = &__FAMILIES;
    #[doc(hidden)]
    #[allow(dead_code, non_snake_case)]
    pub struct __Handles {
        pub Stroke: __tm::Histogram<__tm::unit::NotTime>,
        pub Pressure: __tm::Histogram<__tm::unit::NotTime>,
        pub Flow: __tm::Histogram<__tm::unit::NotTime>,
        pub Stop: __tm::Histogram<__tm::unit::NotTime>,
    }
    impl Pump {
        ///**histogram** `{crate::PREFIX}.stroke`, values `f64` · labels `tenant` · buckets `LATENCY`
        #[inline]
        fn stroke(tenant: u32) -> __tm::Histogram<__tm::unit::NotTime> {
            if false {
                __p::never_made(Self::Stroke { tenant })
            }
            Self::__resolve_labels_0(0usize, &tenant)
        }
        ///**histogram** `{crate::PREFIX}.pressure`, values `f64` · exponential buckets, at most `2 * SIZE`, zero up to `NOISE`
        #[inline]
        fn pressure() -> __tm::Histogram<__tm::unit::NotTime> {
            if false {
                __p::never_made(Self::Pressure {})
            }
            Self::__resolve_labels_1(1usize)
        }
        ///**histogram** `{crate::PREFIX}.flow`, values `f64` · exponential buckets, at most 80, zero up to 0.000001
        #[inline]
        fn flow() -> __tm::Histogram<__tm::unit::NotTime> {
            if false {
                __p::never_made(Self::Flow {})
            }
            Self::__resolve_labels_1(2usize)
        }
        ///**histogram** `{crate::PREFIX}.stops`, values `f64` · labels `tenant` · buckets `[LATENCY[0], -1f64, 2.5f64]`
        #[inline]
        fn stop(tenant: u32) -> __tm::Histogram<__tm::unit::NotTime> {
            if false {
                __p::never_made(Self::Stop { tenant })
            }
            Self::__resolve_labels_0(3usize, &tenant)
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
            __l0: &u32,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
                return __R::of(Self::__find_0(__family, __l0));
            }
            __p::resolve(
                __family,
                [__p::part(__p::label_type::<u32>(), __l0, &mut __p::Scratch::new())],
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
        fn __find_0(__family: &'static __p::Family, __l0: &u32) -> __p::AnySeries {
            __p::find(
                __family,
                [__p::part(__p::label_type::<u32>(), __l0, &mut __p::Scratch::new())],
            )
        }
        #[allow(
            clippy::ptr_arg,
            clippy::ref_option,
            clippy::ref_option_ref,
            clippy::too_many_arguments,
            clippy::trivially_copy_pass_by_ref,
        )]
        #[inline(always)]
        fn __resolve_labels_1<__R: __p::Resolve>(
            __family: __p::core::primitive::usize,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            __p::resolve(__family, [])
        }
        ///Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram.
        #[inline]
        fn record<V: __tm::value::HistogramValue<__tm::unit::NotTime>>(self, value: V) {
            self.__resolve::<__tm::Histogram<__tm::unit::NotTime>>().record(value)
        }
        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                Self::Stroke { .. } => 0usize,
                Self::Pressure { .. } => 1usize,
                Self::Flow { .. } => 2usize,
                Self::Stop { .. } => 3usize,
            };
            match self {
                Self::Stroke { tenant: __l0 } | Self::Stop { tenant: __l0 } => {
                    Self::__resolve_labels_0(__family, __l0)
                }
                Self::Pressure {} | Self::Flow {} => Self::__resolve_labels_1(__family),
            }
        }
        #[doc(hidden)]
        #[inline]
        fn __resolve_as<__H, __R: __p::ResolveAs<__H>>(
            &self,
            _: fn(&__Handles) -> __H,
        ) -> __R {
            self.__resolve()
        }
    }
    #[allow(dead_code)]
    impl Pump
    where
        for<'instead_of_the_variant> Self: __p::CallTheConstructor<
            'instead_of_the_variant,
        >,
    {
        #[doc(hidden)]
        fn inc(self) {}
        #[doc(hidden)]
        fn dec(self) {}
        #[doc(hidden)]
        fn add(self) {}
        #[doc(hidden)]
        fn sub(self) {}
        #[doc(hidden)]
        fn set(self) {}
        #[doc(hidden)]
        fn enter(self) {}
        #[doc(hidden)]
        fn start_timer(self) {}
        #[doc(hidden)]
        fn time(self) {}
        #[doc(hidden)]
        fn observe(self) {}
    }
    impl __tm::Metrics for Pump {
        fn __families() -> &'static [__p::Family] {
            &__FAMILIES
        }
        fn __series(&self) -> __p::SeriesKey {
            self.__resolve()
        }
    }
};
