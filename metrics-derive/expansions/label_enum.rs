const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    #[automatically_derived]
    impl __tm::Label for Endpoint {
        const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> = __p::core::option::Option::Some(
            2usize,
        );
        #[inline]
        fn index(label: &Self) -> __p::core::primitive::usize {
            match label {
                Self::FrontPage {} => 0usize,
                Self::Checkout {} => 1usize,
            }
        }
        #[inline]
        fn value_at(index: __p::core::primitive::usize) -> __tm::LabelRef<'static> {
            __tm::LabelRef::Str(
                match index {
                    0usize => "front-page",
                    _ => "the checkout",
                },
            )
        }
        #[inline]
        fn value<'__v>(
            label: &'__v Self,
            _: &'__v mut __p::Scratch,
        ) -> __tm::LabelRef<'__v> {
            <Self as __tm::Label>::value_at(<Self as __tm::Label>::index(label))
        }
    }
};
