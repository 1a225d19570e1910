//! The address of Redis, and what all connections to it have in common.

use redis::{ConnectionInfo, IntoConnectionInfo, RedisResult};

/// A client for the connections that publish and subscribe.
///
/// # Errors
/// When the address cannot be used.
pub fn client(url: &str) -> anyhow::Result<redis::Client> {
    Ok(redis::Client::open(address(url)?)?)
}

/// With what connections have in common: they speak RESP3, and send at once what is written.
///
/// # Errors
/// When the address cannot be used.
pub fn address(url: &str) -> RedisResult<ConnectionInfo> {
    let info = url.into_connection_info()?;
    let settings = info.redis_settings().clone().set_protocol(redis::ProtocolVersion::RESP3);
    let tcp = redis::io::tcp::TcpSettings::default().set_nodelay(true);
    Ok(info.set_redis_settings(settings).set_tcp_settings(tcp))
}

/// Whether a text is an address of Redis.
pub fn is_address(url: &str) -> bool {
    redis::Client::open(url).is_ok()
}
