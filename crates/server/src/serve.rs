//! `lockstep serve`: one instance.

use crate::app::App;
use crate::config::Config;
use crate::connection::{self, Wire};
use crate::descriptors::{Place, Places};
use crate::drain::ending::{self, Signals};
use crate::edge;
use crate::error::ApiError;
use crate::page;
use crate::routes;
use actix_cors::Cors;
use actix_http::error::DispatchError;
use actix_http::{HttpService, Protocol, Request};
use actix_server::{Server, ServerBuilder};
use actix_service::{
    IntoServiceFactory, Service, ServiceFactory, ServiceFactoryExt, apply_fn_factory, map_config,
};
use actix_web::body::MessageBody;
use actix_web::dev::{AppConfig, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::{Error, middleware, web};
use anyhow::Context;
use engine::operate::{self, Pooler, StoreError};
use futures_util::future::Either;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use std::{fmt, io};
use tokio::net::TcpStream;

/// Runs until SIGTERM, SIGQUIT or SIGINT.
///
/// # Errors
/// When an address is taken, Postgres must not be used as it is, or its schema is old.
pub async fn run(config: Config) -> anyhow::Result<()> {
    let signals = Signals::listen().context("the signals that end the process")?;
    check_postgres(&config).await?;
    let openapi = routes::encoded_document(&config.public_url);
    let app = web::Data::new(App::new(config, openapi)?);
    page::share(&app).await;
    let public = public(app.clone())?;
    let operator = operator(app.clone())?;
    let mut chores = app.engine.keep_house();
    let shared = app.clone();
    chores.spawn(async move { shared.engine.page_files.keep(&shared.page.hashed()).await });
    let config = &app.config;
    tracing::info!(
        instance = config.instance,
        listen = %config.listen,
        operator = %config.operator_listen,
        connections = app.places.most(),
        version = env!("CARGO_PKG_VERSION"),
        "serving"
    );
    let stopped = ending::when_told(app.clone(), signals, public.handle());
    // The operator's address answers until here. Everything that is dropped now has been stopped, or its time is over.
    tokio::select! {
        () = stopped => {}
        ended = async { tokio::try_join!(public, operator) } => {
            ended?;
        }
    }
    drop(chores);
    tracing::info!("stopped");
    Ok(())
}

/// Refuses to start with a Postgres that would fail every request. A Postgres that is away does not prevent the start.
async fn check_postgres(config: &Config) -> anyhow::Result<()> {
    let settings = config.database.settings("lockstep start", tokio::runtime::Handle::current());
    let conn = match operate::connect(&settings).await {
        Ok(conn) => conn,
        Err(StoreError::Unavailable(reason)) => {
            tracing::warn!(reason, "Postgres is not available yet; answering 503 until it is");
            return Ok(());
        }
        Err(error) => return Err(error.into()),
    };
    if matches!(operate::pooler(&settings).await, Ok(Pooler::TooOld)) {
        anyhow::bail!(operate::TOO_OLD);
    }
    let schema = operate::schema(&conn).await?;
    if !schema.is_current() {
        anyhow::bail!("the schema lacks {}: run lockstep migrate", schema.pending.join(", "));
    }
    Ok(())
}

fn public(app: web::Data<App>) -> anyhow::Result<Server> {
    let config = app.config.clone();
    let shared = app.clone();
    let composed = move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .wrap(middleware::from_fn(ending::middleware))
            .wrap(cors(&shared.config))
            // Boxed, so that an idle connection does not keep the memory that answering a request needs.
            .wrap(middleware::from_fn(|request, next| Box::pin(edge::middleware(request, next))))
            .configure(routes::routes)
    };
    let server = Server::build()
        .workers(config.workers)
        .worker_max_blocking_threads(2)
        .shutdown_timeout(config.limits.shutdown_seconds);
    let places = Some(app.places.clone());
    let server = bind(server, config.listen, app, places, composed)
        .with_context(|| format!("LOCKSTEP_LISTEN is \"{}\": cannot listen there", config.listen))?;
    Ok(server.run())
}

fn operator(app: web::Data<App>) -> anyhow::Result<Server> {
    let address = app.config.operator_listen;
    let shared = app.clone();
    let composed = move || {
        actix_web::App::new()
            .app_data(shared.clone())
            .wrap(middleware::from_fn(edge::middleware))
            .configure(routes::operator_routes)
    };
    let server = Server::build().workers(1).worker_max_blocking_threads(1).shutdown_timeout(1);
    let server = bind(server, address, app, None, composed)
        .with_context(|| format!("LOCKSTEP_OPERATOR_LISTEN is \"{address}\": cannot listen there"))?;
    Ok(server.run())
}

