//! The real HAProxy with the file of `deploy/`.

use crate::SOON;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use testkit::{Api, Cluster, Instance, eventually, ports};

/// A running HAProxy; killed when dropped.
pub struct Balancer {
    child: Child,
    address: String,
}

impl Balancer {
    /// Before three instances; returns when all are up behind it.
    pub async fn start(cluster: &Cluster) -> Balancer {
        let [one, two, three] = cluster.instances.as_slice() else {
            panic!("deploy/haproxy.cfg knows up to three instances")
        };
        let address = format!("127.0.0.1:{}", ports::free());
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../deploy/haproxy.cfg");
        let child = Command::new("haproxy")
            .args(["-db", "-f"])
            .arg(file)
            .env("PATH", format!("{}:/usr/sbin", std::env::var("PATH").unwrap_or_default()))
            .env("LOCKSTEP_BALANCER", &address)
            .envs(
                [("LOCKSTEP_ONE", one), ("LOCKSTEP_TWO", two), ("LOCKSTEP_THREE", three)]
                    .map(|(name, i)| (name, i.authority())),
            )
            .env_remove("LOCKSTEP_RESOLVER")
            .stdin(Stdio::null())
            .spawn()
            .unwrap_or_else(|e| {
                panic!("HAProxy cannot be started ({e}): install it (Debian: apt-get install haproxy)")
            });
        let balancer = Balancer { child, address };
        for instance in &cluster.instances {
            balancer.serves(instance).await;
        }
        balancer
    }

    pub fn http(&self) -> String {
        format!("http://{}", self.address)
    }

    pub fn ws(&self) -> String {
        format!("ws://{}/connection/websocket", self.address)
    }

    /// Waits until it gives requests to this instance.
    pub async fn serves(&self, instance: &Instance) {
        let what = format!("the balancer to use {}", instance.name);
        eventually(&what, SOON, || async {
            let asked = Api::new(self.http()).try_send(reqwest::Method::GET, "//health/live", None).await;
            asked.is_ok_and(|answer| answer.header("x-instance") == Some(&instance.name))
        })
        .await;
    }
}

impl Drop for Balancer {
    fn drop(&mut self) {
        // An error means that it had ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
