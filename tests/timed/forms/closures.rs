//! Functions that return closures.

use std::fmt::Display;
use std::pin::Pin;

use typed_metrics::testing::capture;
use typed_metrics::timed;

use super::{Forms, calls, pause};
use crate::polls::block_on;

#[test]
fn closures_that_take_references_are_returned() {
    struct Table<T>(Vec<T>);

    impl<T: Fn(&str) -> usize> Table<T> {
        #[timed(Forms::Time { name: "method", outcome })]
        fn largest(&self, limit: usize) -> impl Fn(&T, &str) -> Option<usize> + use<'_, T> {
            let first = self.0.len();
            move |one, text| Some(one(text).min(limit) + first)
        }
    }

    #[timed(Forms::Time { name: "length", outcome })]
    fn length(more: usize) -> impl Fn(&str) -> usize {
        move |text| text.len() + more
    }
    #[timed(Forms::Time { name: "suffix", outcome })]
    fn suffix<T: ?Sized + AsRef<str>>(from: usize) -> impl for<'a> Fn(&'a T) -> &'a str + Send {
        return move |text| &text.as_ref()[from..];
    }
    #[timed(Forms::Time { name: "lifetime", outcome })]
    fn lifetime<'a>(words: &'a [String]) -> impl FnMut(&mut Vec<&'a String>) -> bool + 'a {
        let mut rest = words.iter();
        move |seen| rest.next().map(|word| seen.push(word)).is_some()
    }
    #[timed(Forms::Time { name: "later", outcome })]
    async fn later(more: usize) -> impl FnOnce(&[u8], (u8, &str)) -> usize {
        pause().await;
        move |bytes, (_, text)| bytes.len() + text.len() + more
    }

    let seen = capture(|| {
        assert_eq!(length(1)("abc"), 4);
        assert_eq!(suffix::<str>(2)("abc"), "c");
        let words = ["a".to_owned()];
        let (mut next, mut found) = (lifetime(&words), Vec::new());
        assert!(next(&mut found) && !next(&mut found));
        assert_eq!(found, ["a"]);
        assert_eq!(block_on(later(1))(&[1, 2], (3, "abc")), 6);
        let table = Table(vec![str::len]);
        assert_eq!(table.largest(2)(&table.0[0], "abc"), Some(3));
    });
    assert_eq!(calls(&seen), ["later ok", "length ok", "lifetime ok", "method ok", "suffix ok"]);
}

#[test]
fn closures_of_every_type_are_returned() {
    type Boxed<'a> = Pin<Box<dyn Future<Output = usize> + Send + 'a>>;
    struct Bytes<'a, const N: usize>(&'a [u8; N]);

    #[timed(Forms::Time { name: "writer", outcome })]
    fn writer() -> impl Fn(&mut dyn std::fmt::Write) -> std::fmt::Result {
        |to| to.write_str("x")
    }
    #[timed(Forms::Time { name: "callback", outcome })]
    fn callback() -> impl Fn(&str) -> Boxed<'_> + Clone {
        |text| Box::pin(async move { text.len() })
    }
    #[timed(Forms::Time { name: "parser", outcome })]
    fn parser() -> impl for<'a> Fn(&'a str) -> Result<(&'a str, u8), String> {
        |text| Ok((text, 1))
    }
    #[timed(Forms::Time { name: "const", outcome })]
    fn of_const<const N: usize>() -> impl Fn(Bytes<'_, N>) -> usize {
        |bytes| bytes.0.len()
    }
    #[timed(Forms::Time { name: "nested", outcome })]
    fn nested() -> impl Fn(&(dyn Fn(&str) -> usize + Send)) -> usize {
        |inner| inner("abc")
    }
    #[timed(Forms::Time { name: "pair", outcome })]
    fn pair(n: usize) -> (impl Fn(&str) -> &str, usize) {
        (
            {
                let from = n;
                move |text| &text[from..]
            },
            n,
        )
    }
    #[timed(Forms::Time { name: "displayed", outcome })]
    fn displayed() -> Box<dyn Iterator<Item = impl Display>> {
        Box::new([1, 2].into_iter())
    }

    let seen = capture(|| {
        let mut text = String::new();
        writer()(&mut text).unwrap();
        assert_eq!(text, "x");
        assert_eq!(block_on(callback().clone()("ab")), 2);
        assert_eq!(parser()("ab"), Ok(("ab", 1)));
        assert_eq!(of_const()(Bytes(&[1, 2])), 2);
        assert_eq!(nested()(&str::len), 3);
        let (suffix, n) = pair(1);
        assert_eq!((suffix("abc"), n), ("bc", 1));
        assert_eq!(displayed().map(|n| n.to_string()).collect::<String>(), "12");
    });
    assert_eq!(calls(&seen).len(), 7);
}
