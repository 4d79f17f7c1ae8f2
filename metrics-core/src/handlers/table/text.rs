//! Text by the columns of a terminal that it takes: cut, wrapped, padded and quoted.

use std::collections::HashSet;

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

pub(super) const ELLIPSIS: &str = "…";
pub(super) const ELLIPSIS_WIDTH: usize = 1;

/// What stands before the second line of a wrapped text, and before everything below a name.
pub(super) const INDENT: &str = "  ";

/// Which part of a text stays when the text is cut.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keep {
    Beginning,
    /// The beginning and the end, for texts that begin alike.
    Ends,
}

/// How many columns of a terminal `text` takes.
pub(super) fn width(text: &str) -> usize {
    UnicodeWidthStr::width(text)
}

/// `text` in at most `room` columns, with an ellipsis for the part that is left out.
pub(super) fn cut(text: &str, room: usize, keep: Keep) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let room = room.saturating_sub(ELLIPSIS_WIDTH);
    match keep {
        Keep::Beginning => format!("{}{ELLIPSIS}", beginning(text, room)),
        Keep::Ends => {
            // The end tells more, for the beginnings are alike.
            let end = end(text, room - room / 3);
            format!("{}{ELLIPSIS}{end}", beginning(text, room - width(end)))
        }
    }
}

fn beginning(text: &str, room: usize) -> &str {
    let mut taken = 0;
    let fits = |cluster: &&str| {
        taken += width(cluster);
        taken <= room
    };
    &text[..clusters(text).take_while(fits).map(str::len).sum::<usize>()]
}

fn end(text: &str, room: usize) -> &str {
    let mut left = width(text);
    let begins_too_early = |cluster: &&str| {
        let is_too_early = left > room;
        left -= width(cluster).min(left);
        is_too_early
    };
    &text[clusters(text).take_while(begins_too_early).map(str::len).sum::<usize>()..]
}

/// `words` on lines of at most `room` columns, with `gap` between two words of a line.
///
/// A word that begins a line after the first is indented. A word that is wider than a line goes on
/// in the next line, with twice the indent, so that the end of a word can be seen.
pub(super) fn wrap(words: &[String], gap: &str, room: usize) -> Vec<String> {
    let twice = INDENT.repeat(2);
    // The widest cluster takes two columns, so that every line has space for one.
    let room = room.max(twice.len() + 2);
    let mut lines: Vec<String> = Vec::new();
    let mut line = String::new();
    // The columns of the line: to measure it again for each cluster would take quadratic time.
    let mut used = 0;
    for (i, word) in words.iter().enumerate() {
        if i > 0 && used + width(gap) + width(word) <= room {
            line.push_str(gap);
            used += width(gap);
        } else if i > 0 {
            lines.push(std::mem::replace(&mut line, INDENT.to_owned()));
            used = INDENT.len();
        }
        for cluster in clusters(word) {
            if used + width(cluster) > room {
                // At the end of a line, a blank could not be seen.
                let end = line.trim_end().len();
                let blanks = line.split_off(if end == 0 { line.len() } else { end });
                used = twice.len() + width(&blanks);
                lines.push(std::mem::replace(&mut line, format!("{twice}{blanks}")));
            }
            line.push_str(cluster);
            used += width(cluster);
        }
    }
    lines.push(line);
    lines
}

/// `text` with blanks after it, or before it, up to `width` columns.
pub(super) fn left(text: &str, width: usize) -> String {
    format!("{text}{}", blanks(text, width))
}

pub(super) fn right(text: &str, width: usize) -> String {
    format!("{}{text}", blanks(text, width))
}

fn blanks(text: &str, columns: usize) -> String {
    " ".repeat(columns.saturating_sub(width(text)))
}

/// The pieces of `text` between which a line may be cut: characters with the marks, joiners and
/// modifiers that change how the character is drawn.
///
/// A character belongs to the piece before it if the two take fewer columns together than apart,
/// and if it is the second half of a flag.
fn clusters(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let mut end = first.len_utf8();
        for next in rest[end..].chars() {
            let (cluster, longer) = (&rest[..end], &rest[..end + next.len_utf8()]);
            let columns = UnicodeWidthChar::width(next).unwrap_or(0);
            let is_flag = is_half_flag(first) && is_half_flag(next) && end == first.len_utf8();
            if columns > 0 && width(cluster) + columns <= width(longer) && !is_flag {
                break;
            }
            end = longer.len();
        }
        let (cluster, after) = rest.split_at(end);
        rest = after;
        Some(cluster)
    })
}

fn is_half_flag(c: char) -> bool {
    matches!(c, '\u{1f1e6}'..='\u{1f1ff}')
}

/// `text` as it is, or in quotes if its end or a part of it could not be seen, or if it would be
/// read as something else.
pub(super) fn quoted(text: &str) -> String {
    let needs_quotes = |c: char| c.is_whitespace() || c == '"' || needs_escape(c);
    if text.is_empty() || text.contains(needs_quotes) || has_stray_joiner(text) {
        always_quoted(text)
    } else {
        text.to_owned()
    }
}

/// `text` in quotes, with every character escaped that ends the quotes, breaks the line, is not
/// visible or reorders its neighbours.
pub(super) fn always_quoted(text: &str) -> String {
    in_quotes(text, |_| false)
}

/// As [`always_quoted`], with marks on letters escaped too.
pub(super) fn quoted_with_marks(text: &str) -> String {
    in_quotes(text, is_mark)
}

