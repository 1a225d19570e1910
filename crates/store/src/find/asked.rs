//! A question to one project, as text queries of Postgres.

use crate::words::fact;
use crate::words::lexeme::{self, TITLE};
use crate::{AsyncPgConnection, Result};
use diesel::sql_types::{Array, BigInt, Text, Uuid as SqlUuid};
use diesel_async::RunQueryDsl;
use domain::field::Field;
use domain::label::Label;
use domain::words::{Analysed, Element, Question, Term, analyse};
use domain::{ProjectId, UserId};
use std::collections::HashMap;
use uuid::Uuid;

/// A term is counted up to here, to know which is the rarest.
const COUNTED: i64 = 1_000;

/// The names that are looked up when a question is asked, because tasks have keys and ids alone.
#[derive(Debug, Clone)]
pub struct Names {
    project: ProjectId,
    key: String,
    named: Vec<(String, Analysed)>,
}

impl Names {
    /// Those of a project: of its labels, the options of its fields, its people.
    pub fn of(
        project: ProjectId,
        key: &str,
        labels: &[Label],
        fields: &[Field],
        people: &[(UserId, String)],
    ) -> Names {
        let labels =
            labels.iter().map(|label| (fact::label(label.key.as_str()), analyse(label.name.as_str())));
        let options = fields.iter().flat_map(|field| {
            let options = field.options.iter().flatten();
            options.map(|option| {
                (fact::option(field.key.as_str(), option.key.as_str()), analyse(option.name.as_str()))
            })
        });
        let people = people.iter().map(|(id, name)| (fact::person(&id.to_string()), analyse(name)));
        Names { project, key: key.to_owned(), named: labels.chain(options).chain(people).collect() }
    }

    fn facts<'a>(&'a self, term: &'a Term) -> impl Iterator<Item = String> + 'a {
        let named =
            self.named.iter().filter(|(_, name)| term.is_found_in(name)).map(|(fact, _)| fact.clone());
        named.chain(term.names(&self.key).map(fact::number))
    }
}

/// A question to one project. Everything in it is a text query of Postgres.
#[derive(Debug, Clone)]
pub struct Asked {
    /// Whose tasks.
    pub project: ProjectId,
    /// The number of the task that the whole question names.
    pub named: Option<i64>,
    /// The rarest first, once they are [counted](Asked::counted).
    terms: Vec<AskedTerm>,
    pub(super) unwanted: Vec<String>,
    /// The last term, written to its end.
    pub(super) last: String,
    /// Fewer than [`COUNTED`] texts have the rarest term.
    is_rare: bool,
}

#[derive(Debug, Clone)]
struct AskedTerm {
    any: String,
    title: String,
    /// The same, written to its end.
    whole: String,
    whole_title: String,
    /// Whole, and in the spelling that was typed.
    spelled: String,
}

/// What a task must have of each term.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Having {
    /// The term in its title, written to its end.
    WholeTitle,
    /// The term, written to its end.
    Whole,
    /// The term in its title.
    Title,
    /// The term.
    Any,
}

impl Having {
    /// What is ranked first comes first.
    pub(crate) const BEST_FIRST: [Having; 4] =
        [Having::WholeTitle, Having::Whole, Having::Title, Having::Any];
}

impl Asked {
    /// `None`: there is nothing to look for.
    pub fn of(question: &Question, names: &Names) -> Option<Asked> {
        let last = question.wanted.last()?.clone().written_out();
        let mark = lexeme::mark(names.project);
        let named = if let [only] = &question.wanted[..] { only.names(&names.key) } else { None };
        Some(Asked {
            project: names.project,
            named,
            terms: question.wanted.iter().map(|term| AskedTerm::of(&mark, term, names)).collect(),
            unwanted: question.unwanted.iter().map(|term| any_of(&mark, term, names.facts(term))).collect(),
            last: any_of(&mark, &last, names.facts(&last)),
            is_rare: false,
        })
    }

