#[allow(deprecated)]
const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    const __LABELS_0: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::new("endpoint", __p::label_type::<Endpoint>()),
    ];
    const __LABELS_1: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::new("route", __p::label_type::<&'static str>()),
        __p::LabelDescriptor::new("http.status", __p::label_type::<u16>())
            .of_field("type"),
        __p::LabelDescriptor::new("ip", __p::label_type::<__p::Displayed<'_, IpAddr>>()),
    ];
    const __LABELS_2: &[__p::LabelDescriptor] = &[];
    const _: () = __p::check_budget(
        "`shop.request_duration`: its",
        __LABELS_0,
        2000usize,
    );
    const _: () = __p::check_budget("`shop.requests`: its", __LABELS_1, 500usize);
    static __FAMILIES: [__p::Family; 4usize] = __p::families(
        &__p::Place {
            file: __p::core::file!(),
            module: __p::core::module_path!(),
        },
        [
            __p::Definition::histogram(
                    "shop.request_duration",
                    "Duration of requests.",
                    __LABELS_0,
                    __p::core::line!(),
                    "ShopMetrics::RequestDuration",
                )
                .unit("ms")
                .boundaries(&[5f64, 10f64, 25.5f64])
                .lifetime(
                    __p::Lifetime::UNSET
                        .expires(__p::core::option::Option::Some(600000u64)),
                ),
            __p::Definition::counter(
                    "shop.requests",
                    "Number of requests processed.",
                    __LABELS_1,
                    __p::core::line!(),
                    "ShopMetrics::RequestCount",
                )
                .unit("{request}")
                .series_limit(500usize)
                .lifetime(
                    __p::Lifetime::UNSET
                        .expires(__p::core::option::Option::Some(3600000u64)),
                ),
            __p::Definition::up_down_counter(
                    "shop.in_flight",
                    "",
                    __LABELS_2,
                    __p::core::line!(),
                    "ShopMetrics::InFlight",
                )
                .value_type(__p::ValueType::F64)
                .lifetime(__p::Lifetime::UNSET.tracked()),
            __p::Definition::gauge(
                    "shop.memory",
                    "Memory in use.",
                    __LABELS_2,
                    __p::core::line!(),
                    "ShopMetrics::Memory",
                )
                .unit("By")
                .lifetime(__p::Lifetime::UNSET.expires(__p::core::option::Option::None)),
        ],
        &__FAMILIES,
    );
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __LINKED: &[__p::Family] = &__FAMILIES;
    #[doc(hidden)]
    #[allow(dead_code, non_snake_case)]
    pub struct __Handles {
        pub RequestDuration: __tm::Histogram<__tm::unit::Milliseconds>,
        pub RequestCount: __tm::Counter<__p::core::primitive::u64>,
        pub InFlight: __tm::UpDownCounter<__p::core::primitive::f64>,
        pub Memory: __tm::Gauge<__p::core::primitive::f64>,
    }
    impl<'a> ShopMetrics<'a> {
        /**Duration of requests.

**histogram** `shop.request_duration`, values `f64` · unit `ms` · labels `endpoint` · buckets 5, 10, 25.5*/
        #[inline]
        pub fn request_duration(
            endpoint: Endpoint,
        ) -> __tm::Histogram<__tm::unit::Milliseconds> {
            if false {
                __p::never_made(Self::RequestDuration { endpoint })
            }
            Self::__resolve_labels_0(0usize, &endpoint)
        }
        /**Number of requests processed.

**counter** `shop.requests`, values `u64` · unit `{request}` · labels `route`, `http.status`, `ip`*/
        #[inline]
        pub fn request_count(
            route: &'a str,
            r#type: u16,
            ip: IpAddr,
        ) -> __tm::Counter<__p::core::primitive::u64> {
            if false {
                __p::never_made(Self::RequestCount {
                    route,
                    r#type,
                    ip,
                })
            }
            Self::__resolve_labels_1(1usize, &route, &r#type, &ip)
        }
        ///**up_down_counter** `shop.in_flight`, values `f64`
        #[inline]
        pub fn in_flight() -> __tm::UpDownCounter<__p::core::primitive::f64> {
            if false {
                __p::never_made(Self::InFlight {})
            }
            Self::__resolve_labels_2(2usize)
        }
        /**Memory in use.

**gauge** `shop.memory`, values `f64` · unit `By`*/
        #[deprecated]
        #[inline]
        pub fn memory() -> __tm::Gauge<__p::core::primitive::f64> {
            if false {
                __p::never_made(Self::Memory {})
            }
            Self::__resolve_labels_2(3usize)
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
            __l0: &Endpoint,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
                return __R::of(Self::__find_0(__family, __l0));
            }
            __p::resolve(
                __family,
                [
                    __p::part(
                        __p::label_type::<Endpoint>(),
                        __l0,
                        &mut __p::Scratch::new(),
                    ),
                ],
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
        fn __find_0(__family: &'static __p::Family, __l0: &Endpoint) -> __p::AnySeries {
            __p::find(
                __family,
                [
                    __p::part(
                        __p::label_type::<Endpoint>(),
                        __l0,
                        &mut __p::Scratch::new(),
                    ),
                ],
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
            __l0: &&'a str,
            __l1: &u16,
            __l2: &IpAddr,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_1) } {
                return __R::of(Self::__find_1(__family, __l0, __l1, __l2));
            }
            __p::resolve(
                __family,
                [
                    __p::part(
                        __p::label_type::<&'a str>(),
                        __l0,
                        &mut __p::Scratch::new(),
                    ),
                    __p::part(__p::label_type::<u16>(), __l1, &mut __p::Scratch::new()),
                    __p::part(
                        __p::label_type::<__p::Displayed<'_, IpAddr>>(),
                        &__p::Displayed(__l2),
                        &mut __p::Scratch::new(),
                    ),
                ],
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
        fn __find_1(
            __family: &'static __p::Family,
            __l0: &&'a str,
            __l1: &u16,
            __l2: &IpAddr,
        ) -> __p::AnySeries {
            __p::find(
                __family,
                [
                    __p::part(
                        __p::label_type::<&'a str>(),
                        __l0,
                        &mut __p::Scratch::new(),
                    ),
                    __p::part(__p::label_type::<u16>(), __l1, &mut __p::Scratch::new()),
                    __p::part(
                        __p::label_type::<__p::Displayed<'_, IpAddr>>(),
                        &__p::Displayed(__l2),
                        &mut __p::Scratch::new(),
                    ),
                ],
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
        fn __resolve_labels_2<__R: __p::Resolve>(
            __family: __p::core::primitive::usize,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            __p::resolve(__family, [])
        }
        /**Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram.

The variants differ in what they take, so any number is accepted; one that the metric cannot hold is dropped and counted. The constructors check it while compiling.*/
        #[inline]
        pub fn record<V: __tm::value::AnyValue>(self, value: V) {
            self.__resolve::<__p::AnySeries>().record(value)
        }
        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                Self::RequestDuration { .. } => 0usize,
                Self::RequestCount { .. } => 1usize,
                Self::InFlight { .. } => 2usize,
                Self::Memory { .. } => 3usize,
            };
            match self {
                Self::RequestDuration { endpoint: __l0 } => {
                    Self::__resolve_labels_0(__family, __l0)
                }
                Self::RequestCount { route: __l0, r#type: __l1, ip: __l2 } => {
                    Self::__resolve_labels_1(__family, __l0, __l1, __l2)
                }
                Self::InFlight {} | Self::Memory {} => Self::__resolve_labels_2(__family),
            }
        }
        #[doc(hidden)]
        #[inline]
        pub fn __resolve_as<__H, __R: __p::ResolveAs<__H>>(
            &self,
            _: fn(&__Handles) -> __H,
        ) -> __R {
            self.__resolve()
        }
    }
    #[allow(dead_code)]
    impl<'a> ShopMetrics<'a>
    where
        for<'instead_of_the_variant> Self: __p::CallTheConstructor<
            'instead_of_the_variant,
        >,
    {
        #[doc(hidden)]
        pub fn inc(self) {}
        #[doc(hidden)]
        pub fn dec(self) {}
        #[doc(hidden)]
        pub fn add(self) {}
        #[doc(hidden)]
        pub fn sub(self) {}
        #[doc(hidden)]
        pub fn set(self) {}
        #[doc(hidden)]
        pub fn enter(self) {}
        #[doc(hidden)]
        pub fn start_timer(self) {}
        #[doc(hidden)]
        pub fn time(self) {}
        #[doc(hidden)]
        pub fn observe(self) {}
    }
    impl<'a> __tm::Metrics for ShopMetrics<'a> {
        fn __families() -> &'static [__p::Family] {
            &__FAMILIES
        }
        fn __series(&self) -> __p::SeriesKey {
            self.__resolve()
        }
    }
};
