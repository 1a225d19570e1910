//! What answers look like. A test reads those of the domain's types with the domain.

use serde_json::{Value, json};

const PERSON: &str = "018f9c1e-0000-7000-8000-00000000000a";
const TASK_ID: &str = "018f9c1e-0000-7000-8000-0000000000a1";
const OTHER_TASK_ID: &str = "018f9c1e-0000-7000-8000-0000000000a2";
const COMMENT_ID: &str = "018f9c1e-0000-7000-8000-0000000000b1";
const PROJECT: &str = "018f9c1e-0000-7000-8000-000000000001";
const AT: &str = "2026-11-03T10:00:00.000Z";

/// The example of this name.
pub fn find(name: &str) -> Value {
    match name {
        "task" => written("task", task(), "task.created", json!({"task": new_task()})),
        "project" => written("project", project(), "project.updated", json!({"set": {"name": "Web shop"}})),
        "member" => written(
            "member",
            json!({"user": PERSON, "role": "editor"}),
            "member.added",
            json!({"user": PERSON, "role": "editor"}),
        ),
        "comment" => {
            let data = json!({"comment": COMMENT_ID, "task": TASK_ID, "body": "Done, have a look."});
            written("comment", comment(), "comment.added", data)
        }
        "tasks" => json!({"version": 42, "items": [task()], "next_cursor": null}),
        "hits" => {
            json!({"items": [hit()], "next_cursor": null, "ranked": {"tasks": 1, "of_more": false}})
        }
        "my_tasks" => json!({"items": [{"project": named_project(), "task": task()}], "next_cursor": null}),
        "notifications" => json!({"items": [notification()], "next_cursor": null, "unread": 3}),
        "unread" => json!({"unread": 0}),
        "watching" => {
            let watched = json!({"project": named_project(), "task": task_ref()});
            json!({"items": [watched], "next_cursor": null, "automatic": true})
        }
        "mutes" => {
            json!({"items": [{"id": PROJECT, "project": named_project(), "task": null}], "next_cursor": null})
        }
        "dependency" => {
            let edge = json!({"task": TASK_ID, "on": OTHER_TASK_ID, "kind": "blocks"});
            written("dependency", edge.clone(), "dependency.added", edge)
        }
        "label" => {
            let put = json!({"key": "bug", "name": "Bug", "color": "#d4380d"});
            let mut label = put.clone();
            label["archived"] = json!(false);
            written("label", label, "label.put", put)
        }
        "field" => {
            let put = json!({"key": "due_date", "name": "Promised for", "type": "date", "options": null});
            let mut field = put.clone();
            field["archived"] = json!(false);
            written("field", field, "field.put", put)
        }
        "one_task" => {
            json!({"version": 42, "task": task(), "watching": true, "archived_at": null, "archived_by": null})
        }
        "comments" => json!({"version": 42, "items": [comment()], "next_cursor": null}),
        "members" => {
            json!({"version": 42, "items": [{"user": PERSON, "role": "owner"}], "next_cursor": null})
        }
        "watchers" => json!({"version": 42, "items": [{"user": PERSON}], "next_cursor": null}),
        "colleagues" => {
            let person = json!({"id": PERSON, "name": "Mira Sander", "active": true});
            json!({"items": [person], "next_cursor": null})
        }
        "people" => {
            let person = json!({"id": PERSON, "name": "Mira Sander", "active": true, "member": true});
            json!({"items": [person], "next_cursor": null})
        }
        "activity" => {
            let change = json!({"field": "status", "from": "todo", "to": "done"});
            let item = json!({
                "version": 42, "type": "task.moved", "at": AT, "actor": PERSON, "undoes": null, "tasks": [TASK_ID],
                "comment": null, "user": null, "changes": [change],
            });
            json!({"version": 42, "items": [item], "next_cursor": null})
        }
        "diff" => {
            let changed = json!({
                "id": TASK_ID, "number": 12, "title": "Paint the door", "status": "done",
                "changes": [{"field": "status", "from": "todo", "to": "done"}],
            });
            let tasks = json!({"added": [], "removed": [], "changed": [changed]});
            let edges = json!({"added": [], "removed": []});
            let diff = json!({"project": [], "members": [], "tasks": tasks, "dependencies": edges});
            json!({"epoch": "k3v9", "from": 41, "to": 42, "diff": diff})
        }
        "one_project" => json!({"epoch": "k3v9", "version": 42, "role": "owner", "project": project()}),
        "projects" => json!({"items": [listed_project()], "next_cursor": null}),
        "snapshot" => json!({
            "epoch": "k3v9", "version": 42, "project": project(), "members": [{"user": PERSON, "role": "owner"}],
            "tasks": [task()], "dependencies": [],
        }),
        "digest" => json!({
            "epoch": "k3v9", "version": 42,
            "digest": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        }),
        "events" => {
            let event = event("task.moved", json!({"task": TASK_ID, "rank": "a1", "status": "done"}));
            json!({"epoch": "k3v9", "head": 42, "events": [event], "more": false})
        }
        "atomic" => {
            let event = event("task.moved", json!({"task": TASK_ID, "rank": "a1", "status": "done"}));
            json!({"version": 42, "events": [event]})
        }
        "signed_in" => json!({
            "user": {"id": PERSON, "name": "Mira Sander", "email": "mira@example.org"},
            "access_token": "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl", "expires_in": 900,
        }),
        "me" => json!({"user": {
            "id": PERSON, "name": "Mira Sander", "email": "mira@example.org", "locale": "en", "timezone": "UTC",
            "preferences": {"theme": "dark"}, "admin": false,
        }}),
        "sessions" => json!({"items": [{
            "id": "018f9c1e-0000-7000-8000-0000000000d1", "current": true, "device": "Mozilla/5.0 (X11; Linux x86_64)",
            "created_at": AT, "last_used_at": AT, "expires_at": AT,
        }], "next_cursor": null}),
        "accounts" => json!({"items": [{
            "id": PERSON, "name": "Mira Sander", "email": "mira@example.org", "admin": true, "created_at": AT,
            "disabled_at": null, "last_seen_at": AT, "projects": 3, "left_over": [],
        }], "next_cursor": null}),
        "admin_instance" => json!({
            "name": {"value": "Lockstep", "variable": "LOCKSTEP_NAME"},
            "signup": {"value": "invite", "variable": "LOCKSTEP_SIGNUP"},
        }),
        "overseen" => json!({"items": [{
            "id": "018f9c1e-0000-7000-8000-0000000000d3", "projects": [{"id": PROJECT, "name": "Shop"}], "role": "editor",
            "for_one_address": false, "uses": 1, "max_uses": 10, "created_by": PERSON, "created_at": AT, "expires_at": AT,
        }], "next_cursor": null}),
        "reset_link" => json!({"link": "https://lockstep.example.org/reset#lsx_…"}),
        "tokens" => json!({"items": [token()], "next_cursor": null}),
        "token" => json!({"token": token(), "secret": "lsp_…"}),
        "invitations" => {
            let mut listed = invitation();
            listed["holds"] = json!(true);
            json!({"items": [listed], "next_cursor": null})
        }
        "invitation" => json!({
            "invitation": invitation(), "link": "https://lockstep.example.org/join#lsi_…", "token": "lsi_…",
        }),
        "invitation_seen" => json!({
            "projects": [{"name": "Web shop"}], "role": "editor", "invited_by": {"name": "Mira Sander"}, "email": null,
            "expires_at": AT,
        }),
        "joined" => {
            json!({"projects": [{"id": PROJECT, "name": "Web shop", "role": "editor", "version": 42}]})
        }
        "filters" => json!({"items": [filter()], "next_cursor": null}),
        "filter" => json!({"filter": filter()}),
        "live" => json!({"status": "live"}),
        "ready" => json!({"status": "ready", "postgres": "ok", "redis": "ok"}),
        other => panic!("there is no example {other}"),
    }
}