/// What `HttpServer::bind` does, with [`connection::serve`] around each connection. `places`: how many there may be.
fn bind<F, S, B>(
    server: ServerBuilder,
    address: SocketAddr,
    app: web::Data<App>,
    places: Option<Arc<Places>>,
    composed: impl Fn() -> F + Clone + Send + 'static,
) -> io::Result<ServerBuilder>
where
    F: IntoServiceFactory<S, Request>,
    S: ServiceFactory<Request, Config = AppConfig, Response = ServiceResponse<B>, Error = Error> + 'static,
    S::InitError: fmt::Debug,
    B: MessageBody + 'static,
{
    let head_time = Duration::from_secs(app.config.limits.head_seconds);
    let keep_alive = Duration::from_secs(app.config.limits.keep_alive_seconds);
    let stopping = server.graceful_shutdown_signal();
    server.disable_signals().bind("lockstep", address, move || {
        let (app, places, stopping) = (app.clone(), places.clone(), stopping.clone());
        let service = composed().into_factory().map_err(|error: Error| error.error_response());
        let http = HttpService::build()
            .graceful_shutdown_signal(move || {
                let stopping = stopping.clone();
                async move { stopping.notified().await }
            })
            .keep_alive(keep_alive)
            // Off, because it limits only the first head of a connection; `connection` limits every one.
            .client_request_timeout(Duration::ZERO)
            .client_disconnect_timeout(Duration::from_secs(1))
            .on_connect_ext(|wire: &Wire, data| {
                wire.stream(set_up);
                data.insert(wire.connection.clone());
            })
            .finish(map_config(service, |()| AppConfig::default()));
        apply_fn_factory(http, move |stream: TcpStream, http| {
            let place = places.as_ref().map(Places::take);
            if let (Some(None), Some(places)) = (&place, &places) {
                return Either::Left(refuse(stream, app.clone(), places.take_to_refuse()));
            }
            let peer = stream.peer_addr().ok();
            let wire = Wire::new(stream, head_time);
            let dispatcher = Box::pin(http.call((wire.clone(), Protocol::Http1, peer)));
            let app = app.clone();
            Either::Right(async move {
                let answer = |error: &ApiError| edge::answer_without_request(&app, error);
                connection::serve(wire, dispatcher, answer).await;
                drop(place);
                Ok(())
            })
        })
    })
}

/// Says that there is no place for a connection, where there is one for saying so, and closes it.
async fn refuse(stream: TcpStream, app: web::Data<App>, place: Option<Place>) -> Result<(), DispatchError> {
    if place.is_some() {
        let detail = "This instance has as many connections as it can. Nothing was changed; try again.";
        let error = ApiError::new("instance_full", detail).retry_after(1);
        connection::farewell(stream, edge::answer_without_request(&app, &error)).await;
    }
    Ok(())
}

/// Each new connection, on the worker that will own it: the place for socket options.
fn set_up(stream: &TcpStream) {
    let socket = socket2::SockRef::from(stream);
    // A client that reads slowly shall fill our bounded queue, not megabytes of the kernel's; one that takes nothing at all
    // is given up. Errors are ignored, because without these options only more memory is used.
    let _ = socket.set_tcp_nodelay(true);
    let _ = socket.set_send_buffer_size(128 * 1024);
    let _ = socket.set_tcp_user_timeout(Some(Duration::from_secs(20)));
}

/// Foreign pages get no allow header; what they may read from an allowed one is named.
fn cors(config: &Config) -> Cors {
    let mut allowed = config.allowed_origins.clone();
    allowed.push(config.own_origin());
    Cors::default()
        .allowed_origin_fn(move |origin, _| allowed.iter().any(|known| known.as_bytes() == origin.as_bytes()))
        .allowed_methods([Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE])
        .allowed_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
        ])
        .allowed_headers(["idempotency-key", "last-event-id", "x-request-id"])
        .expose_headers([
            "etag",
            "location",
            "retry-after",
            "idempotency-replayed",
            "x-request-id",
            "x-instance",
            "x-build",
        ])
        .supports_credentials()
        .max_age(600)
}
