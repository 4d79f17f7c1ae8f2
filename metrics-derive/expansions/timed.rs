pub(crate) fn find<'a>(
    route: String,
    __argument_1: Guard,
    shop: &'a Shop,
) -> Result<impl Page, Error> {
    use tm as __tm;
    use __tm::__private as __p;
    use __p::nothing as linkme;
    let __computed_0_status = __p::timed::Computed::new();
    let mut __call = __p::timed::Call::of_function((
        __p::timed::wall({
            let outcome = __p::timed::PENDING;
            __p::timed::awaiting_result(
                __p::timed::metric(Shop::Duration {
                        route: &route,
                        outcome,
                        status: __computed_0_status.absent(),
                    })
                    .__resolve_as(|__handles| __handles.Duration),
            )
        }),
        (
            __p::timed::count({
                let outcome = __p::timed::PENDING;
                __p::timed::metric(Shop::Requests { outcome })
                    .__resolve_as(|__handles| __handles.Requests)
            }),
            (),
        ),
    ));
    let __returned = __p::timed::call(move || -> Result<_, Error> {
        match { route } {
            route => {
                match { __argument_1 } {
                    _ => {
                        let _ = &route;
                        let page = shop.page(route)?;
                        Ok(page)
                    }
                }
            }
        }
    });
    let __outcome = {
        use __p::timed::AnyReturned as _;
        __p::timed::Returned(&__returned).__typed_outcome()
    };
    __call
        .recorder
        .0
        .0
        .fill(
            __outcome,
            [
                __computed_0_status
                    .fill(
                        "status",
                        &__computed_0_status.of(&__returned, |found| found.status()),
                        &mut __p::Scratch::new(),
                    ),
            ],
        );
    __call.finish(__outcome);
    #[allow(clippy::needless_return)] return __returned;
}
impl Client {
    async fn fetch(mut self, url: Url) -> Option<u8> {
        use tm as __tm;
        use __tm::__private as __p;
        use __p::nothing as linkme;
        fn __inside() {}
        static __FUNCTION: __p::timed::Function = __p::timed::Function::new(&__FACTS);
        #[allow(elided_lifetimes_in_paths)]
        #[__p::linkme::distributed_slice(__p::timed::FUNCTIONS)]
        #[linkme(crate = __p::linkme)]
        static __FACTS: __p::timed::TimedFunction = __p::timed::TimedFunction::new(
            __p::source(
                __p::core::file!(),
                __p::core::line!(),
                __p::core::module_path!(),
                "fetch",
            ),
            || __p::timed::name_of(__inside),
            __p::core::option::Option::None,
            &[],
        );
        let (__prepared, __body) = __p::timed::call(move || (
            (
                __p::timed::busy(__p::timed::function(&__FUNCTION)),
                (
                    __p::timed::in_flight({
                        __p::timed::metric(Shop::InFlight {})
                            .__resolve_as(|__handles| __handles.InFlight)
                    }),
                    (),
                ),
            ),
            async move {
                if let __p::core::option::Option::Some(__returned) = __p::core::option::Option::None::<
                    Option<u8>,
                > {
                    return __returned;
                }
                #[allow(clippy::used_underscore_binding)]
                let _ = &url;
                #[allow(clippy::used_underscore_binding)]
                let _ = &self;
                self.get(url).await
            },
        ));
        let __call = __p::timed::Call::of_future(__prepared);
        let __returned = __p::timed::Awaited::new(
                __call,
                __p::core::pin::pin!(__body),
                |__returned, __call| {
                    let __outcome = {
                        use __p::timed::AnyReturned as _;
                        __p::timed::Returned(__returned).__typed_outcome()
                    };
                    __call.finish(__outcome);
                },
            )
            .await;
        #[allow(clippy::needless_return)] return __returned;
    }
}
