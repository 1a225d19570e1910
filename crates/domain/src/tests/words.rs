//! The analysis for search: what is found by what, and what it costs.

use crate::words::{ANALYSIS, Analysed, Question, Term, analyse, fold, pieces};
use proptest::prelude::*;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../web/src/words/vectors/words.json");

/// Texts, with questions that find them and questions that do not.
const CASES: &[(&str, &[&str], &[&str])] = &[
    (
        "Ticket ABC-2044",
        &["2044", "ABC 2044", "abc-20", "abc-2044", "ticket abc-2"],
        &["abc-204 ticket", "bc", "-2044 x"],
    ),
    ("Build v1.2.3 and snake_case", &["v1.2.3", "case", "snake_c", "3", "2.3"], &["v1.3", "snake-build"]),
    ("Add dark/light mode", &["light", "dark mode", "dark/l", "\"light mode\""], &["\"dark mode\"", "ark"]),
    ("CI/CD", &["cd", "ci", "ci/cd", "cd ci"], &["di"]),
    ("room B-12", &["12", "b-12", "room b"], &["b12"]),
    ("due 2026-12-24", &["24", "2026-12", "12-24", "2026"], &["2026-24"]),
    (
        "O’Brien, user@example.org (100%)",
        &["o'brien", "brien", "example", "org", "user@ex", "100"],
        &["obrien"],
    ),
    ("Cafe\u{301}", &["café", "cafe", "CAFÉ", "caf"], &["cafes"]),
    ("Café Zürich résumé", &["cafe", "zurich", "resume", "Zu\u{308}rich résumé"], &["zurichs"]),
    ("ΟΔΟΣ", &["οδος", "οδοσ", "ΟΔ"], &["δος"]),
    ("Größe", &["GRÖSSE", "grosse", "größe"], &["größer"]),
    ("Łódź, Øresund, Đorđe, Æsir", &["lodz", "oresund", "dorde", "aesir", "ŁÓDŹ"], &["odz"]),
    ("ЖЖ и ёлка", &["жж", "Елка", "ёл"], &["лка"]),
    ("İstanbul ISPARTA ılık", &["istanbul", "ısparta", "ilik"], &["stanbul"]),
    ("工作组备忘录需要更新", &["备忘录", "更新", "新", "工", "录需"], &["备录", "新工"]),
    ("データをあげてください", &["あげて", "データ", "ﾃﾞｰﾀ", "タ"], &["あて", "テータ"]),
    ("서울연구소 PDF파일", &["연구소", "서울", "파일", "pdf파일", "pdf"], &["서연", "pdf서울"]),
    ("รายชื่อทีมงานใหม่", &["ทีมงาน", "รายชื่อ", "ใหม่"], &["ทมงาน"]),
    ("हिन्दी में लिखो", &["हिन्दी", "में"], &["हिनदी"]),
    ("مُحَمَّد كتاب", &["محمد", "كتاب"], &["حمد"]),
    ("ＡＢＣ １２ ﬁne ㍿ ½", &["abc", "12", "fine", "株式会社", "1/2"], &["bc"]),
    ("soft\u{ad}hyphen ze\u{200b}ro", &["softhyphen", "zero"], &["hyphen"]),
    (
        "Paint the door, not the doorway",
        &["-window door", "\"the door\"", "“not the doorw", "door -pain", "paint -\"the paint\""],
        &["door -paint", "\"door the\"", "paint -\"the door\"", "\"the doo\" paint"],
    ),
    ("C++ and C# in .NET", &["c++", "net", "c# .net"], &["et"]),
    ("door", &["-door", "door !", "door &", "- door", "--door"], &["", "!", "-", "\"\"", "🙂"]),
    ("👩‍💻 works", &["works", "👩‍💻 works"], &["👩‍💻"]),
];

#[test]
fn a_text_is_found_by_what_people_type_for_it() {
    for (text, finding, missing) in CASES {
        let analysed = analyse(text);
        for question in *finding {
            assert!(Question::parse(question).finds(&analysed), "{question:?} in {text:?}: {analysed:?}");
        }
        for question in *missing {
            assert!(!Question::parse(question).finds(&analysed), "{question:?} in {text:?}: {analysed:?}");
        }
    }
}

