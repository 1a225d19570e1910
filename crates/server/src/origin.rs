//! Who asks: origins of browsers, and the address behind trusted proxies.

use crate::config::Config;
use actix_web::HttpRequest;
use actix_web::http::header;
use engine::people::{Arrival, Device};
use ipnet::IpNet;
use std::net::{IpAddr, Ipv4Addr};
use url::Url;

/// True if a page of this origin may act with the cookies and tokens of its reader: one that is configured, the own one,
/// or the very address it asks (several instances of one installation have an address each).
pub fn is_allowed(config: &Config, origin: &str, host: Option<&str>) -> bool {
    if origin == config.own_origin() || config.allowed_origins.iter().any(|allowed| allowed == origin) {
        return true;
    }
    let Some((scheme, authority)) = origin.split_once("://") else { return false };
    matches!(scheme, "http" | "https")
        && host.is_some_and(|host| authority.eq_ignore_ascii_case(host))
        && Url::parse(origin).is_ok_and(|url| url.has_host())
}

/// [`is_allowed`] for a request; one without `Origin` is allowed, it comes from no page.
pub fn of_request_is_allowed(config: &Config, request: &HttpRequest) -> bool {
    let text = |name| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    text(header::ORIGIN).is_none_or(|origin| is_allowed(config, origin, text(header::HOST)))
}

/// Where a login comes from: the client's address, and the device as `User-Agent` names it.
pub fn signs_in_from(config: &Config, request: &HttpRequest) -> Arrival {
    let agent = request.headers().get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    Arrival { address: client_address(config, request), device: agent.and_then(Device::parse) }
}

/// The client's address: the peer's, or the nearest untrusted one that trusted proxies tell in `X-Forwarded-For`.
pub fn client_address(config: &Config, request: &HttpRequest) -> IpAddr {
    let peer = request.peer_addr().map_or(Ipv4Addr::UNSPECIFIED.into(), |peer| peer.ip());
    let forwarded = request.headers().get_all("x-forwarded-for").filter_map(|value| value.to_str().ok());
    let told: Vec<&str> = forwarded.flat_map(|value| value.split(',')).map(str::trim).collect();
    nearest_untrusted(peer.to_canonical(), &told, &config.trusted_proxies)
}

fn nearest_untrusted(peer: IpAddr, told: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut address = peer;
    for next in told.iter().rev() {
        let is_trusted = trusted.iter().any(|network| network.contains(&address));
        match next.parse::<IpAddr>() {
            Ok(next) if is_trusted => address = next.to_canonical(),
            _ => break,
        }
    }
    address
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;

    fn config() -> Config {
        Config::read(&Source::of(&[
            ("DATABASE_URL", "postgres://localhost/x"),
            ("LOCKSTEP_TOKEN_SECRET", "0123456789abcdef0123456789abcdef"),
            ("LOCKSTEP_PUBLIC_URL", "https://lockstep.example.org"),
            ("LOCKSTEP_ALLOWED_ORIGINS", "https://app.example.org"),
        ]))
        .expect("enough")
    }

    #[test]
    fn only_exact_origins_are_allowed() {
        let config = config();
        let host = Some("127.0.0.1:8081");
        for good in ["https://lockstep.example.org", "https://app.example.org", "http://127.0.0.1:8081"] {
            assert!(is_allowed(&config, good, host), "{good}");
        }
        for bad in [
            "null",
            "",
            "https://lockstep.example.org.evil.net",
            "https://evil-app.example.org",
            "http://lockstep.example.org",
            "http://127.0.0.1:8082",
            "file://127.0.0.1:8081",
            "http://127.0.0.1:8081/x",
        ] {
            assert!(!is_allowed(&config, bad, host), "{bad}");
        }
    }

    #[test]
    fn a_forged_forwarding_header_is_ignored() {
        let address = |text: &str| text.parse::<IpAddr>().expect("an address");
        let trusted = ["10.0.0.0/8".parse().expect("a network")];
        let nearest = |peer, told: &[&str]| nearest_untrusted(address(peer), told, &trusted);
        assert_eq!(nearest("192.0.2.1", &["203.0.113.9"]), address("192.0.2.1"));
        assert_eq!(nearest("10.0.0.1", &["203.0.113.9"]), address("203.0.113.9"));
        assert_eq!(nearest("10.0.0.1", &["1.1.1.1", "203.0.113.9", "10.0.0.2"]), address("203.0.113.9"));
        assert_eq!(nearest("10.0.0.1", &["nonsense"]), address("10.0.0.1"));
    }
}
