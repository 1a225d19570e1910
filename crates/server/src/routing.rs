//! Addresses with their methods, and what the OpenAPI document says of them.

use crate::body;
use crate::error::ApiError;
use crate::openapi::operation::Operation;
use actix_web::{FromRequest, Handler, HttpRequest, Resource, Responder, Route, guard, web};

/// Addresses with what the OpenAPI document says about them. No address can be missing there, because there is no other way
/// to register one.
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
    pub fn register(self, config: &mut web::ServiceConfig) {
        let (of_project, others): (Vec<_>, Vec<_>) =
            self.addresses.into_iter().partition(|address| below_project(address.path).is_some());
        for Address { resource, .. } in others {
            config.service(resource);
        }
        // Where nothing stands below a project, the address may be another's, such as the page's `/projects/archived`.
        if !of_project.is_empty() {
            let scope = web::scope(PROJECT).default_service(web::to(absent));
            config.service(
                of_project.into_iter().fold(scope, |scope, address| scope.service(address.resource)),
            );
        }
    }
}

/// 404 for an address where nothing is.
///
/// # Errors
/// Always.
pub async fn absent(request: HttpRequest, unread: web::Payload) -> Result<&'static str, ApiError> {
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
