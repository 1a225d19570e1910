//! Whom a comment mentions: `<@user-id>` where CommonMark has text. So not in code, in HTML, in the destination of a link or in
//! the description of a picture, and not escaped.

use crate::ids::{UserId, parse_uuid};
use crate::text::Body;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use std::collections::BTreeSet;
use std::ops::Range;

/// The people that a text mentions.
pub fn mentioned(body: &Body) -> BTreeSet<UserId> {
    let source = body.as_str();
    // A comment without this mark is not parsed, because parsing takes time in which the project is locked.
    if !source.contains("<@") {
        return BTreeSet::new();
    }
    texts(source).into_iter().flat_map(|text| mentioned_in(&source[text])).collect()
}

/// Where the source has text, each stretch as long as it goes. An escaped character is in no stretch, because `\<@` mentions
/// nobody. The next stretch begins behind it.
fn texts(source: &str) -> Vec<Range<usize>> {
    let mut texts: Vec<Range<usize>> = Vec::new();
    let mut hidden = 0usize;
    for (event, mut range) in Parser::new_ext(source, Options::empty()).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(_) | Tag::Image { .. }) => hidden += 1,
            Event::End(TagEnd::CodeBlock | TagEnd::Image) => hidden = hidden.saturating_sub(1),
            Event::Text(_) if hidden == 0 => match texts.last_mut() {
                Some(last) if last.end == range.start => last.end = range.end,
                Some(_) | None => {
                    if source[..range.start].ends_with('\\') {
                        range.start += source[range.clone()].chars().next().map_or(0, char::len_utf8);
                    }
                    texts.push(range);
                }
            },
            Event::Start(_) | Event::End(_) | Event::Text(_) | Event::Code(_) | Event::Html(_) => {}
            Event::InlineHtml(_) | Event::InlineMath(_) | Event::DisplayMath(_) => {}
            Event::FootnoteReference(_) | Event::TaskListMarker(_) => {}
            Event::SoftBreak | Event::HardBreak | Event::Rule => {}
        }
    }
    texts
}

fn mentioned_in(text: &str) -> impl Iterator<Item = UserId> {
    let candidates = text.split("<@").skip(1);
    candidates.filter_map(|rest| parse_uuid(rest.split_once('>')?.0)).map(UserId)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "01890f3e-7b5c-7c4d-8a9b-0123456789ab";

    fn is_mentioned(markdown: &str) -> bool {
        let body = markdown.replace("@ID", &format!("@{ID}"));
        let mentioned = mentioned(&Body::stored(body));
        assert!(mentioned.iter().all(|user| *user == UserId(ID.parse().expect("an id"))));
        !mentioned.is_empty()
    }

    #[test]
    fn a_mention_is_a_user_id_in_angle_brackets_with_an_at() {
        let (one, two) = (UserId::new(), UserId::new());
        let body = format!("<@{one}>, see <@{two}> and <@{one}>; not <{one}>, @{two}, <@nobody> or <@{two}");
        assert_eq!(mentioned(&Body::stored(body)), BTreeSet::from([one, two]));
        assert!(mentioned(&Body::stored("<@".into())).is_empty());
    }

    #[test]
    fn a_text_mentions_wherever_it_stands() {
        for markdown in [
            "<@ID>",
            "Ask <@ID>, please",
            "two\nlines <@ID>",
            "# <@ID>",
            "- one\n  - two <@ID>",
            "> > > <@ID>",
            "> lazy\n<@ID>",
            "**<@ID>** *a <@ID>*",
            "[ask <@ID>](https://example.org)",
            "| a | b |\n|---|---|\n| <@ID> | |",
            "`code` <@ID> `code`",
            "an ` unclosed <@ID>",
            "```\ncode\n```\n<@ID>",
            "a paragraph goes on\n    <@ID>",
            "<b><@ID></b>",
            "a <!-- comment --> <@ID>",
            "<https://example.org> <@ID>",
            "a\\\\<@ID>",
            "\\*<@ID>",
            "&amp;<@ID>",
            "<<@ID>>",
            "a\u{a0}<@ID>",
            "c\r\n<@ID>\r\n",
        ] {
            assert!(is_mentioned(markdown), "{markdown:?}");
        }
    }

    #[test]
    fn code_mentions_nobody() {
        for markdown in [
            "`<@ID>`",
            "``a ` <@ID>``",
            "`two\nlines <@ID>`",
            "```\n<@ID>\n```",
            "```text\n<@ID>",
            "~~~\n<@ID>\n~~~",
            "~~~~\n~~~\n<@ID>\n~~~~",
            "> ```\n> <@ID>\n> ```",
            "- ```\n  <@ID>\n  ```",
            "    <@ID>",
            "\t<@ID>",
            "- item\n\n      <@ID>",
            "1. item\n\n       <@ID>",
            ">     <@ID>",
            "``` <@ID>\ncode\n```",
        ] {
            assert!(!is_mentioned(markdown), "{markdown:?}");
        }
    }

    #[test]
    fn html_destinations_and_escapes_mention_nobody() {
        for markdown in [
            "<!-- <@ID> -->",
            "<!-- up to the end of the line --> <@ID>",
            "text <!-- <@ID> --> text",
            "<!--\n\n<@ID>\n-->",
            "<div>\n<@ID>\n</div>",
            "<pre>\n\n<@ID>\n</pre>",
            "a <b title=\"<@ID>\">",
            "<?php <@ID> ?>",
            "<![CDATA[<@ID>]]>",
            "[a](<@ID>)",
            "[a](<@ID> \"title\")",
            "[a](/b \"<@ID>\")",
            "[a]: <@ID>\n\n[a]",
            "![<@ID>](/picture.png)",
            "<https://example.org/@ID>",
            "\\<@ID>",
            "a\\<@ID>",
            "\\\\\\<@ID>",
            "<\\@ID>",
            "<@ID\\>",
            "&lt;@ID>",
            "&#60;@ID>",
            "<&commat;ID>",
            "<@ID&gt;",
            "<@\nID>",
            "<@**ID**>",
        ] {
            assert!(!is_mentioned(markdown), "{markdown:?}");
        }
    }

    #[test]
    fn the_longest_comments_are_parsed_in_time_whatever_is_in_them() {
        let begun = std::time::Instant::now();
        for part in
            ["> ", "[", "![", "*a ", "`a ``", "- ", "<@", "<!--", "[a](", "\\<", "&lt;", "_*", "<a ", "| "]
        {
            let body = part.repeat(crate::text::MARKDOWN_BYTES / part.len());
            mentioned(&Body::stored(format!("{}<@", &body[..body.len() - 2])));
        }
        assert!(begun.elapsed().as_secs() < 20, "{:?}", begun.elapsed());
    }
}
