const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    #[allow(unused_imports)]
    use __p::NoGroup as _;
    const __LABELS_0: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::new("rack", __p::label_type::<u16>()),
    ];
    const __LABELS_1: &[__p::LabelDescriptor] = &[
        __p::LabelDescriptor::new("version", __p::label_type::<u16>()),
    ];
    const _: () = __p::check_budget("`phase`: its", __LABELS_0, 2000usize);
    const _: () = __p::check_budget("`build`: its", __LABELS_1, 2000usize);
    const _: () = __p::check_states(
        &__p::LabelDescriptor::new("phase", __p::label_type::<Phase>()),
    );
    static __FAMILIES: [__p::Family; 2usize] = __p::families(
        &__p::Place {
            file: __p::core::file!(),
            module: __p::core::module_path!(),
        },
        [
            __p::Definition::up_down_counter(
                    "phase",
                    "Phase of a node.",
                    &__p::with_state::<
                        { __LABELS_0.len() + 1 },
                    >(
                        __LABELS_0,
                        __p::LabelDescriptor::new("phase", __p::label_type::<Phase>()),
                    ),
                    __p::core::line!(),
                    "Node::Phase",
                )
                .shown(&__p::Presentation::PLAIN.states(__LABELS_0).was("old.phase")),
            __p::Definition::up_down_counter(
                    "build",
                    "",
                    __LABELS_1,
                    __p::core::line!(),
                    "Node::Build",
                )
                .shown(&__p::Presentation::PLAIN.info()),
        ],
        &__FAMILIES,
    );
    #[__p::linkme::distributed_slice(__p::FAMILIES)]
    #[linkme(crate = __p::linkme)]
    static __LINKED: &[__p::Family] = &__FAMILIES;
    #[doc(hidden)]
    #[allow(dead_code, non_snake_case)]
    pub struct __Handles {
        pub Phase: __tm::State<Phase>,
        pub Build: __tm::Info,
    }
    impl Node {
        /**Phase of a node.

**state** `phase` in the label `phase` · labels `rack` · was `old.phase`*/
        #[inline]
        fn phase(rack: u16) -> __tm::State<Phase> {
            if false {
                __p::never_made(Self::Phase {
                    rack,
                    phase: __p::never(),
                })
            }
            Self::__resolve_labels_0(0usize, &rack)
        }
        ///**info** `build` · labels `version`
        #[inline]
        fn build(version: u16) -> __tm::Info {
            if false {
                __p::never_made(Self::Build { version })
            }
            Self::__resolve_labels_1(1usize, &version)
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
            __l0: &u16,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_0) } {
                return __R::of(Self::__find_0(__family, __l0));
            }
            __p::resolve(
                __family,
                [__p::part(__p::label_type::<u16>(), __l0, &mut __p::Scratch::new())],
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
        fn __find_0(__family: &'static __p::Family, __l0: &u16) -> __p::AnySeries {
            __p::find(
                __family,
                [__p::part(__p::label_type::<u16>(), __l0, &mut __p::Scratch::new())],
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
            __l0: &u16,
        ) -> __R {
            let __family = &__FAMILIES[__family];
            if __R::IS_SERIES && const { __p::is_open(__LABELS_1) } {
                return __R::of(Self::__find_1(__family, __l0));
            }
            __p::resolve(
                __family,
                [__p::part(__p::label_type::<u16>(), __l0, &mut __p::Scratch::new())],
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
        fn __find_1(__family: &'static __p::Family, __l0: &u16) -> __p::AnySeries {
            __p::find(
                __family,
                [__p::part(__p::label_type::<u16>(), __l0, &mut __p::Scratch::new())],
            )
        }
        /**Records `value` in the series that this variant and its labels name: adds it to a counter, sets a gauge, or puts it into a histogram. 1 makes a state the current one, and sets an info.

The variants differ in what they take, so any number is accepted; one that the metric cannot hold is dropped and counted. The constructors check it while compiling.*/
        #[inline]
        fn record<V: __tm::value::AnyValue>(self, value: V) {
            self.__resolve::<__p::AnySeriesOrState>().record(value)
        }
        #[inline]
        fn __resolve<__R: __p::Resolve>(&self) -> __R {
            let __family = match self {
                Self::Phase { .. } => 0usize,
                Self::Build { .. } => 1usize,
            };
            let __resolved: __R = match self {
                Self::Phase { rack: __l0, .. } => {
                    Self::__resolve_labels_0(__family, __l0)
                }
                Self::Build { version: __l0 } => Self::__resolve_labels_1(__family, __l0),
            };
            match self {
                Self::Phase { phase: __state, .. } => {
                    __p::Resolve::in_state(
                        __resolved,
                        __p::StateIndex::of(__p::label_type::<Phase>(), __state),
                    )
                }
                _ => __resolved,
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
    impl Node
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
    impl __tm::Metrics for Node {
        fn __families() -> &'static [__p::Family] {
            &__FAMILIES
        }
        fn __series(&self) -> __p::SeriesKey {
            self.__resolve()
        }
    }
};
