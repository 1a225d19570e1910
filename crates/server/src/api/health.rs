//! `/health`: alive, and ready to be given requests.

use crate::app::{App, Routes, at, get};
use crate::drain;
use crate::error::ApiError;
use crate::openapi::{object, op};
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::time::Duration;

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
    let asking = async {
        let conn = store::pool::read(&app.pools.read).await?;
        store::migrations::state(&conn).await
    };
    match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(state)) if state.is_current() => Ok(()),
        Ok(Ok(state)) => Err(format!("The schema lacks {}: run lockstep migrate.", state.pending.join(", "))),
        Ok(Err(_)) | Err(_) => Err(why(app).await),
    }
}

/// A pool only knows that it waited in vain; a connection made on purpose tells why.
async fn why(app: &App) -> String {
    match tokio::time::timeout(PATIENCE, store::pool::connect(&app.pools.settings)).await {
        Ok(Ok(_)) => {
            "Postgres answers, but no connection came free in time: raise LOCKSTEP_POOL_READ.".to_owned()
        }
        Ok(Err(error)) => format!("The Postgres that DATABASE_URL names does not serve: {error}."),
        Err(_) => "The Postgres that DATABASE_URL names does not answer.".to_owned(),
    }
}

async fn redis(app: &App) -> Value {
    match &app.redis {
        None => json!("not configured"),
        Some(redis) if redis.ping().await.is_ok() => json!("ok"),
        Some(_) => json!("Redis, the one REDIS_URL names, does not answer in time; running without it."),
    }
}
