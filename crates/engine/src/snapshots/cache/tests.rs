use super::*;
use futures_util::future::join_all;
use store::identity::Failover;
use tokio::net::TcpListener;

const BUILDS: usize = 4;

/// Snapshots of a Postgres that accepts connections and says nothing, so that each build fails after `patience`.
fn snapshots(silent: &TcpListener, patience: Duration) -> Arc<Snapshots> {
    let second = Duration::from_secs(1);
    let settings = store::pool::Settings {
        url: format!("postgres://x@{}/x", silent.local_addr().expect("an address")),
        application_name: "test".to_owned(),
        connect_timeout: Duration::from_secs(60),
        timeouts: store::pool::Timeouts { statement: second, lock: second, idle_in_transaction: second },
        failover: Failover::Trust,
        standby: false,
        runtime: Handle::current(),
    };
    let size = store::pool::Size { connections: BUILDS as u32, acquire_timeout: patience };
    let pool = store::pool::open(&settings, size);
    let built_from = BuiltFrom { read: pool.clone(), replica: None, build: pool, builds: BUILDS as u32 };
    let limits = Limits {
        request: Duration::from_secs(60),
        result_days: 1,
        redis_pool: 1,
        redis: second,
        project_queue: 1,
        socket_queue_bytes: 1,
        close: second,
        ring_bytes: 1,
        account_sockets: 1,
        recover_events: 1,
        recover_bytes: 1,
        snapshot_events: 1,
        snapshot_cache_bytes: 1 << 20,
        snapshot_memory_bytes: 1 << 20,
    };
    Arc::new(Snapshots::new(built_from, None, &limits, CacheMetrics::default(), Handle::current()))
}

fn key() -> Key {
    (ProjectId::new(), "e".into())
}

async fn building(snapshots: &Snapshots, wanted: usize) {
    let reached = async {
        while BUILDS - snapshots.building.available_permits() != wanted {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(20), reached).await.expect("so many build");
}

#[tokio::test]
async fn a_failure_is_shared_by_those_who_wait_and_not_kept() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (snapshots, key) = (snapshots(&silent, Duration::from_secs(1)), key());
    let begun = Instant::now();
    let asking = join_all((0..100).map(|_| snapshots.flight(&key, 1)));
    let looking = async {
        tokio::time::sleep(Duration::from_millis(300)).await;
        BUILDS - snapshots.building.available_permits()
    };
    let (answers, builds) = futures_util::join!(asking, looking);
    assert_eq!(builds, 1, "all wait for one");
    assert!(answers.iter().all(|answer| matches!(answer, Err(NotMade::Unavailable(_)))));
    assert!(begun.elapsed() < Duration::from_secs(10), "nobody tried in turn");
    let (again, ()) = futures_util::join!(snapshots.flight(&key, 1), building(&snapshots, 1));
    assert!(again.is_err(), "who asks later has it made anew");
}

#[tokio::test]
async fn who_asked_first_may_hang_up_and_the_others_wait_for_the_same_making() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let (snapshots, key) = (snapshots(&silent, Duration::from_secs(2)), key());
    let hung_up = tokio::time::timeout(Duration::from_millis(100), snapshots.flight(&key, 1)).await;
    assert!(hung_up.is_err());
    building(&snapshots, 1).await;
    let looking = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        BUILDS - snapshots.building.available_permits()
    };
    let (answer, builds) = futures_util::join!(snapshots.flight(&key, 1), looking);
    assert_eq!((answer.is_err(), builds), (true, 1));
}

#[tokio::test]
async fn entries_of_different_projects_are_made_beside_each_other() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let snapshots = snapshots(&silent, Duration::from_secs(2));
    let (one, other) = (key(), key());
    let asking = futures_util::future::join(snapshots.flight(&one, 1), snapshots.flight(&other, 1));
    let (answers, ()) = futures_util::join!(asking, building(&snapshots, 2));
    assert!(answers.0.is_err() && answers.1.is_err());
}
