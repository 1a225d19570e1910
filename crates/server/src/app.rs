//! What one instance is made of.

use crate::auth::tokens::{Tokens, refresh_key};
use crate::config::Config;
use crate::descriptors::{self, Places};
use crate::drain::Drain;
use crate::error::ApiError;
use crate::metrics::Metrics;
use crate::page::files::Page;
use actix_web::http::header::HeaderValue;
use actix_web::{HttpRequest, web};
use bytes::Bytes;
use engine::Engine;
use engine::people::Rules;
use engine::settings::Settings;
use std::sync::Arc;
use std::time::Duration;
use tokio::runtime::Handle;

/// The commit that the program was built from. The version, if `LOCKSTEP_BUILD` was not set at compile time.
pub const BUILD: &str = match option_env!("LOCKSTEP_BUILD") {
    Some(build) if !build.is_empty() => build,
    Some(_) | None => env!("CARGO_PKG_VERSION"),
};

/// The state every handler shares.
pub struct App {
    pub config: Config,
    pub engine: Engine,
    pub tokens: Tokens,
    pub metrics: Metrics,
    pub drain: Drain,
    /// For clients' connections.
    pub places: Arc<Places>,
    /// The instance's name, ready to be sent.
    pub instance_header: HeaderValue,
    /// The program's name of itself, ready to be sent.
    pub build_header: HeaderValue,
    /// The OpenAPI document, encoded.
    pub openapi: Bytes,
    pub page: Page,
}

impl App {
    /// Connects to nothing yet. Runs on the main runtime.
    ///
    /// # Errors
    /// When Redis' address cannot be used, or the system gives no randomness.
    pub fn new(config: Config, openapi: Bytes) -> anyhow::Result<Self> {
        let engine = engine(&config)?;
        let secret = config.token_secret.expose().as_bytes();
        Ok(Self {
            metrics: Metrics::new(engine.metrics()),
            engine,
            tokens: Tokens::new(secret, config.limits.access_token_seconds),
            drain: Drain::new(),
            places: Places::of(descriptors::raise_limit()),
            instance_header: HeaderValue::from_str(&config.instance)?,
            build_header: HeaderValue::from_str(BUILD)?,
            openapi,
            page: Page::built(config.public_url.path()),
            config,
        })
    }

    /// The state behind a request.
    ///
    /// # Errors
    /// 500 when it was not composed with one.
    pub fn of(request: &HttpRequest) -> Result<web::Data<App>, ApiError> {
        let app = request.app_data::<web::Data<App>>();
        app.cloned().ok_or_else(|| ApiError::internal("no App in the request"))
    }
}

/// The engine that a configuration describes.
///
/// # Errors
/// When Redis' address cannot be used, or the system gives no randomness.
pub fn engine(config: &Config) -> anyhow::Result<Engine> {
    let name = format!("lockstep {}", config.instance);
    let limits = &config.limits;
    let rules = Rules {
        signup: config.signup,
        session_days: limits.session_days,
        refresh_grace: Duration::from_secs(limits.refresh_grace_seconds),
        failed_logins_per_minute: limits.failed_logins_per_minute,
        password_hashes: limits.password_hashes,
        refresh_key: refresh_key(config.token_secret.expose().as_bytes()),
    };
    Engine::start(Settings {
        primary: config.database.settings(&name, Handle::current()),
        replica: config.database.replica_settings(&name, Handle::current()),
        pools: config.pools,
        acquire_timeout: config.database.acquire_timeout,
        redis_url: config.redis_url.as_ref().map(|url| url.expose().to_owned()),
        people: rules,
        limits: limits.of_engine(),
    })
}