/// Whether readers can tell the texts apart. Letters of two alphabets that look alike count as
/// different; a letter with a mark and the one character that is drawn so do not.
pub(super) fn look_different(texts: &[String]) -> bool {
    let has_marks = texts.iter().any(|text| text.contains(is_mark));
    // Coarse, which costs nothing more than escapes that were not needed.
    let look = |text: &String| -> String {
        if !has_marks {
            return text.clone();
        }
        clusters(text).map(|cluster| if cluster.is_ascii() { cluster } else { ELLIPSIS }).collect()
    };
    texts.iter().map(look).collect::<HashSet<_>>().len() == texts.len()
}

/// Whether `c` is drawn on the character before it.
fn is_mark(c: char) -> bool {
    UnicodeWidthChar::width(c) == Some(0) && !matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}')
}

fn in_quotes(text: &str, also_escaped: fn(char) -> bool) -> String {
    let mut quoted = String::with_capacity(text.len() + 2);
    quoted.push('"');
    let mut before = None;
    for c in text.chars() {
        let is_stray = is_stray_joiner(before.replace(c), c);
        if needs_escape(c) || is_stray || matches!(c, '"' | '\\') || also_escaped(c) {
            quoted.extend(c.escape_default());
        } else if c == ' ' && quoted.ends_with(' ') {
            // Nobody counts blanks.
            quoted.extend(c.escape_unicode());
        } else {
            quoted.push(c);
        }
    }
    quoted.push('"');
    quoted
}

fn needs_escape(c: char) -> bool {
    let breaks_line = c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    // The characters of Unicode's property Default_Ignorable_Code_Point, and interlinear
    // annotations.
    let is_invisible = matches!(
        c,
        '\u{ad}' | '\u{34f}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200c}' | '\u{2060}'..='\u{2065}'
            | '\u{206a}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}'
            | '\u{fff0}'..='\u{fffb}' | '\u{1bca0}'..='\u{1bca3}'
            | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
    );
    let reorders = matches!(
        c,
        '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}'
    );
    // Blanks that look like the usual blank, or like two of it.
    let is_other_blank = c.is_whitespace() && c != ' ';
    breaks_line || is_invisible || reorders || is_other_blank
}

/// Whether `c` joins emoji or selects their look, where there is no emoji: then nobody sees it.
fn is_stray_joiner(before: Option<char>, c: char) -> bool {
    let joins = matches!(c, '\u{200d}' | '\u{fe00}'..='\u{fe0f}');
    let is_emoji = |c: char| matches!(c, '\u{fe0f}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..);
    joins && !before.is_some_and(is_emoji)
}

fn has_stray_joiner(text: &str) -> bool {
    let mut before = None;
    text.chars().any(|c| is_stray_joiner(before.replace(c), c))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_as_one_is_never_torn() {
        let text = "e\u{301}👩‍💻👋🏽🇩🇪🇫🇷検x";
        let pieces: Vec<_> = clusters(text).collect();
        assert_eq!(pieces, ["e\u{301}", "👩‍💻", "👋🏽", "🇩🇪", "🇫🇷", "検", "x"]);
    }

    #[test]
    fn what_nobody_sees_is_escaped() {
        let unseen = "\u{ad}\u{34f}\u{61c}\u{115f}\u{180e}\u{200b}\u{200c}\u{200d}\u{2060}\u{3164}\
                      \u{fe0f}\u{feff}\u{ffa0}\u{fff9}\u{e0041}";
        for c in unseen.chars() {
            let text = format!("a{c}b");
            assert_eq!(quoted(&text), format!("\"a{}b\"", c.escape_unicode()), "{c:?}");
        }
        for seen in ["👩\u{200d}💻", "❤\u{fe0f}", "e\u{301}"] {
            assert_eq!(quoted(seen), seen);
        }
    }

    #[test]
    fn a_cut_text_keeps_its_beginning_or_both_ends() {
        assert_eq!(cut("/api/v1/users", 13, Keep::Beginning), "/api/v1/users");
        assert_eq!(cut("/api/v1/users", 9, Keep::Beginning), "/api/v1/…");
        assert_eq!(cut("/api/v1/users", 9, Keep::Ends), "/a…/users");
        assert_eq!(cut("検索サービス", 8, Keep::Beginning), "検索サ…");
        assert_eq!(cut("検索サービス", 8, Keep::Ends), "検…ビス");
        assert_eq!(cut("検索", 0, Keep::Ends), "…");
    }

    #[test]
    fn lines_break_between_words_and_within_those_that_are_too_wide() {
        let words = ["a=1", "b=2", "path=/a/very/long/path", "c=3"].map(str::to_owned);
        assert_eq!(
            wrap(&words, " ", 12),
            ["a=1 b=2", "  path=/a/ve", "    ry/long/", "    path c=3"]
        );
        assert_eq!(wrap(&words, " ", 100), ["a=1 b=2 path=/a/very/long/path c=3"]);
        assert_eq!(wrap(&["検索検索".to_owned()], " ", 0), ["検索検", "    索"]);
        assert_eq!(wrap(&["\"a b c d\"".to_owned()], " ", 7), ["\"a b c", "     d\""]);
        assert_eq!(wrap(&[], " ", 10), [""]);
    }

    #[test]
    fn different_texts_are_quoted_differently() {
        let texts = [
            "",
            "a b",
            "a  b",
            "a\u{a0}b",
            "a\nb",
            "a\\nb",
            "\"a\"",
            "a",
            "a\u{200b}",
            "\\\"a\\\"",
            "a\\",
        ];
        let quoted = texts.map(quoted);
        let expected = [
            r#""""#,
            r#""a b""#,
            r#""a \u{20}b""#,
            r#""a\u{a0}b""#,
            r#""a\nb""#,
            r"a\nb",
            r#""\"a\"""#,
            "a",
            r#""a\u{200b}""#,
            r#""\\\"a\\\"""#,
            r"a\",
        ];
        assert_eq!(quoted, expected);
    }
}