fn invitation() -> Value {
    json!({
        "id": "018f9c1e-0000-7000-8000-0000000000e1", "role": "editor", "email": null, "uses": 3, "max_uses": 20,
        "created_by": PERSON, "created_at": AT, "expires_at": AT,
    })
}

fn filter() -> Value {
    json!({
        "id": "018f9c1e-0000-7000-8000-0000000000e1", "user": PERSON, "name": "Mine, due soon",
        "query": {"assignee": ["me"], "sort": "due_on"}, "shared": false, "updated_at": AT, "gone": [],
    })
}

fn token() -> Value {
    json!({
        "id": "018f9c1e-0000-7000-8000-0000000000d2", "name": "nightly report", "scope": "read", "projects": null,
        "created_at": AT, "expires_at": null, "last_used_at": null,
    })
}

fn written(name: &str, resource: Value, kind: &str, data: Value) -> Value {
    json!({"version": 42, "events": [event(kind, data)], name: resource})
}

fn event(kind: &str, data: Value) -> Value {
    json!({
        "project": PROJECT, "version": 42, "type": kind, "data": data, "at": AT, "actor": PERSON,
        "command_id": "018f9c1e-0000-7000-8000-0000000000c1",
    })
}

fn task() -> Value {
    let mut task = new_task();
    for (name, value) in [
        ("comment_count", json!(0)),
        ("version", json!(42)),
        ("created_at", json!(AT)),
        ("created_by", json!(PERSON)),
        ("updated_at", json!(AT)),
    ] {
        task[name] = value;
    }
    task
}

