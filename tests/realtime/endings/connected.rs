//! Somebody's sockets and streams on every instance.

use crate::SOON;
use crate::access::until_unsubscribed;
use futures_util::future::{join, join_all};
use serde_json::json;
use std::time::{Duration, Instant};
use testkit::http::Method;
use testkit::wait::within;
use testkit::{Api, Instance, Recover, Socket, Uuid};

/// A credential with a socket and a stream on every instance.
pub struct Connected {
    pub credential: String,
    sockets: Vec<Socket>,
    streams: Vec<Stream>,
}

struct Stream {
    response: reqwest::Response,
    text: String,
}

/// Asks for a stream of the project.
pub async fn open(instance: &Instance, project: Uuid, credential: &str) -> reqwest::Response {
    let api = Api::streaming(instance.http()).with_token(credential);
    let path = format!("/projects/{project}/events?after=0");
    let request = api.request(Method::GET, &path).header("accept", "text/event-stream");
    request.send().await.expect("an answer")
}

impl Connected {
    pub async fn to(instances: &[Instance], project: Uuid, credential: &str) -> Connected {
        let (mut sockets, mut streams) = (Vec::new(), Vec::new());
        for instance in instances {
            let mut socket = Socket::connect(&instance.ws(), credential).await.expect("connected");
            socket.subscribe(project, &Recover::No, 0).await.expect("subscribed");
            sockets.push(socket);
            let response = open(instance, project, credential).await;
            assert_eq!(response.status(), 200);
            streams.push(Stream { response, text: String::new() });
        }
        Connected { credential: credential.to_owned(), sockets, streams }
    }

    /// Every socket answers, and this version comes on every stream.
    pub async fn works(&mut self, version: u64) {
        for socket in &mut self.sockets {
            socket.call("unsubscribe", json!({"channel": "project:none"})).await.expect("still there");
        }
        for stream in &mut self.streams {
            stream.reaches(version).await;
        }
    }

    /// How long after `since` the last socket and the last stream ended. Of who was removed, the subscriptions and the streams.
    pub async fn ended(&mut self, removed: bool, since: Instant) -> Duration {
        let sockets = join_all(self.sockets.iter_mut().map(async |socket| {
            match removed {
                true => drop(until_unsubscribed(socket).await),
                false => assert_eq!(socket.ended(SOON).await.code, Some(3500)),
            }
            since.elapsed()
        }));
        let streams = join_all(self.streams.iter_mut().map(async |stream| {
            stream.ends().await;
            assert!(!removed || stream.last_event().contains("member.removed"));
            since.elapsed()
        }));
        let (sockets, streams) = join(sockets, streams).await;
        sockets.into_iter().chain(streams).max().expect("something ended")
    }
}

impl Stream {
    async fn ends(&mut self) {
        let end = async { while self.more().await {} };
        within("a stream to end", SOON, end).await;
    }

    async fn reaches(&mut self, version: u64) {
        let reached = format!("\"version\":{version}");
        let reaching = async {
            while !self.text.contains(&reached) {
                assert!(self.more().await, "the stream ended");
            }
        };
        within("an event on a stream", SOON, reaching).await;
    }

    async fn more(&mut self) -> bool {
        let chunk = self.response.chunk().await.expect("a clean end");
        self.text.push_str(&String::from_utf8_lossy(chunk.as_deref().unwrap_or_default()));
        chunk.is_some()
    }

    fn last_event(&self) -> &str {
        self.text.trim_end().rsplit("\n\n").next().unwrap_or_default()
    }
}
