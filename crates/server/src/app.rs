//! What one instance is made of, and which address leads where.

use crate::api;
use crate::auth::Tokens;
use crate::body;
use crate::cache::{self, Lists, Snapshots};
use crate::config::Config;
use crate::drain::Drain;
use crate::error::ApiError;
use crate::execute::Queues;
use crate::failed_logins::FailedLogins;
use crate::history::Keeper;
use crate::metrics::Metrics;
use crate::openapi::{self, Operation, docs, op};
use crate::passwords::Passwords;
use crate::realtime::{self, Realtime};
use crate::redis::Redis;
use crate::replica::Replica;
use actix_web::http::header::HeaderValue;
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route, guard, web};
use bytes::Bytes;
use std::sync::Arc;
use std::time::Duration;
use store::pool::{self, Connection, Pool, Reading, Settings, Size};
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use tokio_util::task::TaskTracker;

/// The state every handler shares.
pub struct App {
    pub config: Config,
    pub pools: Pools,
    /// Lists and snapshots come from it as far as it is up to date.
    pub replica: Option<Arc<Replica>>,
    pub redis: Option<Redis>,
    pub tokens: Tokens,
    pub passwords: Passwords,
    pub failed_logins: FailedLogins,
    pub queues: Queues,
    pub keeper: Keeper,
    pub realtime: Arc<Realtime>,
    pub metrics: Arc<Metrics>,
    pub snapshots: Arc<Snapshots>,
    pub lists: Arc<Lists>,
    /// The main runtime: work that must outlive its request, or needs more than an actix worker's thread.
    pub runtime: Handle,
    /// What was spawned by [`App::spawn`] and runs: the instance does not end before it.
    pub tasks: TaskTracker,
    pub drain: Drain,
    /// The instance's name, ready to be sent.
    pub instance_header: HeaderValue,
    /// The OpenAPI document, encoded.
    pub openapi: Bytes,
}

/// Pools of connections, apart so that one kind of work cannot starve another.
pub struct Pools {
    /// Commands and accounts.
    pub write: Pool,
    /// Joins, gap fills, comparing heads.
    pub rooms: Pool,
    /// Everything else that is read.
    pub read: Pool,
    /// Snapshots being built.
    pub snapshot: Pool,
    /// What nobody waits for.
    pub jobs: Pool,
    /// How their connections are made.
    pub settings: Settings,
}

impl Pools {
    fn open(config: &Config, runtime: &Handle) -> Self {
        let settings = config.database.settings(&format!("lockstep {}", config.instance), runtime.clone());
        let size = |connections| Size { connections, acquire_timeout: config.database.acquire_timeout };
        Self {
            write: pool::open(&settings, size(config.pools.write)),
            rooms: pool::open(&settings, size(config.pools.rooms)),
            read: pool::open(&settings, size(config.pools.read)),
            snapshot: pool::open(&settings, size(config.pools.snapshot)),
            jobs: pool::open(&settings, size(config.pools.jobs)),
            settings,
        }
    }
}

fn replica(config: &Config, metrics: &Metrics, runtime: &Handle) -> Option<Arc<Replica>> {
    let name = format!("lockstep {}", config.instance);
    let settings = config.database.replica_settings(&name, runtime.clone())?;
    let patience = Duration::from_secs(config.limits.request_seconds) / 2;
    let (pools, outcomes) = (&config.pools, metrics.replica_reads.clone());
    Some(Arc::new(Replica::new(&settings, pools.read, pools.snapshot, patience, outcomes)))
}