fn new_task() -> Value {
    json!({
        "id": TASK_ID, "number": 12, "title": "Paint the door", "description": "Twice, **blue**.", "status": "todo",
        "assignees": [PERSON], "labels": [], "priority": "high", "start_on": null, "due_on": "2026-12-01", "estimate": 3, "rank": "a0",
        "parent": null, "config": {}, "fields": {},
    })
}

fn named_project() -> Value {
    json!({"id": PROJECT, "key": "SHOP", "name": "Web shop"})
}

fn hit() -> Value {
    let snippet = json!([{"text": "Paint the ", "found": false}, {"text": "door", "found": true}]);
    json!({
        "project": named_project(),
        "task": task_ref(),
        "match": {"in": "title", "comment": null, "snippet": snippet},
    })
}

fn task_ref() -> Value {
    json!({"id": TASK_ID, "number": 12, "title": "Paint the door", "status": "todo"})
}

fn notification() -> Value {
    let mut task = task_ref();
    task["deleted"] = json!(false);
    json!({
        "id": 812, "cause": "mentioned", "unread": true, "count": 1, "project": named_project(), "task": task,
        "comment": COMMENT_ID, "version": 42, "actor": PERSON, "created_at": AT, "updated_at": AT,
    })
}

fn comment() -> Value {
    json!({
        "id": COMMENT_ID, "task": TASK_ID, "reply_to": null, "author": PERSON, "body": "Done, have a look.",
        "deleted": false, "reactions": {"👍": [PERSON]}, "created_version": 42, "version": 42, "created_at": AT, "updated_at": AT,
    })
}

fn project() -> Value {
    json!({
        "id": PROJECT, "key": "SHOP", "name": "Web shop", "description": "",
        "workflow": {"statuses": [{"key": "todo", "name": "Todo", "category": "open"},
                                  {"key": "done", "name": "Done", "category": "done"}]},
        "labels": [], "fields": [], "blocked_gate": "finish", "archived": false, "created_at": AT,
        "created_by": PERSON, "updated_at": AT,
    })
}

fn listed_project() -> Value {
    json!({
        "id": PROJECT, "key": "SHOP", "name": "Web shop", "role": "owner", "version": 42,
        "task_counts": {"todo": 3, "done": 9}, "created_at": AT, "changed_at": AT, "archived": false, "deleted": false,
    })
}
