#[allow(deprecated)]
const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    const __DEFINITION_0: __p::Definition = __p::Definition {
        name: "shop.request_duration",
        metric_type: __p::MetricType::Histogram,
        value_type: __p::ValueType::F64,
        unit: "ms",
        description: "Duration of requests.",
        labels: &[__p::LabelDescriptor::new("endpoint", __p::label_type::<Endpoint>())],
        boundaries: &[5f64, 10f64, 25.5f64],
        series_limit: 2000usize,
        lifetime: __p::Lifetime::UNSET
            .expires(__p::core::option::Option::Some(600000u64)),
        source: __p::source(
            __p::core::file!(),
            __p::core::line!(),
            __p::core::module_path!(),
            "ShopMetrics::RequestDuration",
        ),
    };
    static __DESCRIPTOR_0: __p::Descriptor = __p::descriptor(__DEFINITION_0);
    const __SHAPE_0: __p::SeriesLookup<1usize> = __p::shape(&__DEFINITION_0);
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __FAMILY_0: __p::Family = __p::Family::new(&__DESCRIPTOR_0, &__FAMILY_0);
    const __DEFINITION_1: __p::Definition = __p::Definition {
        name: "shop.requests",
        metric_type: __p::MetricType::Counter,
        value_type: __p::ValueType::U64,
        unit: "{request}",
        description: "Number of requests processed.",
        labels: &[
            __p::LabelDescriptor::new("route", __p::label_type::<&'static str>()),
            __p::LabelDescriptor::new("http.status", __p::label_type::<u16>())
                .of_field("type"),
            __p::LabelDescriptor::new(
                "ip",
                __p::label_type::<__p::Displayed<'_, IpAddr>>(),
            ),
        ],
        boundaries: &[],
        series_limit: 500usize,
        lifetime: __p::Lifetime::UNSET
            .expires(__p::core::option::Option::Some(3600000u64)),
        source: __p::source(
            __p::core::file!(),
            __p::core::line!(),
            __p::core::module_path!(),
            "ShopMetrics::RequestCount",
        ),
    };
    static __DESCRIPTOR_1: __p::Descriptor = __p::descriptor(__DEFINITION_1);
    const __SHAPE_1: __p::SeriesLookup<3usize> = __p::shape(&__DEFINITION_1);
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __FAMILY_1: __p::Family = __p::Family::new(&__DESCRIPTOR_1, &__FAMILY_1);
    const __DEFINITION_2: __p::Definition = __p::Definition {
        name: "shop.in_flight",
        metric_type: __p::MetricType::UpDownCounter,
        value_type: __p::ValueType::F64,
        unit: "",
        description: "",
        labels: &[],
        boundaries: &[],
        series_limit: 2000usize,
        lifetime: __p::Lifetime::UNSET.tracked(),
        source: __p::source(
            __p::core::file!(),
            __p::core::line!(),
            __p::core::module_path!(),
            "ShopMetrics::InFlight",
        ),
    };
    static __DESCRIPTOR_2: __p::Descriptor = __p::descriptor(__DEFINITION_2);
    const __SHAPE_2: __p::SeriesLookup<0usize> = __p::shape(&__DEFINITION_2);
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __FAMILY_2: __p::Family = __p::Family::new(&__DESCRIPTOR_2, &__FAMILY_2);
    const __DEFINITION_3: __p::Definition = __p::Definition {
        name: "shop.memory",
        metric_type: __p::MetricType::Gauge,
        value_type: __p::ValueType::F64,
        unit: "By",
        description: "Memory in use.",
        labels: &[],
        boundaries: &[],
        series_limit: 2000usize,
        lifetime: __p::Lifetime::UNSET.expires(__p::core::option::Option::None),
        source: __p::source(
            __p::core::file!(),
            __p::core::line!(),
            __p::core::module_path!(),
            "ShopMetrics::Memory",
        ),
    };
    static __DESCRIPTOR_3: __p::Descriptor = __p::descriptor(__DEFINITION_3);
    const __SHAPE_3: __p::SeriesLookup<0usize> = __p::shape(&__DEFINITION_3);
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __FAMILY_3: __p::Family = __p::Family::new(&__DESCRIPTOR_3, &__FAMILY_3);
    impl<'a> ShopMetrics<'a> {
        /**Duration of requests.

**histogram** `shop.request_duration`, values `f64` · unit `ms` · labels `endpoint` · buckets 5, 10, 25.5*/
        #[inline]
        pub fn request_duration(
            endpoint: Endpoint,
        ) -> __tm::Histogram<__tm::unit::Milliseconds> {
            Self::RequestDuration { endpoint }.__typed_RequestDuration()
        }
        #[doc(hidden)]
        #[inline(always)]
        pub fn __typed_RequestDuration<
            __R: __p::Resolve<__tm::Histogram<__tm::unit::Milliseconds>>,
        >(&self) -> __R {
            match self {
                Self::RequestDuration { endpoint: __l0 } => {
                    __p::resolve(
                        &__FAMILY_0,
                        __SHAPE_0,
                        [
                            __p::part(
                                __p::label_type::<Endpoint>(),
                                __l0,
                                __SHAPE_0.strides[0usize],
                                &mut __p::Scratch::new(),
                            ),
                        ],
                    )
                }
                _ => __p::unreachable_variant(),
            }
        }
        /**Number of requests processed.

**counter** `shop.requests`, values `u64` · unit `{request}` · labels `route`, `http.status`, `ip`*/
        #[inline]
        pub fn request_count(
            route: &'a str,
            r#type: u16,
            ip: IpAddr,
        ) -> __tm::Counter<__p::core::primitive::u64> {
            Self::RequestCount {
                route,
                r#type,
                ip,
            }
                .__typed_RequestCount()
        }
        #[doc(hidden)]
        #[inline(always)]
        pub fn __typed_RequestCount<
            __R: __p::Resolve<__tm::Counter<__p::core::primitive::u64>>,
        >(&self) -> __R {
            match self {
                Self::RequestCount { route: __l0, r#type: __l1, ip: __l2 } => {
                    __p::resolve(
                        &__FAMILY_1,
                        __SHAPE_1,
                        [
                            __p::part(
                                __p::label_type::<&'a str>(),
                                __l0,
                                __SHAPE_1.strides[0usize],
                                &mut __p::Scratch::new(),
                            ),
                            __p::part(
                                __p::label_type::<u16>(),
                                __l1,
                                __SHAPE_1.strides[1usize],
                                &mut __p::Scratch::new(),
                            ),
                            __p::part(
                                __p::label_type::<__p::Displayed<'_, IpAddr>>(),
                                &__p::Displayed(__l2),
                                __SHAPE_1.strides[2usize],
                                &mut __p::Scratch::new(),
                            ),
                        ],
                    )
                }
                _ => __p::unreachable_variant(),
            }
        }
        ///**up_down_counter** `shop.in_flight`, values `f64`
        #[inline]
        pub fn in_flight() -> __tm::UpDownCounter<__p::core::primitive::f64> {
            Self::InFlight {}.__typed_InFlight()
        }
        #[doc(hidden)]
        #[inline(always)]
        pub fn __typed_InFlight<
            __R: __p::Resolve<__tm::UpDownCounter<__p::core::primitive::f64>>,
        >(&self) -> __R {
            match self {
                Self::InFlight {} => __p::resolve(&__FAMILY_2, __SHAPE_2, []),
                _ => __p::unreachable_variant(),
            }
        }
        /**Memory in use.

**gauge** `shop.memory`, values `f64` · unit `By`*/
        #[deprecated]
        #[inline]
        pub fn memory() -> __tm::Gauge<__p::core::primitive::f64> {
            Self::Memory {}.__typed_Memory()
        }
        #[doc(hidden)]
        #[inline(always)]
        pub fn __typed_Memory<__R: __p::Resolve<__tm::Gauge<__p::core::primitive::f64>>>(
            &self,
        ) -> __R {
            match self {
                Self::Memory {} => __p::resolve(&__FAMILY_3, __SHAPE_3, []),
                _ => __p::unreachable_variant(),
            }
        }
        /**Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram.

The variants differ in what they take, so any number is accepted; one that the metric cannot hold is dropped and counted. The constructors check it while compiling.*/
        #[inline]
        pub fn record<V: __tm::value::AnyValue>(self, value: V) {
            match &self {
                Self::RequestDuration { .. } => {
                    __p::record_any(self.__typed_RequestDuration(), value)
                }
                Self::RequestCount { .. } => {
                    __p::record_any(self.__typed_RequestCount(), value)
                }
                Self::InFlight { .. } => __p::record_any(self.__typed_InFlight(), value),
                Self::Memory { .. } => __p::record_any(self.__typed_Memory(), value),
            }
        }
    }
    #[allow(dead_code)]
    impl<'a> ShopMetrics<'a>
    where
        for<'__a> Self: __p::CallTheConstructor<'__a>,
    {
        #[doc(hidden)]
        pub fn inc(self) {}
        #[doc(hidden)]
        pub fn dec(self) {}
        #[doc(hidden)]
        pub fn add(self) {}
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
        #[doc(hidden)]
        pub fn remove(self) {}
        #[doc(hidden)]
        pub fn descriptor(self) {}
    }
    impl<'a> __tm::Metrics for ShopMetrics<'a> {
        fn descriptors() -> &'static [&'static __p::Descriptor] {
            static DESCRIPTORS: [&__p::Descriptor; 4usize] = [
                &__DESCRIPTOR_0,
                &__DESCRIPTOR_1,
                &__DESCRIPTOR_2,
                &__DESCRIPTOR_3,
            ];
            &DESCRIPTORS
        }
        #[doc(hidden)]
        fn __series(&self) -> __p::SeriesKey {
            match self {
                Self::RequestDuration { endpoint: __l0 } => {
                    __p::series_key(
                        &__FAMILY_0,
                        [
                            __p::part(
                                __p::label_type::<Endpoint>(),
                                __l0,
                                __SHAPE_0.strides[0usize],
                                &mut __p::Scratch::new(),
                            ),
                        ],
                    )
                }
                Self::RequestCount { route: __l0, r#type: __l1, ip: __l2 } => {
                    __p::series_key(
                        &__FAMILY_1,
                        [
                            __p::part(
                                __p::label_type::<&'a str>(),
                                __l0,
                                __SHAPE_1.strides[0usize],
                                &mut __p::Scratch::new(),
                            ),
                            __p::part(
                                __p::label_type::<u16>(),
                                __l1,
                                __SHAPE_1.strides[1usize],
                                &mut __p::Scratch::new(),
                            ),
                            __p::part(
                                __p::label_type::<__p::Displayed<'_, IpAddr>>(),
                                &__p::Displayed(__l2),
                                __SHAPE_1.strides[2usize],
                                &mut __p::Scratch::new(),
                            ),
                        ],
                    )
                }
                Self::InFlight {} => __p::series_key(&__FAMILY_2, []),
                Self::Memory {} => __p::series_key(&__FAMILY_3, []),
            }
        }
    }
};