/// The caches. Each kind of value has a connection to Redis of its own, so that small ones do not wait behind large ones.
fn caches(
    config: &Config,
    pools: &Pools,
    replica: Option<Arc<Replica>>,
    metrics: &Metrics,
    runtime: &Handle,
) -> anyhow::Result<(Snapshots, Lists)> {
    let (limits, metrics) = (&config.limits, &metrics.cache);
    let patience = Duration::from_millis(limits.redis_ms);
    let client = config.redis_url.as_ref().map(|url| crate::redis::client(url.expose())).transpose()?;
    let line = || client.clone().map(|client| cache::Line::new(client, patience, metrics.clone()));
    let shared = line().zip(line()).map(|(quick, large)| cache::Shared::new(quick, large));
    let sources = cache::Sources {
        read: pools.read.clone(),
        replica,
        build: pools.snapshot.clone(),
        builds: config.pools.snapshot,
    };
    let snapshots = Snapshots::new(sources, shared, limits, metrics.clone(), runtime.clone());
    Ok((snapshots, Lists::new(line(), metrics.clone())))
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
        let replica = replica(&config, &metrics, &runtime);
        let (snapshots, lists) = caches(&config, &pools, replica.clone(), &metrics, &runtime)?;
        let lists = Arc::new(lists);
        runtime.spawn(lists.clone().run());
        Ok(Self {
            snapshots: Arc::new(snapshots),
            lists,
            realtime: Realtime::start(limits, &metrics, pools.rooms.clone(), config.redis_url.as_ref())?,
            queues: Queues::new(limits.project_queue, metrics.waiting_commands.clone()),
            keeper: Keeper::new(limits.snapshot_events),
            metrics,
            pools,
            replica,
            redis: redis.transpose()?,
            tokens: Tokens::new(config.token_secret.expose().as_bytes(), limits.access_token_seconds),
            passwords: Passwords::new(limits.password_hashes, wait)?,
            failed_logins: FailedLogins::new(limits.failed_logins_per_minute),
            instance_header: HeaderValue::from_str(&config.instance)?,
            openapi: openapi::document(&config.public_url).to_string().into(),
            runtime,
            tasks: TaskTracker::new(),
            drain: Drain::new(),
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

    /// A transaction for reading.
    ///
    /// # Errors
    /// 503 when no connection comes free in time.
    pub async fn read(&self) -> Result<Reading, ApiError> {
        Ok(pool::read(&self.pools.read).await?)
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

    /// Runs work on the main runtime that outlives its request, but not the instance, which waits for it before it ends.
    pub fn spawn<T: Send + 'static>(&self, work: impl Future<Output = T> + Send + 'static) -> JoinHandle<T> {
        self.runtime.spawn(self.tasks.track_future(work))
    }

    async fn timed<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<Option<T>, ApiError> {
        let time = Duration::from_secs(self.config.limits.request_seconds);
        let running = self.spawn(tokio::time::timeout(time, work));
        let ended = running.await.map_err(|error| ApiError::internal(error.to_string()))?;
        Ok(ended.ok())
    }
}

/// Where everything below stands that is no page and no check of health.
pub const BASE: &str = "/api/v1";

/// Everything on the public address.
pub fn routes(config: &mut web::ServiceConfig) {
    root_routes().register(config);
    let api = |config: &mut web::ServiceConfig| api_routes().register(config);
    config.service(web::scope(BASE).configure(api).default_service(web::to(absent)));
    config.default_service(web::to(absent));
}

/// Everything on the operator's address.
pub fn operator_routes(config: &mut web::ServiceConfig) {
    let mut routes = Routes::default();
    routes.group("Operations", api::health::routes);
    routes.service(at("/metrics", [get(api::metrics::show, op("Metrics for Prometheus").hidden())]));
    routes.register(config);
    config.default_service(web::to(absent));
}

/// What stands at the root of the public address.
pub fn root_routes() -> Routes {
    let mut routes = Routes::default();
    routes.group("Operations", api::health::routes);
    routes.group("Operations", docs::routes);
    routes.group("Realtime", |routes| {
        let connect = op("Opens the socket: Centrifuge client protocol v2, JSON").socket();
        routes.service(at("/connection/websocket", [get(realtime::upgrade::open, connect)]));
    });
    routes
}

/// What stands below [`BASE`].
pub fn api_routes() -> Routes {
    let mut routes = Routes::default();
    api::routes(&mut routes);
    routes
}

/// Addresses with what the OpenAPI document says about them: there is no other way to register one, so none can be
/// missing there.
#[derive(Default)]
pub struct Routes {
    pub addresses: Vec<Address>,
    tag: &'static str,
}

impl Routes {
    /// Adds the routes of one part of the interface, which the document shows under `tag`.
    pub fn group(&mut self, tag: &'static str, routes: impl FnOnce(&mut Routes)) {
        self.tag = tag;
        routes(self);
    }

    pub fn service(&mut self, mut address: Address) {
        address.tag = self.tag;
        self.addresses.push(address);
    }

    /// What stands below a project stands in a scope, so that each request is compared with its address once.
    fn register(self, config: &mut web::ServiceConfig) {
        let mut of_project = web::scope(PROJECT).default_service(web::to(absent));
        for Address { path, resource, .. } in self.addresses {
            match below_project(path) {
                Some(_) => of_project = of_project.service(resource),
                None => {
                    config.service(resource);
                }
            }
        }
        config.service(of_project);
    }
}

async fn absent(request: HttpRequest, unread: web::Payload) -> Result<&'static str, ApiError> {
    body::abandon(&request, unread);
    Err(ApiError::not_found())
}

/// A project's own address.
const PROJECT: &str = "/projects/{project}";

fn below_project(path: &'static str) -> Option<&'static str> {
    path.strip_prefix(PROJECT).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// A way to handle one method, for [`at`].
pub struct Method {
    names: &'static str,
    route: Route,
    operation: Operation,
}

/// One address: what handles it, and what the document says of each method, by its name in lower case.
pub struct Address {
    pub path: &'static str,
    pub tag: &'static str,
    pub operations: Vec<(String, Operation)>,
    resource: Resource,
}

/// One address with its methods; any other method is 405 and told which there are.
pub fn at<const N: usize>(path: &'static str, methods: [Method; N]) -> Address {
    let allow = methods.each_ref().map(|method| method.names).join(", ");
    let refuse = move |request: HttpRequest, unread: web::Payload| {
        body::abandon(&request, unread);
        let error = ApiError::method_not_allowed(&allow);
        async move { Err::<&'static str, _>(error) }
    };
    let resource = web::resource(below_project(path).unwrap_or(path)).default_service(web::to(refuse));
    let mut address = Address { path, tag: "", operations: Vec::new(), resource };
    for method in methods {
        let name = method.names.split(',').next().unwrap_or_default().to_ascii_lowercase();
        address.operations.push((name, method.operation));
        address.resource = address.resource.route(method.route);
    }
    address
}

macro_rules! method {
    ($(#[$doc:meta])* $name:ident, $names:literal, $route:expr) => {
        $(#[$doc])*
        pub fn $name<F, Args>(handler: F, operation: Operation) -> Method
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            let operation = operation.handled_by(std::any::type_name::<F>());
            Method { names: $names, route: $route.to(handler), operation }
        }
    };
}

method!(
    /// GET, and HEAD with it.
    get, "GET, HEAD", web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
);
method!(post, "POST", web::post());
method!(put, "PUT", web::put());
method!(patch, "PATCH", web::patch());
method!(delete, "DELETE", web::delete());
