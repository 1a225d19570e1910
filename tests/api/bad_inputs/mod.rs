//! The rows of `bad-inputs.md` that concern what exists. In every row: the answer has the row's code, nothing changed, and
//! another client's socket and requests go on.
//!
//! One request is enough for most rows: those stand in the tables. What needs more has a test of its own, named by its row.

mod bodies;
mod database;
mod graph;
mod paths;
mod rates;
mod rules;
mod sockets;
mod stories;
mod tokens;
mod wire;

use crate::support::{Bystander, Got, Team};

type Holds = Box<dyn Fn(&Got) -> bool + Send>;

/// One bad input and its answer.
pub struct Row {
    number: u32,
    what: String,
    request: reqwest::RequestBuilder,
    status: u16,
    code: &'static str,
    and: Option<Holds>,
}

impl Row {
    /// What else the answer must have.
    fn and(mut self, holds: impl Fn(&Got) -> bool + Send + 'static) -> Self {
        self.and = Some(Box::new(holds));
        self
    }

    async fn wrong(self) -> Option<String> {
        let got = Got::from(self.request).await;
        let wrong = got.wrong_as(self.status, self.code).or_else(|| {
            let lacks = self.and.as_ref().is_some_and(|holds| !holds(&got));
            lacks.then(|| format!("lacks what the row asks for besides: {} {:?}", got.body, got.headers))
        })?;
        Some(format!(
            "row {} ({}): expected {} {}, but it {wrong}",
            self.number, self.what, self.status, self.code
        ))
    }
}

pub fn row(
    number: u32,
    what: impl Into<String>,
    request: reqwest::RequestBuilder,
    status: u16,
    code: &'static str,
) -> Row {
    Row { number, what: what.into(), request, status, code, and: None }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_bad_input_gets_its_answer_and_changes_nothing() {
    let team = Team::start(1).await;
    let mut bystander = Bystander::of(&team).await;
    rules::prepare(&team).await;
    let chain = graph::prepare(&team).await;
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let elsewhere = format!("http://{}/keys", listener.local_addr().expect("an address"));
    let tables = [
        tokens::rows(&team, &elsewhere),
        paths::rows(&team),
        bodies::rows(&team),
        rules::rows(&team),
        graph::rows(&team, &chain),
    ];
    let mut wrong = Vec::new();
    let before = team.digest().await;
    for row in tables.into_iter().flatten() {
        let name = format!("row {} ({})", row.number, row.what);
        wrong.extend(row.wrong().await);
        if team.digest().await != before {
            panic!("{name} changed the project; wrong so far: {wrong:#?}");
        }
        bystander.works().await;
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
    let fetched = futures_util::FutureExt::now_or_never(listener.accept());
    assert!(fetched.is_none(), "row 4: a token made the server fetch a key");
}
