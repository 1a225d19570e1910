//! Where the private Postgres and Redis of a test run are.
//!
//! `make test` starts them and sets both variables; nothing here falls back to a default, because a
//! default could be somebody's real server.

use reqwest::Url;

/// A superuser's connection to the database `postgres` of the private server (`TEST_DATABASE_URL`).
///
/// # Panics
/// When the variable is missing or not a `postgres://host:port/…` address, saying what to run.
pub fn postgres_url() -> Url {
    required("TEST_DATABASE_URL")
}

/// The private Redis (`TEST_REDIS_URL`). All tests share it: names in it contain random ids.
///
/// # Panics
/// When the variable is missing or not a `redis://host:port` address, saying what to run.
pub fn redis_url() -> Url {
    required("TEST_REDIS_URL")
}

fn required(name: &str) -> Url {
    let text = std::env::var(name).unwrap_or_else(|_| {
        panic!(
            "{name} is not set: run the tests with `make test`, or start private servers with `make test-services` \
             and export what it prints"
        )
    });
    let url: Url =
        text.parse().unwrap_or_else(|e| panic!("{name} is not an address ({e}); `make test` sets it"));
    assert!(
        url.host_str().is_some_and(|host| !host.is_empty()),
        "{name} names no TCP host, which the fault proxies need; `make test` sets one"
    );
    url
}

/// `host:port` of an address, with the service's own port as default.
pub fn authority(url: &Url, default_port: u16) -> String {
    let host = url.host_str().expect("services are TCP addresses with a host");
    format!("{host}:{}", url.port().unwrap_or(default_port))
}

/// The same address with another authority: how an instance is sent through a proxy.
pub fn through(url: &Url, proxy: std::net::SocketAddr) -> Url {
    let mut url = url.clone();
    url.set_host(Some(&proxy.ip().to_string())).expect("a service's address has a host to replace");
    url.set_port(Some(proxy.port())).expect("a service's address can carry a port");
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_goes_through_a_proxy_with_everything_else_unchanged() {
        let url: Url = "postgres://me:pw@db:5433/name?sslmode=disable".parse().expect("a valid address");
        let proxied = through(&url, "127.0.0.1:9000".parse().expect("a valid address"));
        assert_eq!(proxied.as_str(), "postgres://me:pw@127.0.0.1:9000/name?sslmode=disable");
        assert_eq!(authority(&url, 5432), "db:5433");
        assert_eq!(authority(&"redis://db".parse().expect("a valid address"), 6379), "db:6379");
    }
}
