//! Who is connected here, and whether they still may be. So revocation does not depend on Redis: logout and disabling
//! raise a person's feed version, and the comparison of heads brings it to every instance.

use super::Realtime;
use super::inbox::Inbox;
use domain::UserId;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use uuid::Uuid;

/// The people connected to this instance.
#[derive(Default)]
pub struct People(Mutex<HashMap<UserId, Person>>);

struct Person {
    feed_version: i64,
    /// Sessions, and how many connections each has here.
    sessions: HashMap<Uuid, usize>,
}

impl People {
    fn lock(&self) -> MutexGuard<'_, HashMap<UserId, Person>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes a connection. `feed_version` as it was when the session was last judged.
    pub fn enter(&self, user: UserId, sid: Uuid, feed_version: i64) {
        let mut people = self.lock();
        let person = people.entry(user).or_insert(Person { feed_version, sessions: HashMap::new() });
        // The older one: then the next comparison judges all of them again.
        person.feed_version = person.feed_version.min(feed_version);
        *person.sessions.entry(sid).or_default() += 1;
    }

    pub fn leave(&self, user: UserId, sid: Uuid) {
        let mut people = self.lock();
        let Some(person) = people.get_mut(&user) else { return };
        if let Some(count) = person.sessions.get_mut(&sid) {
            *count -= 1;
        }
        person.sessions.retain(|_, count| *count > 0);
        if person.sessions.is_empty() {
            people.remove(&user);
        }
    }

    /// Everybody connected, with the feed version at which their sessions were last judged.
    pub fn connected(&self) -> Vec<(UserId, i64)> {
        self.lock().iter().map(|(user, person)| (*user, person.feed_version)).collect()
    }

    /// Those whose feed has moved, with their sessions here.
    fn moved(&self, feeds: &[(UserId, i64)]) -> Vec<(UserId, i64, Vec<Uuid>)> {
        let people = self.lock();
        let moved = feeds.iter().filter_map(|(user, feed)| {
            let person = people.get(user).filter(|person| person.feed_version != *feed)?;
            Some((*user, *feed, person.sessions.keys().copied().collect()))
        });
        moved.collect()
    }

    fn seen(&self, user: UserId, feed_version: i64) {
        if let Some(person) = self.lock().get_mut(&user) {
            person.feed_version = feed_version;
        }
    }
}

/// Something concerns a person: which of their sessions ended, if any.
#[derive(Debug, Clone)]
pub struct PersonNews {
    pub user: UserId,
    pub ended: Vec<Uuid>,
}

/// Judges the sessions of those whose feed moved again, and tells the workers. Without an answer nothing is noted, so the
/// next round asks again.
pub async fn notice(realtime: &Arc<Realtime>, feeds: Vec<(UserId, i64)>) {
    for (user, feed, sessions) in realtime.people.moved(&feeds) {
        let standings = sessions.iter().map(|sid| realtime.loader.standing(user, *sid));
        let Ok(standings) = futures_util::future::try_join_all(standings).await else { return };
        let ended =
            standings.iter().filter(|standing| !standing.alive).map(|standing| standing.session).collect();
        let news = PersonNews { user, ended };
        realtime.inboxes().iter().for_each(|inbox: &Arc<Inbox>| inbox.person_has_news(news.clone()));
        realtime.people.seen(user, feed);
    }
}
