//! The rows of the socket: every method, tried by everybody on a connection of their own.

use serde_json::{Value, json};

use super::callers::{Callers, Place, WHO};
use super::{Table, connect};

/// Name of the row, method, whether the caller subscribes to the project before, and parameters.
fn methods(place: &Place) -> Vec<(&'static str, &'static str, bool, Value)> {
    let channel = format!("project:{}", place.project);
    let since = json!({"offset": 0, "epoch": ""});
    let command = json!({"type": "task.create", "title": "Through the socket"});
    let commands = json!({"project": place.project, "commands": [command]});
    vec![
        ("socket history", "history", true, json!({"channel": channel, "since": since, "limit": 10})),
        ("socket presence", "presence", true, json!({"channel": channel})),
        ("socket presence_stats", "presence_stats", true, json!({"channel": channel})),
        ("socket publish", "publish", true, json!({"channel": channel, "data": {"typing": true}})),
        ("socket rpc commands", "rpc", false, json!({"method": "commands", "data": commands})),
        ("socket subscribe project", "subscribe", false, json!({"channel": channel})),
        ("socket unsubscribe", "unsubscribe", false, json!({"channel": channel})),
    ]
}

pub async fn ask_all(callers: &Callers) -> Table {
    let place = callers.place().await;
    let mut table = Table::new();
    for (row, method, within, parameters) in methods(&place) {
        let mut answers = Vec::new();
        for who in WHO {
            answers.push(ask(callers, &place, who, method, within, &parameters).await);
        }
        table.insert(row.to_owned(), answers);
    }
    let (mut connects, mut own, mut foreign) = (Vec::new(), Vec::new(), Vec::new());
    for who in WHO {
        let token = callers.token(who);
        connects.push(
            connect(callers, token.as_deref())
                .await
                .map_or_else(|code| code.to_string(), |_| "ok".to_owned()),
        );
        let viewer = json!({"channel": format!("user:{}", callers.viewer.id)});
        let owner = json!({"channel": format!("user:{}", callers.owner.id)});
        own.push(ask(callers, &place, who, "subscribe", false, &owner).await);
        foreign.push(ask(callers, &place, who, "subscribe", false, &viewer).await);
    }
    table.insert("socket connect".to_owned(), connects);
    table.insert("socket subscribe user (the owner's)".to_owned(), own);
    table.insert("socket subscribe user (the viewer's)".to_owned(), foreign);
    table
}

async fn ask(
    callers: &Callers,
    place: &Place,
    who: &str,
    method: &str,
    within: bool,
    parameters: &Value,
) -> String {
    let mut socket = match connect(callers, callers.token(who).as_deref()).await {
        Ok(socket) => socket,
        Err(code) => return format!("connect {code}"),
    };
    if within {
        let channel = json!({"channel": format!("project:{}", place.project)});
        if let Err(refused) = socket.call("subscribe", channel).await {
            // Whoever is not in the room asks all the same.
            assert!(refused.refused_code().is_some(), "{who}: {refused:?}");
        }
    }
    match socket.call(method, parameters.clone()).await {
        // Of a command, what HTTP would answer.
        Ok(answer) if method == "rpc" => {
            answer["data"]["code"].as_str().map_or("ok".to_owned(), |code| format!("ok, {code}"))
        }
        Ok(_) => "ok".to_owned(),
        Err(refused) => refused.refused_code().map_or_else(|| "closed".to_owned(), |code| code.to_string()),
    }
}
