//! The life of a follower: connections one after another, each continuing from the last position.

use std::sync::Arc;
use std::time::{Duration, Instant};

use uuid::Uuid;

use super::{End, Position, Shared, Start};
use crate::socket::{Failure, Push, Recover, Socket, Subscribed};
use crate::token;
use crate::user::User;

/// A silence after which the SDKs give a connection up: the ping interval and 10 s.
const SILENCE: Duration = Duration::from_secs(35);
/// Shorter pauses than the SDKs' 500 ms, so that tests see more reconnections in their time.
const SHORTEST_PAUSE_MS: u64 = 20;
const LONGEST_PAUSE_MS: u64 = 1_000;

pub(super) struct Session {
    pub(super) user: User,
    pub(super) project: Uuid,
    pub(super) start: Start,
    pub(super) shared: Arc<Shared>,
}

#[derive(Clone, Copy)]
pub(super) enum Transport {
    Socket,
    Events,
}

/// What a subscription came to.
enum Over {
    Resubscribe,
    Final(End),
}

impl Session {
    pub(super) async fn follow(self, transport: Transport) {
        if let Start::At(position) = &self.start {
            self.shared.change(|ledger| ledger.place(&position.epoch, position.version));
        }
        let mut failures = 0;
        for attempt in 0.. {
            let address = self.shared.address(attempt);
            let before = self.shared.progress.borrow().subscriptions;
            let end = match transport {
                Transport::Socket => self.over_socket(&address).await,
                Transport::Events => self.over_events(&address).await,
            };
            self.shared.progress.send_modify(|progress| {
                if progress.live {
                    progress.absent_since = Some(Instant::now());
                }
                progress.live = false;
                progress.reconnects += 1;
                progress.end = end;
            });
            if self.shared.progress.borrow().end.is_some() {
                return;
            }
            let subscribed = self.shared.progress.borrow().subscriptions > before;
            failures = if subscribed { 0 } else { failures + 1 };
            pause(failures).await;
        }
    }

    /// A token of its own for each connection, as `getToken` gives.
    pub(super) fn token(&self) -> String {
        self.user.fresh_token(token::TTL)
    }

    pub(super) fn subscribed(&self) {
        self.shared.progress.send_modify(|progress| {
            progress.subscriptions += 1;
            progress.live = true;
            let absence = progress.absent_since.take().map_or(Duration::ZERO, |since| since.elapsed());
            progress.longest_absence = progress.longest_absence.max(absence);
        });
    }

    /// One connection. An end only if no other connection would be better.
    async fn over_socket(&self, address: &str) -> Option<End> {
        let mut socket = match Socket::connect(address, &self.token()).await {
            Ok(socket) => socket,
            Err(failure) => return self.after(failure),
        };
        loop {
            match self.over_subscription(&mut socket).await {
                Ok(Over::Resubscribe) => self.shared.progress.send_modify(|progress| progress.live = false),
                Ok(Over::Final(end)) => return Some(end),
                Err(failure) => return self.after(failure),
            }
        }
    }

    async fn over_subscription(&self, socket: &mut Socket) -> Result<Over, Failure> {
        let asked = self.shared.ledger().position.clone();
        let recover = match &asked {
            Some(Position { epoch, version }) => Recover::From { epoch: epoch.clone(), version: *version },
            None => Recover::No,
        };
        let answer = socket.subscribe(self.project, &recover, 0).await?;
        self.take(asked, &answer);
        self.subscribed();
        loop {
            match socket.next_push(SILENCE).await? {
                Push::Publication { publication, .. } => match publication.version {
                    Some(version) => {
                        self.shared.change(|ledger| ledger.receive(version, publication.data.get()))
                    }
                    None => self.shared.change(|ledger| ledger.ephemeral.push(publication.event())),
                },
                Push::Unsubscribed { code, reason, .. } if code < 2500 => {
                    return Ok(Over::Final(End::Unsubscribed { code, reason }));
                }
                Push::Unsubscribed { .. } => return Ok(Over::Resubscribe),
                Push::Other(_) => {}
            }
        }
    }

    /// Judges the answer to a subscribe and takes what it brings.
    fn take(&self, asked: Option<Position>, answer: &Subscribed) {
        self.shared.change(|ledger| {
            if !answer.positioned || !answer.recoverable || answer.epoch.is_empty() {
                ledger.broken(format!("an SDK would forget its position after {answer:?}"));
            }
            match asked {
                Some(position) if answer.recovered => {
                    if (answer.offset, &answer.epoch) != (position.version, &position.epoch) {
                        ledger
                            .broken(format!("recovered from another position than {position:?}: {answer:?}"));
                    }
                }
                _ => ledger.place(&answer.epoch, answer.offset),
            }
            for publication in &answer.publications {
                match publication.version {
                    Some(version) => ledger.receive(version, publication.data.get()),
                    None => ledger.broken("a recovered publication without a version".to_owned()),
                }
            }
        });
    }

    /// What the SDKs do after a failure.
    fn after(&self, failure: Failure) -> Option<End> {
        match failure {
            Failure::Refused(refused) => (!refused.retried()).then_some(End::Refused(refused)),
            Failure::Ended(ended) => (!ended.retried()).then_some(End::Closed(ended)),
            Failure::Silent(_) => None,
            Failure::Broken(what) => {
                self.shared.change(|ledger| ledger.broken(what));
                None
            }
        }
    }
}

async fn pause(failures: u32) {
    let longest = (SHORTEST_PAUSE_MS << failures.min(8)).clamp(SHORTEST_PAUSE_MS, LONGEST_PAUSE_MS);
    tokio::time::sleep(Duration::from_millis(fastrand::u64(SHORTEST_PAUSE_MS / 2..=longest))).await;
}
