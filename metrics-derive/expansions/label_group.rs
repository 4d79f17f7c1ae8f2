const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    #[automatically_derived]
    impl<'a> __tm::LabelGroup for Route<'a> {
        const LABELS: &'static [__p::LabelDescriptor] = {
            const __LISTS: &[&[__p::LabelDescriptor]] = &[
                {
                    const __GROUP: &[__p::LabelDescriptor] = __p::group_labels::<
                        Server,
                    >();
                    const __LEN: __p::core::primitive::usize = __GROUP.len();
                    static __NAMES: [__p::JoinedName; __LEN] = __p::prefixed_names(
                        "server",
                        __GROUP,
                    );
                    &__p::renamed(&__p::grouped::<__LEN>(__GROUP), &__NAMES)
                },
                &[
                    __p::LabelDescriptor::new(
                            "http.route",
                            __p::label_type::<&'static str>(),
                        )
                        .of_field("path"),
                ],
                &[
                    __p::LabelDescriptor::new(
                        "ip",
                        __p::label_type::<__p::Displayed<'_, IpAddr>>(),
                    ),
                ],
            ];
            &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
        };
        #[inline(always)]
        fn parts<'__s>(
            &'__s self,
            mut __scratch: &'__s mut [__p::Scratch],
        ) -> impl __p::PartList + '__s {
            let Self { server: __l0, path: __l1, ip: __l2 } = self;
            let __s0 = __p::take(&mut __scratch, __p::group_labels::<Server>());
            let __s1 = __p::take_one(&mut __scratch);
            let __s2 = __p::take_one(&mut __scratch);
            (
                __p::GroupField(__l0).parts(__s0),
                (
                    __p::part(__p::label_type::<&'a str>(), __l1, __s1),
                    __p::displayed_part::<IpAddr>(__l2, __s2),
                ),
            )
        }
    }
};
const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    const __LABELS_0: &[__p::LabelDescriptor] = {
        const __LISTS: &[&[__p::LabelDescriptor]] = &[
            {
                const __GROUP: &[__p::LabelDescriptor] = __p::group_labels::<
                    Route<'static>,
                >();
                &__p::grouped::<{ __GROUP.len() }>(__GROUP)
            },
        ];
        &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
    };
    const __LABELS_1: &[__p::LabelDescriptor] = {
        const __LISTS: &[&[__p::LabelDescriptor]] = &[
            &[__p::LabelDescriptor::new("queue", __p::label_type::<u8>())],
            {
                const __GROUP: &[__p::LabelDescriptor] = __p::group_labels::<
                    Route<'static>,
                >();
                &__p::grouped::<{ __GROUP.len() }>(__GROUP)
            },
        ];
        &__p::concat::<{ __p::count(__LISTS) }>(__LISTS)
    };
    const _: () = __p::check_budget("`requests`: its", __LABELS_0, 2000usize);
    const _: () = __p::check_budget("`depth`: its", __LABELS_1, 2000usize);
    static __FAMILIES: [__p::Family; 2usize] = __p::families(
        &__p::Place {
            file: __p::core::file!(),
            module: __p::core::module_path!(),
        },
        [
            __p::Definition::counter(
                "requests",
                "",
                __LABELS_0,
                __p::core::line!(),
                "Web::Requests",
            ),
            __p::Definition::gauge(
                "depth",
                "",
                __LABELS_1,
                __p::core::line!(),
                "Web::Depth",
            ),
        ],
        &__FAMILIES,
    );
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __LINKED: &[__p::Family] = &__FAMILIES;
    #[doc(hidden)]
    #[allow(dead_code, non_snake_case)]
    pub struct __Handles {
        pub Requests: __tm::Counter<__p::core::primitive::u64>,
        pub Depth: __tm::Gauge<__p::core::primitive::f64>,
    }
    impl<'a> Web<'a> {
        ///**counter** `requests`, values `u64` · labels of `Route < 'a >`
        #[inline]
        fn requests(
            labels: impl __tm::IntoLabels<Route<'a>>,
        ) -> __tm::Counter<__p::core::primitive::u64> {
            if false {
                __p::never_made(Self::Requests { 0: __p::never() })
            }
            __p::IntoLabels::handle(
                &labels,
                &__FAMILIES[0usize],
                |__l0| { Self::__resolve_labels_0(0usize, __l0) },
            )
        }
        ///**gauge** `depth`, values `f64` · labels `queue`, of `Route < 'a >`
        #[inline]
        fn depth(
            queue: u8,
            at: impl __tm::IntoLabels<Route<'a>>,
        ) -> __tm::Gauge<__p::core::primitive::f64> {
            if false {
                __p::never_made(Self::Depth {
                    queue,
                    at: __p::never(),
                })
            }
            Self::__resolve_labels_1(1usize, &queue, __p::IntoLabels::labels(&at))
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
            __l0: &Route<'a>,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
                return __R::of(Self::__find_0(__family, __l0));
            }
            __p::resolve(
                __family,
                __p::GroupField(__l0)
                    .parts(
                        &mut [const {
                            __p::Scratch::new()
                        }; { __p::group_labels::<Route<'static>>().len() }],
                    ),
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
        fn __find_0(__family: &'static __p::Family, __l0: &Route<'a>) -> __p::AnySeries {
            __p::find(
                __family,
                __p::GroupField(__l0)
                    .parts(
                        &mut [const {
                            __p::Scratch::new()
                        }; { __p::group_labels::<Route<'static>>().len() }],
                    ),
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
            __l0: &u8,
            __l1: &Route<'a>,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_1) } {
                return __R::of(Self::__find_1(__family, __l0, __l1));
            }
            __p::resolve(
                __family,
                (
                    __p::part(__p::label_type::<u8>(), __l0, &mut __p::Scratch::new()),
                    __p::GroupField(__l1)
                        .parts(
                            &mut [const {
                                __p::Scratch::new()
                            }; { __p::group_labels::<Route<'static>>().len() }],
                        ),
                ),
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
            __l0: &u8,
            __l1: &Route<'a>,
        ) -> __p::AnySeries {
            __p::find(
                __family,
                (
                    __p::part(__p::label_type::<u8>(), __l0, &mut __p::Scratch::new()),
                    __p::GroupField(__l1)
                        .parts(
                            &mut [const {
                                __p::Scratch::new()
                            }; { __p::group_labels::<Route<'static>>().len() }],
                        ),
                ),
            )
        }
        /**Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram.

The variants differ in what they take, so any number is accepted; one that the metric cannot hold is dropped and counted. The constructors check it while compiling.*/
        #[inline]
        fn record<V: __tm::value::AnyValue>(self, value: V) {
            self.__resolve::<__p::AnySeries>().record(value)
        }
        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                Self::Requests { .. } => 0usize,
                Self::Depth { .. } => 1usize,
            };
            match self {
                Self::Requests { 0: __l0 } => Self::__resolve_labels_0(__family, __l0),
                Self::Depth { queue: __l0, at: __l1 } => {
                    Self::__resolve_labels_1(__family, __l0, __l1)
                }
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
    impl<'a> Web<'a>
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
    impl<'a> __tm::Metrics for Web<'a> {
        fn __families() -> &'static [__p::Family] {
            &__FAMILIES
        }
        fn __series(&self) -> __p::SeriesKey {
            self.__resolve()
        }
    }
};
