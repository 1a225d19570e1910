//! The protocol reading of the Postgres proxy, without a server.

use super::*;

struct Talk {
    faults: Arc<Postgres>,
    to_server: Box<dyn Filter>,
    to_client: Box<dyn Filter>,
}

impl Talk {
    fn start() -> Self {
        let faults = Arc::new(Postgres::default());
        let (to_server, to_client) = faults.filters();
        let mut talk = Self { faults, to_server, to_client };
        assert_eq!(describe(talk.to_server.feed(&startup(196_608, b"user\0me\0\0"))), ["17 bytes"]);
        talk
    }

    fn ask(&mut self, kind: u8, body: &[u8]) -> Vec<String> {
        describe(self.to_server.feed(&framed(kind, body)))
    }

    fn answer(&mut self, messages: &[(u8, &[u8])]) -> Vec<String> {
        let bytes: Vec<u8> = messages.iter().flat_map(|(kind, body)| framed(*kind, body)).collect();
        describe(self.to_client.feed(&bytes))
    }

    fn query(&mut self, text: &str) -> Vec<String> {
        self.ask(b'Q', &[text.as_bytes(), b"\0"].concat())
    }
}

fn startup(code: u32, rest: &[u8]) -> Vec<u8> {
    [&(8 + rest.len() as u32).to_be_bytes()[..], &code.to_be_bytes(), rest].concat()
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    [&[kind][..], &(4 + body.len() as u32).to_be_bytes(), body].concat()
}

fn describe(steps: Vec<Step>) -> Vec<String> {
    steps
        .into_iter()
        .map(|step| match step {
            Step::Send(bytes, _) => format!("{} bytes", bytes.len()),
            Step::Meet(_) => "meet".to_owned(),
        })
        .collect()
}

const COMMITTED: [(u8, &[u8]); 2] = [(b'C', b"COMMIT\0"), (b'Z', b"I")];

#[test]
fn a_commit_of_a_simple_insert_is_met_before_its_answer_passes() {
    let mut talk = Talk::start();
    let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
    talk.query("BEGIN");
    talk.query("INSERT INTO \"events\" (\"version\") VALUES (1)");
    talk.query("COMMIT");
    let steps = talk.answer(&[(b'C', b"INSERT 0 1\0"), COMMITTED[0], COMMITTED[1]]);
    assert_eq!(steps, ["16 bytes", "meet", "18 bytes"]);
    assert_eq!(talk.faults.commits(), 1);
}

#[test]
fn a_prepared_insert_is_known_by_its_name_in_every_later_transaction() {
    let mut talk = Talk::start();
    talk.ask(b'P', b"s7\0WITH x AS (SELECT 1) INSERT INTO events SELECT 1\0\0\0");
    for _ in 0..2 {
        let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
        talk.ask(b'B', b"\0s7\0\0\0\0\0\0\0");
        talk.query("COMMIT");
        assert_eq!(talk.answer(&COMMITTED)[0], "meet");
    }
}

#[test]
fn other_commits_pass() {
    let mut talk = Talk::start();
    let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
    talk.query("INSERT INTO command_results VALUES (1); SELECT * FROM events");
    talk.query("COMMIT");
    assert_eq!(talk.answer(&COMMITTED), ["18 bytes"]);
    talk.query("INSERT INTO events_archive VALUES (1)");
    talk.query("COMMIT");
    assert_eq!(talk.answer(&COMMITTED), ["18 bytes"]);
}

#[test]
fn a_rolled_back_insert_does_not_mark_the_next_transaction() {
    let mut talk = Talk::start();
    let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
    talk.query("INSERT INTO events VALUES (1)");
    talk.query("COMMIT");
    assert_eq!(talk.answer(&[(b'C', b"ROLLBACK\0"), (b'Z', b"I")]), ["20 bytes"]);
    talk.query("COMMIT");
    assert_eq!(talk.answer(&COMMITTED), ["18 bytes"]);
}

#[test]
fn the_request_can_be_met_before_postgres_sees_it() {
    let mut talk = Talk::start();
    let _commit = talk.faults.on_next_commit(At::Request, Action::Notify);
    assert_eq!(talk.query("COMMIT"), ["12 bytes"]);
    talk.query("INSERT INTO public.events VALUES (1)");
    assert_eq!(talk.query("COMMIT;"), ["meet", "13 bytes"]);
    assert_eq!(talk.answer(&COMMITTED), ["18 bytes"]);
}

#[test]
fn a_refused_encryption_request_is_followed_by_an_ordinary_session() {
    let faults = Arc::new(Postgres::default());
    let (mut to_server, mut to_client) = faults.filters();
    assert_eq!(describe(to_server.feed(&startup(80_877_103, b""))), ["8 bytes"]);
    assert_eq!(describe(to_client.feed(b"N")), ["1 bytes"]);
    to_server.feed(&startup(196_608, b"\0"));
    let _commit = faults.on_next_commit(At::Answer, Action::Notify);
    to_server.feed(&framed(b'Q', b"insert into events values (1)\0"));
    assert_eq!(describe(to_client.feed(&framed(b'C', b"COMMIT\0"))), ["meet", "12 bytes"]);
}

#[test]
fn messages_are_read_however_they_are_cut_up() {
    let mut talk = Talk::start();
    let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
    for byte in framed(b'Q', b"INSERT INTO events VALUES (1)\0") {
        talk.to_server.feed(&[byte]);
    }
    let met: Vec<_> =
        framed(b'C', b"COMMIT\0").iter().flat_map(|byte| describe(talk.to_client.feed(&[*byte]))).collect();
    assert_eq!(met, ["meet", "12 bytes"]);
}

#[tokio::test]
async fn a_dropped_handle_disarms() {
    let (armed, commit) = arm(At::Answer, Action::Cut);
    drop(commit);
    assert!(matches!(armed.meet().await, crate::proxy::commit::Fate::GoOn));
}

#[test]
fn a_commit_of_other_writes_is_met_only_when_asked_for() {
    for write in ["INSERT INTO users VALUES (1)", "UPDATE sessions SET x = 1"] {
        let mut talk = Talk::start();
        let _commit = talk.faults.on_next_commit(At::Answer, Action::Notify);
        talk.query(write);
        talk.query("COMMIT");
        assert_eq!(talk.answer(&COMMITTED), ["18 bytes"], "{write}");
        let _commit = talk.faults.on_next_commit_of_any_write(At::Answer, Action::Notify);
        for other in [
            "SELECT 1 FOR UPDATE",
            "DELETE FROM sessions WHERE true",
            "UPDATE departures SET tried_at = now()",
        ] {
            talk.query(other);
            talk.query("COMMIT");
            assert_eq!(talk.answer(&COMMITTED), ["18 bytes"], "{other}");
        }
        talk.query(write);
        talk.query("COMMIT");
        assert_eq!(talk.answer(&COMMITTED), ["meet", "18 bytes"], "{write}");
        assert_eq!(talk.faults.commits(), 0);
    }
}
