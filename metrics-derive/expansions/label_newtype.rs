const _: () = {
    use tm as __tm;
    use __tm::__private as __p;
    #[automatically_derived]
    impl<'a, T> __tm::Label for Tenant<'a, T>
    where
        &'a T: __tm::Label,
    {
        const CARDINALITY: __p::core::option::Option<__p::core::primitive::usize> = <&'a T as __tm::Label>::CARDINALITY;
        const INTEGER: __p::core::primitive::bool = <&'a T as __tm::Label>::INTEGER;
        #[inline]
        fn is_pending(label: &Self) -> __p::core::primitive::bool {
            <&'a T as __tm::Label>::is_pending(&label.0)
        }
        #[inline]
        fn index(label: &Self) -> __p::core::primitive::usize {
            <&'a T as __tm::Label>::index(&label.0)
        }
        #[inline]
        fn value_at(index: __p::core::primitive::usize) -> __tm::LabelRef<'static> {
            <&'a T as __tm::Label>::value_at(index)
        }
        #[inline]
        fn value<'__v>(
            label: &'__v Self,
            scratch: &'__v mut __p::Scratch,
        ) -> __tm::LabelRef<'__v> {
            <&'a T as __tm::Label>::value(&label.0, scratch)
        }
    }
};
