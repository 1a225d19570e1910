//! Who may do what: every address and every method of the socket, for everybody who may come. What each is answered is in
//! `table.md`. The rows come from the OpenAPI document, so a new address without a row fails here.
//!
//! `LOCKSTEP_TEST_WRITE_TABLE=1` writes the table anew; look at what changed before you commit it.

mod callers;
pub mod requests;
mod socket;

use std::collections::BTreeMap;
use std::fmt::Write;

use callers::{Callers, WHO};
use testkit::{Cluster, Socket};

const TABLE: &str = include_str!("table.md");
const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/api/access/table.md");

/// What everybody is answered, by row.
type Table = BTreeMap<String, Vec<String>>;

pub async fn callers() -> Callers {
    let many = "1000";
    let builder = Cluster::builder().env("LOCKSTEP_FAILED_LOGINS_PER_MINUTE", many);
    Callers::gather(builder.start().await).await
}

#[tokio::test(flavor = "multi_thread")]
async fn everybody_is_answered_at_every_address_and_method_as_the_table_says() {
    let callers = callers().await;
    let mut asked = requests::ask_all(&callers).await;
    asked.extend(socket::ask_all(&callers).await);
    by_rule(&asked);
    if std::env::var_os("LOCKSTEP_TEST_WRITE_TABLE").is_some() {
        std::fs::write(FILE, written(&asked)).expect("the table can be written");
        return;
    }
    let known = read(TABLE);
    let names = |table: &Table| table.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&asked), names(&known), "the rows of tests/api/access/table.md");
    let mut wrong = String::new();
    for (row, answers) in &asked {
        for ((who, answer), expected) in WHO.iter().zip(answers).zip(&known[row]) {
            if answer != expected {
                writeln!(wrong, "{row}: {who} was answered {answer}, not {expected}").expect("memory");
            }
        }
    }
    assert!(wrong.is_empty(), "not as tests/api/access/table.md says:\n{wrong}");
}

/// What holds in every row, whatever the table says.
fn by_rule(asked: &Table) {
    let column = |who: &str| WHO.iter().position(|known| *known == who).expect("a column");
    let is = |answers: &[String], who: &str, status: &str| answers[column(who)].starts_with(status);
    for (row, answers) in asked.iter().filter(|(row, _)| !row.starts_with("socket")) {
        assert_eq!(answers.len(), WHO.len(), "{row} has an empty cell");
        assert!(answers.iter().all(|answer| !answer.starts_with('5')), "{row}: {answers:?}");
        let open = requests::is_open(row);
        for who in ["anonymous", "disabled", "expired"] {
            assert!(is(answers, who, "401 ") || open, "{row} lets {who} in: {answers:?}");
        }
        if row.contains("/projects/{project}") {
            for who in ["outsider", "removed", "invited", "administrator", "token of another project"] {
                let session = who.starts_with("token") && is(answers, who, "403 session_required");
                assert!(is(answers, who, "404") || session, "{row} lets {who} in: {answers:?}");
            }
        }
        let changes = !row.starts_with("GET ") && !open;
        let read_only = answers[column("token to read")].as_str();
        let refused = ["403 insufficient_scope", "403 session_required"].contains(&read_only);
        assert!(!changes || refused, "{row} is a change, and a token to read was answered {read_only}");
    }
}

fn written(table: &Table) -> String {
    let mut text = String::from(HEAD);
    writeln!(text, "| | {} |", WHO.join(" | ")).expect("memory");
    writeln!(text, "|---|{}", "---|".repeat(WHO.len())).expect("memory");
    for (row, answers) in table {
        writeln!(text, "| {row} | {} |", answers.join(" | ")).expect("memory");
    }
    text
}

const HEAD: &str = "# Who is answered what

Each row is an address of the OpenAPI document, or a method of the socket; each column is somebody who asks. A cell is the status, and the
`code` of a refusal; of the socket `ok`, or the number of the error. Project, task and comment are new in each row, and after each change.

";

fn read(text: &str) -> Table {
    let rows = text.lines().filter(|line| line.starts_with("| ")).skip(1);
    rows.map(|line| {
        let mut cells = line.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned());
        (cells.next().expect("a row"), cells.collect())
    })
    .collect()
}

/// A connection of somebody, if they get one.
async fn connect(callers: &Callers, token: Option<&str>) -> Result<Socket, u32> {
    let socket = Socket::connect(&callers.cluster.instances[0].ws(), token.unwrap_or_default()).await;
    socket.map_err(|failure| failure.refused_code().unwrap_or_default())
}
