//! `/health`: alive, and ready to be given requests.

use crate::app::App;
use crate::drain;
use crate::error::ApiError;
use crate::openapi::{object, op};
use crate::routing::{Routes, at, get};
use actix_web::{HttpResponse, web};
use engine::health::{PostgresHealth, RedisHealth};
use serde_json::json;

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
    let health = app.engine.health().await;
    let redis = match health.redis {
        RedisHealth::Serves => "ok",
        RedisHealth::NotConfigured => "not configured",
        RedisHealth::Silent => "Redis, the one REDIS_URL names, does not answer in time; running without it.",
    };
    let problem = match health.postgres {
        PostgresHealth::Serves => {
            return Ok(HttpResponse::Ok().json(json!({"status": "ready", "postgres": "ok", "redis": redis})));
        }
        PostgresHealth::OldSchema(lacking) => {
            format!("The schema lacks {}: run lockstep migrate.", lacking.join(", "))
        }
        PostgresHealth::Fails(cause) => {
            format!("The Postgres that DATABASE_URL names does not serve: {cause}.")
        }
        PostgresHealth::Silent => "The Postgres that DATABASE_URL names does not answer.".to_owned(),
    };
    Err(ApiError::new("not_ready", problem).retry_after(1).with("redis", json!(redis)))
}
