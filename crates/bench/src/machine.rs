//! What the machine is, and what processes cost on it, from `/proc`.

use anyhow::Context;
use serde_json::{Value, json};
use std::process::Command;

/// CPU seconds of some processes, all their threads.
pub fn cpu_seconds(pids: &[u32]) -> f64 {
    pids.iter().filter_map(|pid| own_ticks(*pid)).sum::<f64>() / ticks_per_second()
}

/// CPU seconds of a process and of all children it has or had: Postgres.
pub fn cpu_seconds_of_family(parent: u32) -> f64 {
    let mut ticks = own_ticks(parent).unwrap_or(0.0) + ended_children_ticks(parent).unwrap_or(0.0);
    for pid in processes() {
        if stat(pid).is_some_and(|fields| fields.get(1).is_some_and(|ppid| *ppid == parent.to_string())) {
            ticks += own_ticks(pid).unwrap_or(0.0);
        }
    }
    ticks / ticks_per_second()
}

/// Resident bytes (proc_pid_statm(5)).
pub fn resident_bytes(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/statm"))?;
    let pages: u64 = text.split(' ').nth(1).context("statm has a second field")?.parse()?;
    Ok(pages * rustix::param::page_size() as u64)
}

/// Forgets the most that was ever resident (proc_pid_clear_refs(5)).
pub fn forget_peak(pid: u32) -> anyhow::Result<()> {
    Ok(std::fs::write(format!("/proc/{pid}/clear_refs"), "5")?)
}

/// The most bytes that were resident since (`VmHWM` of proc_pid_status(5)).
pub fn peak_bytes(pid: u32) -> anyhow::Result<u64> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:")).context("status has VmHWM")?;
    let kib: u64 = line.trim_end_matches("kB").trim().parse()?;
    Ok(kib * 1024)
}

fn processes() -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok()).collect()
}

/// The fields of `/proc/pid/stat` after the command's name: state is 0, ppid 1, utime 11 (proc_pid_stat(5)).
fn stat(pid: u32) -> Option<Vec<String>> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = text.rsplit_once(") ")?;
    Some(fields.split(' ').map(str::to_owned).collect())
}

fn sum(pid: u32, first: usize) -> Option<f64> {
    let fields = stat(pid)?;
    Some(fields.get(first)?.parse::<f64>().ok()? + fields.get(first + 1)?.parse::<f64>().ok()?)
}

fn own_ticks(pid: u32) -> Option<f64> {
    sum(pid, 11)
}

fn ended_children_ticks(pid: u32) -> Option<f64> {
    sum(pid, 13)
}

fn ticks_per_second() -> f64 {
    rustix::param::clock_ticks_per_second() as f64
}

pub fn parent_of(pid: u32) -> Option<u32> {
    stat(pid)?.get(1)?.parse().ok()
}

/// What a reader of the figures has to know.
pub fn describe() -> Value {
    let cpu = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = cpu
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("unknown", |l| l.trim_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(0, std::num::NonZero::get);
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kb: u64 = memory.split_whitespace().nth(1).and_then(|kb| kb.parse().ok()).unwrap_or(0);
    let load = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    json!({
        "cpu": model, "cores": cores, "memory_gib": kb / 1024 / 1024,
        "kernel": std::fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default().trim(),
        "load_average_before": load.split(' ').take(3).collect::<Vec<_>>().join(" "),
        "commit": said("git", &["rev-parse", "--short", "HEAD"]),
        "changed_files": said("git", &["status", "--porcelain"]).lines().count(),
        "date": said("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
    })
}

/// What a program prints, or nothing where it is missing.
pub fn said(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).args(arguments).output();
    output.map_or(String::new(), |output| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_of_this_process_is_counted() {
        let pid = std::process::id();
        let before = cpu_seconds(&[pid]);
        let started = std::time::Instant::now();
        let mut x = 1u64;
        while cpu_seconds(&[pid]) < before + 0.05 {
            x = x.wrapping_mul(31).wrapping_add(1);
            assert!(started.elapsed().as_secs() < 60, "{x}");
        }
        assert!(resident_bytes(pid).expect("this process has memory") > 1024 * 1024);
    }
}
