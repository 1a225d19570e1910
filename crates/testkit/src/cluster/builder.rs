//! What a cluster is made of, before it starts.

use std::collections::BTreeMap;
use std::path::PathBuf;

use super::{Cluster, Instance};
use crate::proxy::Proxy;
use crate::{Database, binary, services, token};

/// See [`Cluster::builder`].
#[derive(Clone)]
pub struct Builder {
    instances: usize,
    env: BTreeMap<String, String>,
    postgres_proxied: bool,
    redis_proxied: bool,
    with_redis: bool,
    program: Option<PathBuf>,
}

impl Default for Builder {
    fn default() -> Self {
        let settings = [
            ("LOCKSTEP_TOKEN_SECRET", token::SECRET),
            ("LOCKSTEP_SIGNUP", "open"),
            ("LOCKSTEP_LOG", "human"),
            // No drain wait, because no balancer has to notice that an instance stops.
            ("LOCKSTEP_DRAIN", "0"),
        ];
        let env = settings.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        Self {
            instances: 1,
            env,
            postgres_proxied: false,
            redis_proxied: false,
            with_redis: true,
            program: None,
        }
    }
}

impl Builder {
    pub fn instances(mut self, count: usize) -> Self {
        self.instances = count;
        self
    }

    /// A setting for all instances.
    pub fn env(mut self, name: &str, value: impl Into<String>) -> Self {
        self.env.insert(name.to_owned(), value.into());
        self
    }

    /// Each instance reaches Postgres through a proxy of its own.
    pub fn postgres_proxied(mut self) -> Self {
        self.postgres_proxied = true;
        self
    }

    /// Each instance reaches Redis through a proxy of its own.
    pub fn redis_proxied(mut self) -> Self {
        self.redis_proxied = true;
        self
    }

    /// No instance is told of any Redis.
    pub fn without_redis(mut self) -> Self {
        self.with_redis = false;
        self
    }

    /// Another program than `lockstep`, such as one that starts it in its own way without becoming another process.
    pub fn program(mut self, path: PathBuf) -> Self {
        self.program = Some(path);
        self
    }

    /// Makes the database, the proxies and the instances, and waits until all are ready.
    pub async fn start(self) -> Cluster {
        let database = Database::create().await;
        let mut env = self.env.clone();
        env.insert("DATABASE_URL".to_owned(), database.url().to_string());
        if self.with_redis {
            env.insert("REDIS_URL".to_owned(), services::redis_url().to_string());
        }
        let starts = (0..self.instances).map(|index| self.instance(index, env.clone(), &database));
        let instances = futures_util::future::join_all(starts).await;
        Cluster { instances, database, env }
    }

    async fn instance(
        &self,
        index: usize,
        mut env: BTreeMap<String, String>,
        database: &Database,
    ) -> Instance {
        let name = format!("i{index}");
        env.insert("LOCKSTEP_INSTANCE".to_owned(), name.clone());
        let mut postgres = None;
        if self.postgres_proxied {
            let proxy = Proxy::postgres(services::authority(database.url(), 5432)).await;
            let url = services::through(database.url(), proxy.address());
            env.insert("DATABASE_URL".to_owned(), url.to_string());
            postgres = Some(proxy);
        }
        let mut redis = None;
        if self.redis_proxied && self.with_redis {
            let proxy = Proxy::redis(services::authority(&services::redis_url(), 6379)).await;
            let url = services::through(&services::redis_url(), proxy.address());
            env.insert("REDIS_URL".to_owned(), url.to_string());
            redis = Some(proxy);
        }
        let program = self.program.clone().unwrap_or_else(binary::lockstep);
        Instance::start(name, program, env, postgres, redis).await
    }
}
