//! Following over Server-Sent Events (WHATWG HTML, "Server-sent events"), resumed by `Last-Event-ID`.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::{Method, Response};

use super::End;
use super::session::Session;
use crate::http::Api;

/// The server writes a comment every 15 s; twice that without a byte is a dead connection.
const SILENCE: Duration = Duration::from_secs(30);

impl Session {
    /// One stream. An end only if no other stream would be better.
    pub(super) async fn over_events(&self, address: &str) -> Option<End> {
        let response = match self.ask(address).await {
            Ok(response) => response,
            Err(_) => return None,
        };
        match response.status().as_u16() {
            200 => {}
            status @ (429 | 500..) => return self.retried_status(status),
            status => return Some(End::Status(status)),
        }
        self.subscribed();
        let mut bytes = response.bytes_stream();
        let mut parser = Parser::default();
        while let Ok(Some(Ok(chunk))) = tokio::time::timeout(SILENCE, bytes.next()).await {
            for message in parser.feed(&chunk) {
                if message.event == "resync" {
                    return Some(End::Resync);
                }
                self.take_message(&message);
            }
        }
        None
    }

    async fn ask(&self, address: &str) -> reqwest::Result<Response> {
        let position = self.shared.ledger().position.clone().expect("a stream starts from a position");
        let (epoch, version) = (position.epoch, position.version);
        let api = Api::streaming(address).with_token(&self.token());
        let path = format!("/projects/{}/events?after={version}&epoch={epoch}", self.project);
        let request = api.request(Method::GET, &path).header("accept", "text/event-stream");
        request.header("last-event-id", format!("{epoch}:{version}")).send().await
    }

    fn retried_status(&self, status: u16) -> Option<End> {
        if status == 500 {
            self.shared.change(|ledger| ledger.broken("status 500".to_owned()));
        }
        None
    }

    fn take_message(&self, message: &Message) {
        self.shared.change(|ledger| {
            let id =
                message.id.rsplit_once(':').and_then(|(epoch, version)| Some((epoch, version.parse().ok()?)));
            let epoch_now = ledger.position.as_ref().map(|position| position.epoch.clone());
            match id {
                Some((epoch, version)) if Some(epoch) == epoch_now.as_deref() => {
                    ledger.receive(version, &message.data)
                }
                _ => {
                    ledger.broken(format!("an event with the id {:?} in the epoch {epoch_now:?}", message.id))
                }
            }
        });
    }
}

/// One dispatched event.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
struct Message {
    event: String,
    id: String,
    data: String,
}

/// Lines to events; comments vanish.
#[derive(Default)]
struct Parser {
    line: Vec<u8>,
    message: Message,
}

impl Parser {
    fn feed(&mut self, chunk: &[u8]) -> Vec<Message> {
        let mut messages = Vec::new();
        for byte in chunk {
            if *byte != b'\n' {
                self.line.push(*byte);
                continue;
            }
            let line =
                String::from_utf8_lossy(&std::mem::take(&mut self.line)).trim_end_matches('\r').to_owned();
            messages.extend(self.line(&line));
        }
        messages
    }

    fn line(&mut self, line: &str) -> Option<Message> {
        if line.is_empty() {
            let message = std::mem::take(&mut self.message);
            return (message != Message::default()).then_some(message);
        }
        let (field, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match field {
            "event" => self.message.event = value.to_owned(),
            "id" => self.message.id = value.to_owned(),
            "data" if self.message.data.is_empty() => self.message.data = value.to_owned(),
            "data" => self.message.data += &format!("\n{value}"),
            _ => {}
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_however_it_is_cut_up() {
        let text = b": hello\n\nid: e:1\ndata: {\"a\":1}\n\n: still here\n\nevent: resync\ndata\n\n";
        for size in 1..text.len() {
            let mut parser = Parser::default();
            let messages: Vec<_> = text.chunks(size).flat_map(|chunk| parser.feed(chunk)).collect();
            assert_eq!(messages.len(), 2);
            assert_eq!((messages[0].id.as_str(), messages[0].data.as_str()), ("e:1", r#"{"a":1}"#));
            assert_eq!(messages[1].event, "resync");
        }
    }
}
