//! `/health`: alive, and ready to be given requests.

use crate::app::{App, at, get};
use crate::error::ApiError;
use actix_web::{HttpResponse, web};
use serde_json::{Value, json};
use std::time::Duration;

/// A balancer asks often and waits little.
const PATIENCE: Duration = Duration::from_secs(2);

pub fn routes(config: &mut web::ServiceConfig) {
    config.service(at("/health/live", [get(live)]));
    config.service(at("/health/ready", [get(ready)]));
}

async fn live() -> HttpResponse {
    HttpResponse::Ok().json(json!({"status": "live"}))
}

/// Postgres must answer and have the schema; Redis is told, but nothing stops without it.
async fn ready(app: web::Data<App>) -> Result<HttpResponse, ApiError> {
    let (postgres, redis) = futures_util::join!(postgres(&app), redis(&app));
    match postgres {
        Ok(()) => Ok(HttpResponse::Ok().json(json!({"status": "ready", "postgres": "ok", "redis": redis}))),
        Err(problem) => Err(ApiError::new("not_ready", problem).retry_after(1).with("redis", redis)),
    }
}

async fn postgres(app: &App) -> Result<(), String> {
    let asking = async {
        let conn = store::pool::get(&app.pools.read).await?;
        store::migrations::state(&conn).await
    };
    let state = match tokio::time::timeout(PATIENCE, asking).await {
        Ok(Ok(state)) => state,
        Ok(Err(error)) => {
            return Err(format!("Postgres, the one DATABASE_URL names, does not serve: {error}."));
        }
        Err(_) => return Err("Postgres, the one DATABASE_URL names, does not answer in time.".to_owned()),
    };
    if state.is_current() {
        Ok(())
    } else {
        Err(format!("The schema lacks {}: run lockstep migrate.", state.pending.join(", ")))
    }
}

async fn redis(app: &App) -> Value {
    match &app.redis {
        None => json!("not configured"),
        Some(redis) if redis.ping().await.is_ok() => json!("ok"),
        Some(_) => json!("Redis, the one REDIS_URL names, does not answer in time; running without it."),
    }
}