    /// The same, with its rarest term first.
    ///
    /// # Errors
    /// Those of the query.
    pub async fn counted(mut self, conn: &AsyncPgConnection) -> Result<Asked> {
        let queries = self.queries(Having::Any);
        let counts = Counts::new(&queries, self.project.0, COUNTED);
        let counts: Vec<(String, i64)> = counts.load(&mut &*conn).await?;
        let counts: HashMap<String, i64> = counts.into_iter().collect();
        let count = |term: &AskedTerm| counts.get(&term.any).copied().unwrap_or(COUNTED);
        self.terms.sort_by_key(count);
        self.is_rare = self.terms.as_slice().first().is_some_and(|rarest| count(rarest) < COUNTED);
        Ok(self)
    }

    /// Whether so few texts have the rarest term that all of them are read at once.
    pub(crate) fn is_rare(&self) -> bool {
        self.is_rare
    }

    /// Each term, whole and in the spelling that was typed.
    pub(super) fn spelled(&self) -> Vec<String> {
        self.terms.iter().map(|term| term.spelled.clone()).collect()
    }

    pub(super) fn queries(&self, having: Having) -> Vec<String> {
        let query = |term: &AskedTerm| match having {
            Having::WholeTitle => term.whole_title.clone(),
            Having::Whole => term.whole.clone(),
            Having::Title => term.title.clone(),
            Having::Any => term.any.clone(),
        };
        let queries: Vec<String> = self.terms.iter().map(query).collect();
        match having {
            // A title is in one row.
            Having::WholeTitle | Having::Title => vec![queries.join(" & ")],
            Having::Whole | Having::Any => queries,
        }
    }
}

impl AskedTerm {
    fn of(mark: &str, term: &Term, names: &Names) -> AskedTerm {
        let written = term.clone().written_out();
        let whole = phrase(mark, &written, None);
        let spelled = match term.spelling() {
            Some((lexeme, true)) => format!("({whole} & {})", quoted(mark, &lexeme)),
            Some((lexeme, false)) => format!("({whole} & !{})", quoted(mark, &lexeme)),
            None => whole,
        };
        AskedTerm {
            any: any_of(mark, term, names.facts(term)),
            title: phrase(mark, term, Some(TITLE)),
            whole: any_of(mark, &written, names.facts(&written)),
            whole_title: phrase(mark, &written, Some(TITLE)),
            spelled,
        }
    }
}

statement! { Counts(queries: &'a [String] as Array<Text>, project: Uuid as SqlUuid, most: i64 as BigInt) -> (Text, BigInt):
"SELECT q.query, (SELECT count(*) FROM (WITH f AS MATERIALIZED (SELECT FROM words WHERE project_id = p.id AND words @@ q.query::tsquery) \
SELECT FROM f LIMIT p.most) c) FROM unnest({}) AS q (query), (SELECT {} AS id, {} AS most) p" }

/// A lexeme as a text query has it.
fn quoted(mark: &str, lexeme: &str) -> String {
    let mut quoted = String::new();
    lexeme::quote(&format!("{mark}{lexeme}"), &mut quoted);
    quoted
}

/// Asks for the lexemes of a term, one after the other, or for its whole run. `before` stands before each of them.
fn phrase(mark: &str, term: &Term, before: Option<char>) -> String {
    let written = |lexeme: &str, begun: bool| {
        let lexeme = before.into_iter().chain(lexeme.chars()).collect::<String>();
        format!("{}{}", quoted(mark, &lexeme), if begun { ":*" } else { "" })
    };
    let mut query = String::from("(");
    for (index, Element { distance, lexeme: word, begun }) in term.elements().iter().enumerate() {
        if index > 0 {
            query.push_str(&format!(" <{distance}> "));
        }
        query.push_str(&written(word, *begun));
    }
    if let Some(whole) = &term.whole {
        query.push_str(&format!(" | {}", written(whole, term.begun)));
    }
    query + ")"
}

fn any_of(mark: &str, term: &Term, facts: impl Iterator<Item = String>) -> String {
    let facts = facts.map(|fact| quoted(mark, &fact));
    let all: Vec<String> = std::iter::once(phrase(mark, term, None)).chain(facts).collect();
    format!("({})", all.join(" | "))
}