#[test]
fn a_task_is_named_by_its_number_and_its_project() {
    let named = |typed: &str| Term::of(typed, true).and_then(|term| term.names("SHOP"));
    for typed in ["SHOP-12", "shop12", "#12", "Shop-12.", "ｓｈｏｐ-12"] {
        assert_eq!(named(typed), Some(12), "{typed}");
    }
    for typed in
        ["12", "SHOP-", "SHOP-x1", "SHOPS-12", "#0", "#99999999999999999999", "SHOP--12", "1-SHOP-12"]
    {
        assert_eq!(named(typed), None, "{typed}");
    }
}

#[test]
fn the_exact_spelling_is_told_from_others() {
    let is_exact = |text: &str, question: &str| {
        let (lexeme, wanted) = Question::parse(question).wanted[0].spelling().expect("a word");
        analyse(text).lexemes.iter().any(|(_, word)| *word == lexeme) == wanted
    };
    for (text, question) in [
        ("résumé", "Résumé"),
        ("resume", "resume"),
        ("résumé or resume", "resume"),
        ("resume, résumé", "résumé"),
    ] {
        assert!(is_exact(text, question), "{question} in {text}");
    }
    for (text, question) in
        [("résumé", "resume"), ("resume", "résumé"), ("Größe", "grosse"), ("ΟΔΌΣ", "οδοσ")]
    {
        assert!(!is_exact(text, question), "{question} in {text}");
    }
}

#[test]
fn the_place_of_what_was_found_is_told_in_the_text_as_it_is() {
    for (text, question, marked) in [
        ("Paint the Door, painter!", "paint do", "[Paint] the [Door], painter!"),
        ("Türen ÜBERMALEN", "uber", "Türen [ÜBERMALEN]"),
        ("工作组备忘录需要更新", "备忘录", "工作组[备忘录]需要更新"),
        ("새 서울연구소", "연구소", "새 서울[연구소]"),
        ("Ticket ABC-2044", "abc-20", "Ticket [ABC]-[2044]"),
        ("nothing", "door", "nothing"),
    ] {
        let mut shown = text.to_owned();
        let question = Question::parse(question);
        let found: Vec<_> = pieces(text, &question).collect();
        for at in found.into_iter().rev() {
            shown.insert(at.end, ']');
            shown.insert(at.start, '[');
        }
        assert_eq!(shown, marked, "{question:?}");
    }
}

/// A word or a text in one of many scripts.
fn written() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zA-ZäöüßéèñçåøđłæœþŁØİıŐǅ]{1,8}",
        "[α-ωΑ-Ωάέήίόύώϊς]{1,8}",
        "[а-яА-ЯёЁїЇґ]{1,8}",
        "[ก-ฮะ-ูเ-์]{1,8}",
        "[क-हा-्]{1,8}",
        "[가-힣ᄀ-ᄒ]{1,6}",
        "[ぁ-んァ-ヶ一-十ｦ-ﾝﾞﾟ]{1,6}",
        "[א-תְ-ֹ]{1,8}",
        "[ء-يً-ْ]{1,8}",
        "[Ａ-Ｚ０-９ﬀ-ﬆ①-⑳½㍿ﷺ]{1,4}",
    ]
}

