//! What one instance is made of, and which address leads where.

use crate::api;
use crate::auth::Tokens;
use crate::body;
use crate::config::Config;
use crate::error::ApiError;
use crate::execute::Queues;
use crate::failed_logins::FailedLogins;
use crate::metrics::Metrics;
use crate::passwords::Passwords;
use crate::realtime::{self, Realtime};
use crate::redis::Redis;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route, guard, web};
use std::sync::Arc;
use std::time::Duration;
use store::pool::{self, Connection, Pool, Settings, Size};
use tokio::runtime::Handle;

/// The state every handler shares.
pub struct App {
    pub config: Config,
    pub pools: Pools,
    pub redis: Option<Redis>,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub failed_logins: FailedLogins,
    pub queues: Queues,
    pub realtime: Arc<Realtime>,
    pub metrics: Arc<Metrics>,
    /// The main runtime: work that must outlive its request, or needs more than an actix worker's thread.
    pub runtime: Handle,
    /// The instance's name, ready to be sent.
    pub instance_header: HeaderValue,
}

/// Pools of connections, apart so that one kind of work cannot starve another.
pub struct Pools {
    /// Commands and accounts.
    pub write: Pool,
    /// Reading, joins, gap fills.
    pub read: Pool,
    /// Snapshots being built.
    pub snapshot: Pool,
    /// How their connections are made.
    pub settings: Settings,
}

impl Pools {
    fn open(config: &Config, runtime: &Handle) -> Self {
        let settings = config.database.settings(&format!("lockstep {}", config.instance), runtime.clone());
        let size = |connections| Size { connections, acquire_timeout: config.database.acquire_timeout };
        Self {
            write: pool::open(&settings, size(config.pools.write)),
            read: pool::open(&settings, size(config.pools.read)),
            snapshot: pool::open(&settings, size(config.pools.snapshot)),
            settings,
        }
    }
}

impl App {
    /// Connects to nothing yet. Runs on the main runtime.
    ///
    /// # Errors
    /// When Redis' address cannot be used, or the system gives no randomness.
    pub fn new(config: Config) -> anyhow::Result<Self> {
        let runtime = Handle::current();
        let limits = &config.limits;
        let wait = Duration::from_secs(limits.request_seconds);
        let redis = config.redis_url.as_ref().map(|url| Redis::open(url, limits, runtime.clone()));
        let pools = Pools::open(&config, &runtime);
        let metrics = Arc::new(Metrics::new());
        Ok(Self {
            realtime: Realtime::start(limits, &metrics, pools.read.clone(), config.redis_url.as_ref())?,
            metrics,
            queues: Queues::new(limits.project_queue),
            pools,
            redis: redis.transpose()?,
            tokens: Tokens::new(config.token_secret.expose().as_bytes(), limits.access_token_seconds),
            passwords: Passwords::new(limits.password_hashes, wait)?,
            failed_logins: FailedLogins::new(limits.failed_logins_per_minute),
            instance_header: HeaderValue::from_str(&config.instance)?,
            runtime,
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

    /// A connection for commands and accounts.
    ///
    /// # Errors
    /// 503 when none comes free in time.
    pub async fn write(&self) -> Result<Connection<'_>, ApiError> {
        Ok(pool::get(&self.pools.write).await?)
    }

    /// A connection for reading.
    ///
    /// # Errors
    /// 503 when none comes free in time.
    pub async fn read(&self) -> Result<Connection<'_>, ApiError> {
        Ok(pool::get(&self.pools.read).await?)
    }

    /// Runs `work` that changes something on the main runtime, with a deadline. A client that hangs up leaves nothing half
    /// done, and no connection inside a transaction.
    ///
    /// # Errors
    /// Those of `work`, and 503 `outcome_unknown` when the time is up.
    pub async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let done = self.timed(work).await?;
        done.unwrap_or_else(|| Err(ApiError::outcome_unknown("the request took too long")))
    }

    /// [`App::run`] for work that only reads: 503 `unavailable` when the time is up.
    ///
    /// # Errors
    /// Those of `work`, and 503.
    pub async fn ask<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T, ApiError>> + Send + 'static,
    ) -> Result<T, ApiError> {
        let done = self.timed(work).await?;
        done.unwrap_or_else(|| Err(ApiError::unavailable("the request took too long")))
    }

    async fn timed<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<Option<T>, ApiError> {
        let time = Duration::from_secs(self.config.limits.request_seconds);
        let running = self.runtime.spawn(tokio::time::timeout(time, work));
        let ended = running.await.map_err(|error| ApiError::internal(error.to_string()))?;
        Ok(ended.ok())
    }
}

/// Everything on the public address.
pub fn routes(config: &mut web::ServiceConfig) {
    config.configure(api::health::routes);
    config.service(at("/connection/websocket", [get(realtime::socket::open)]));
    config.service(web::scope("/api/v1").configure(api::routes).default_service(web::to(absent)));
    config.default_service(web::to(absent));
}

/// Everything on the operator's address.
pub fn operator_routes(config: &mut web::ServiceConfig) {
    config.configure(api::health::routes);
    config.service(at("/metrics", [get(api::metrics::show)]));
    config.default_service(web::to(absent));
}

async fn absent(request: HttpRequest, unread: web::Payload) -> Result<&'static str, ApiError> {
    body::abandon(&request, unread);
    Err(ApiError::not_found())
}

/// A way to handle one method, for [`at`].
pub struct Method {
    names: &'static str,
    route: Route,
}

/// One address with its methods; any other method is 405 and told which there are.
pub fn at<const N: usize>(path: &str, methods: [Method; N]) -> Resource {
    let allow = methods.each_ref().map(|method| method.names).join(", ");
    let refuse = move |request: HttpRequest, unread: web::Payload| {
        body::abandon(&request, unread);
        let error = ApiError::method_not_allowed(&allow);
        async move { Err::<&'static str, _>(error) }
    };
    let resource = web::resource(path).default_service(web::to(refuse));
    methods.into_iter().fold(resource, |resource, method| resource.route(method.route))
}

macro_rules! method {
    ($(#[$doc:meta])* $name:ident, $names:literal, $route:expr) => {
        $(#[$doc])*
        pub fn $name<F, Args>(handler: F) -> Method
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            Method { names: $names, route: $route.to(handler) }
        }
    };
}

method!(
    /// GET, and HEAD with it.
    get, "GET, HEAD", web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
);
method!(post, "POST", web::post());
method!(patch, "PATCH", web::patch());
method!(delete, "DELETE", web::delete());
