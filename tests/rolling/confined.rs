//! The program under exactly the user, the read-only root and the memory limit of `k8s/base/deployment.yaml`.

use crate::SOON;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use testkit::{Cluster, Follower, Start, Uuid, binary};

const MANIFEST: &str = include_str!("../../k8s/base/deployment.yaml");

/// The value of the last line with this name: the container's stands below the init container's.
fn setting<'a>(line: &str, name: &str) -> &'a str {
    let line = MANIFEST
        .lines()
        .rev()
        .find(|text| text.trim_start().starts_with(line))
        .expect("the manifest has the line");
    let (_, value) = line.split_once(&format!("{name}: ")).expect("the line has the setting");
    value.split([',', '}', '#']).next().expect("a value").trim()
}

fn memory() -> u64 {
    let gibibytes: u64 =
        setting("limits:", "memory").strip_suffix("Gi").expect("in Gi").parse().expect("a number");
    gibibytes << 30
}

/// Where the manifest's user may read it, as in an image.
fn readable_copy() -> PathBuf {
    let folder = std::env::temp_dir().join(format!("lockstep-confined-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder for the program");
    std::fs::set_permissions(&folder, PermissionsExt::from_mode(0o755)).expect("permissions");
    let copy = folder.join("lockstep");
    std::fs::copy(binary::lockstep(), &copy).expect("a copy of the program");
    copy
}

fn status_of(pid: u32, name: &str) -> String {
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).expect("the process runs");
    let line = status.lines().find(|line| line.starts_with(name)).expect("the line is there");
    line.split_once(':').expect("a value").1.trim().to_owned()
}

fn assert_confined(pid: u32) {
    let user = setting("runAsUser:", "runAsUser");
    assert_eq!(status_of(pid, "Uid"), [user; 4].join("\t"));
    assert_eq!(status_of(pid, "Gid"), [setting("runAsGroup:", "runAsGroup"); 4].join("\t"));
    assert_eq!((status_of(pid, "CapEff"), status_of(pid, "CapBnd")), ("0".repeat(16), "0".repeat(16)));
    assert_eq!(status_of(pid, "NoNewPrivs"), "1");
    let mounts = std::fs::read_to_string(format!("/proc/{pid}/mountinfo")).expect("the process runs");
    let root = mounts.lines().find(|line| line.split(' ').nth(4) == Some("/")).expect("a root");
    assert!(root.split(' ').nth(5).expect("options").split(',').any(|option| option == "ro"), "{root}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instance_needs_no_more_than_its_manifest_gives() {
    for promise in [
        "runAsNonRoot: true",
        "readOnlyRootFilesystem: true",
        "allowPrivilegeEscalation: false",
        "drop: [ALL]",
    ] {
        assert!(MANIFEST.contains(promise), "the manifest says {promise}");
    }
    if status_of(std::process::id(), "Uid").split('\t').next() != Some("0") {
        println!(
            "Skipped: only root can take another user's place; run the tests as root to try the manifest's."
        );
        return;
    }
    let program = readable_copy();
    let mut cluster = Cluster::builder()
        .program(Path::new(env!("CARGO_MANIFEST_DIR")).join("rolling/confined.sh"))
        .env("CONFINED_PROGRAM", program.display().to_string())
        .env("CONFINED_USER", setting("runAsUser:", "runAsUser"))
        .env("CONFINED_GROUP", setting("runAsGroup:", "runAsGroup"))
        .env("CONFINED_MEMORY", memory().to_string())
        .start()
        .await;
    let pid = cluster.instances[0].pid().expect("it runs");
    assert_confined(pid);

    let owner = cluster.instances[0].api().register("Olga").await;
    let api = cluster.api(0, &owner);
    let project: Uuid = api.create_project("Shop").await;
    let follower = Follower::start(&cluster.sockets(), &owner, project, Start::Head);
    follower.live(SOON).await;
    let version = api.create_tasks(project, 2_000).await;
    follower.wait_until_version(version, SOON).await;
    follower.assert_strict();
    assert_eq!(api.snapshot(project).await["version"], version);
    println!("peak memory: {} of {} KiB", status_of(pid, "VmHWM"), memory() >> 10);
    assert!(cluster.instances[0].stop().await.success());
    for groups in ["/sys/fs/cgroup", "/sys/fs/cgroup/memory"] {
        let group = Path::new(groups).join(format!("lockstep-{pid}"));
        if group.exists() {
            std::fs::remove_dir(group).expect("its control group is empty by now");
        }
    }
    std::fs::remove_dir_all(program.parent().expect("a folder")).expect("removed");
}
