pub(crate) fn find<'a>(
    route: String,
    __argument_1: Guard,
    shop: &'a Shop,
) -> Result<impl Page, Error> {
    let __computed_0_status = tm::__private::timed::Computed::new();
    let mut __call = tm::__private::timed::Call::of_function((
        tm::__private::timed::wall({
            let outcome = tm::__private::timed::PENDING;
            tm::__private::timed::late(
                tm::__private::timed::metric(Shop::Duration {
                        route: &route,
                        outcome,
                        status: __computed_0_status.absent(),
                    })
                    .__typed_Duration(),
            )
        }),
        (
            tm::__private::timed::count({
                let outcome = tm::__private::timed::PENDING;
                tm::__private::timed::metric(Shop::Requests { outcome })
                    .__typed_Requests()
            }),
            (),
        ),
    ));
    let __returned = tm::__private::timed::call(move || -> Result<_, Error> {
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
        use tm::__private::timed::AnyReturned as _;
        tm::__private::timed::Returned(&__returned).__typed_outcome()
    };
    __call
        .meter
        .0
        .0
        .fill(
            __outcome,
            [
                __computed_0_status
                    .fill(
                        "status",
                        &__computed_0_status.of(&__returned, |found| found.status()),
                        &mut tm::__private::Scratch::new(),
                    ),
            ],
        );
    __call.finish(__outcome);
    __returned
}
impl Client {
    async fn fetch(mut self, url: Url) -> Option<u8> {
        fn __inside() {}
        static __FUNCTION: tm::__private::timed::Function = tm::__private::timed::Function::new(
            &__FACTS,
        );
        #[allow(elided_lifetimes_in_paths)]
        #[tm::__private::linkme::distributed_slice(tm::__private::timed::FUNCTIONS)]
        #[linkme(crate = tm::__private::linkme)]
        static __FACTS: tm::__private::timed::TimedFunction = tm::__private::timed::TimedFunction::new(
            tm::__private::source(
                tm::__private::core::file!(),
                tm::__private::core::line!(),
                tm::__private::core::module_path!(),
                "fetch",
            ),
            || tm::__private::timed::name_of(__inside),
            tm::__private::core::option::Option::None,
            &[],
        );
        let (__prepared, __body) = tm::__private::timed::call(move || (
            (
                tm::__private::timed::busy(tm::__private::timed::function(&__FUNCTION)),
                (
                    tm::__private::timed::in_flight({
                        tm::__private::timed::metric(Shop::InFlight {})
                            .__typed_InFlight()
                    }),
                    (),
                ),
            ),
            async move {
                if let tm::__private::core::option::Option::Some(__returned) = tm::__private::core::option::Option::None::<
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
        let __call = tm::__private::timed::Call::of_future(__prepared);
        let __returned = tm::__private::timed::Awaited::new(
                __call,
                tm::__private::core::pin::pin!(__body),
                |__returned, __call| {
                    let __outcome = {
                        use tm::__private::timed::AnyReturned as _;
                        tm::__private::timed::Returned(__returned).__typed_outcome()
                    };
                    __call.finish(__outcome);
                },
            )
            .await;
        __returned
    }
}