fn equivalents(word: &str) -> Vec<String> {
    let lower = word.to_lowercase();
    let (nfc, nfd): (String, String) = (word.nfc().collect(), word.nfd().collect());
    let (nfkc, nfkd): (String, String) = (word.nfkc().collect(), word.nfkd().collect());
    vec![nfc, nfd, nfkc, nfkd, lower.to_uppercase(), word.to_uppercase(), lower, fold(word)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn folding_again_changes_nothing(text in prop_oneof![any::<String>(), written()]) {
        let once = fold(&text);
        prop_assert_eq!(fold(&once), once);
    }

    #[test]
    fn what_a_word_finds_is_found_by_its_every_equivalent_spelling(word in written(), before in written(), after in written()) {
        for spelling in equivalents(&word) {
            let text = analyse(&format!("{before} {word}, {after}"));
            let other = analyse(&format!("{before}-{spelling}/{after}"));
            for asked in equivalents(&word).into_iter().filter(|_| Term::of(&word, false).is_some()) {
                let question = Question::parse(&asked);
                prop_assert!(question.finds(&text), "{:?} in {:?}", asked, text);
                prop_assert!(question.finds(&other), "{:?} in {:?}", asked, other);
            }
        }
    }

    #[test]
    fn the_last_word_is_found_by_its_every_beginning(first in "[a-zäöü]{1,8}", last in "[a-zäöüßł]{1,9}", count in 1usize..9) {
        let text = analyse(&format!("{last} and {first}"));
        let beginning: String = last.chars().take(count).collect();
        let question = format!("{first} {beginning}");
        prop_assert!(Question::parse(&question).finds(&text), "{} in {:?}", question, text);
    }

    #[test]
    fn what_was_written_without_spaces_is_found_by_any_part_of_it(
        text in "[一-十가-힣ก-ฮぁ-ん]{2,12}", from in 0usize..11, count in 1usize..12,
    ) {
        let part: String = text.chars().skip(from % text.chars().count()).take(count).collect();
        prop_assert!(Question::parse(&part).finds(&analyse(&text)), "{} in {}", part, text);
    }

    #[test]
    fn every_question_is_read_and_every_text_analysed(text in any::<String>(), question in any::<String>()) {
        let (question, analysed) = (Question::parse(&question), analyse(&text));
        question.finds(&analysed);
        for at in pieces(&text, &question) {
            prop_assert!(text.get(at).is_some());
        }
    }
}

fn size(Analysed { lexemes, positions }: &Analysed) -> usize {
    lexemes.iter().map(|(_, lexeme)| lexeme.len()).sum::<usize>() + lexemes.len() + positions
}

#[test]
fn what_a_text_is_found_by_grows_no_faster_than_the_text() {
    let kinds: [&str; 9] = ["x", "e\u{301}", "\u{301}", "ก", "工作", "a-", "é ", "서울", "ﷺ"];
    for kind in kinds {
        let of = |bytes: usize| size(&analyse(&kind.repeat(bytes / kind.len())));
        let (small, large) = (of(16_384), of(65_536));
        assert!(large <= 5 * small.max(1_000), "{kind:?}: {small} and {large}");
    }
}

/// With `LOCKSTEP_TEST_WRITE_VECTORS` set the file is written anew.
#[test]
fn the_vectors_that_the_page_keeps_are_what_the_analysis_makes() {
    let texts = || CASES.iter().flat_map(|(text, finding, missing)| [&[*text], *finding, *missing].concat());
    let mut folds: Vec<Value> = texts().map(|text| json!([text, fold(text)])).collect();
    folds.extend(FOLDED.iter().map(|text| json!([text, fold(text)])));
    let analysed = |text: &str| {
        let Analysed { lexemes, positions } = analyse(text);
        json!({"text": text, "lexemes": lexemes, "positions": positions})
    };
    let found = CASES.iter().flat_map(|(text, finding, missing)| {
        let all = finding.iter().chain(*missing);
        all.map(move |question| json!([text, question, Question::parse(question).finds(&analyse(text))]))
    });
    let lines = |values: Vec<Value>| values.iter().map(Value::to_string).collect::<Vec<_>>().join(",\n");
    let made = format!(
        "{{\"analysis\":{ANALYSIS},\"folds\":[\n{}\n],\"texts\":[\n{}\n],\"found\":[\n{}\n]}}\n",
        lines(folds),
        lines(CASES.iter().map(|(text, ..)| analysed(text)).collect()),
        lines(found.collect()),
    );
    if std::env::var_os("LOCKSTEP_TEST_WRITE_VECTORS").is_some() {
        std::fs::write(FILE, &made).expect("the file is written");
    }
    let kept = std::fs::read_to_string(FILE).expect("the vectors of the page");
    assert!(
        made == kept,
        "{FILE} is not what the analysis makes; LOCKSTEP_TEST_WRITE_VECTORS=1 writes it anew"
    );
}

/// Texts that JavaScript and Rust could fold to different ones.
const FOLDED: &[&str] = &[
    "ﬀ ﬁ ﬃ ﬆ",
    "ŉ ǰ ΐ ΰ և",
    "ǅ ǈ ǋ ǲ",
    "Ꭰ ꭰ Ⴀ ა",
    "ſ K Å Ω",
    "ᾳ ᾼ ῳ ᾀ",
    "İ ı i I",
    "ẞ ß ẛ",
    "ϐ ϑ ϕ ϖ ϰ ϱ ϵ",
    "\u{345}\u{3b1}\u{345}",
    "각 각 간",
    "ｶﾞ ﾊﾟ",
    "ำ ຳ",
    "ༀ ཱི",
    "Việt Đức Ångström",
    "أ إ آ ا",
    "שָׁלוֹם",
    "\u{958}",
    "𝐀𝟏 ⅷ Ⅷ",
    "a\u{30a}\u{327} a\u{327}\u{30a}",
];
