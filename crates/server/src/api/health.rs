//! `/health`: alive, and ready to be given requests.

use crate::app::{App, Routes, at, get};
use crate::drain;
use crate::error::ApiError;
use crate::openapi::{object, op};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::time::Duration;
use store::migrations::State;

/// A balancer asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(1);

pub fn routes(routes: &mut Routes) {
    let status = object(json!({"status": {"const": "live"}}));
    let live_op = op("Whether the process runs").open().answers(200, "It does.", status, "live");
    routes.service(at("/health/live", [get(live, live_op)]));
    let status = object(
        json!({"status": {"const": "ready"}, "postgres": {"const": "ok"}, "redis": {"type": "string"}}),
    );
    let ready_op = op("Whether it can be given requests").open().answers(200, "It can.", status, "ready");
    routes.service(at("/health/ready", [get(ready, ready_op.problem(503, &["not_ready", "draining"]))]));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// Postgres must answer and have the schema; Redis is told, but nothing stops without it.
async fn ready(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    if app.drain.has_begun() {
        return Err(drain::draining());
    }
    let (postgres, redis) = futures_util::join!(postgres(&app), redis(&app));
    match postgres {
        Ok(()) => Ok(HttpResponse::Ok().json(json!({"status": "ready", "postgres": "ok", "redis": redis}))),
        Err(problem) => Err(ApiError::new("not_ready", problem).retry_after(1).with("redis", redis)),
    }
}

async fn postgres(app: &App) -> Result<(), String> {
    // A pool that is busy says nothing about Postgres, and an instance with much to do must not be taken out for it.
    let state = match tokio::time::timeout(PATIENCE, pooled(app)).await {
        Ok(Ok(state)) => state,
        Ok(Err(_)) | Err(_) => on_purpose(app).await?,
    };
    match state.is_current() {
        true => Ok(()),
        false => Err(format!("The schema lacks {}: run lockstep migrate.", state.pending.join(", "))),
    }
}

async fn pooled(app: &App) -> store::Result<State> {
    let conn = store::pool::read(&app.pools.jobs).await?;
    store::migrations::state(&conn).await
}

/// By a connection of its own, which tells why if it fails.
async fn on_purpose(app: &App) -> Result<State, String> {
    let asking = async {
        let conn = store::pool::connect(&app.pools.settings).await?;
        store::migrations::state(&conn).await
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(state)) => Ok(state),
        Ok(Err(error)) => Err(format!("The Postgres that DATABASE_URL names does not serve: {error}.")),
        Err(_) => Err("The Postgres that DATABASE_URL names does not answer.".to_owned()),
    }
}

async fn redis(app: &App) -> Value {
    match &app.redis {
        None => json!("not configured"),
        Some(redis) if redis.ping().await.is_ok() => json!("ok"),
        Some(_) => json!("Redis, the one REDIS_URL names, does not answer in time; running without it."),
    }
}
