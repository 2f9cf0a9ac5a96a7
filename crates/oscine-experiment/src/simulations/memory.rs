//! The available memory: what the system has free, within the limits of a container.

use std::fs;
use std::path::Path;

/// The available memory: bytes that can be taken without swapping; `None` where the system does not say.
#[must_use]
pub(crate) fn available_memory() -> Option<u64> {
    let system = fs::read_to_string("/proc/meminfo")
        .ok()
        .and_then(|text| available_in(&text));
    let container = container_memory(Path::new("/sys/fs/cgroup"));
    match (system, container) {
        (Some(system), Some(container)) => Some(system.min(container)),
        (either, other) => either.or(other),
    }
}

/// `MemAvailable` of `/proc/meminfo`, which counts in kB of 1024 bytes.
fn available_in(text: &str) -> Option<u64> {
    let line = text
        .lines()
        .find_map(|line| line.strip_prefix("MemAvailable:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kilobytes.checked_mul(1024)
}

/// The available memory of a control group (version 2, then 1); the page cache that it counts is given up when needed.
fn container_memory(root: &Path) -> Option<u64> {
    let number = |path: &str| -> Option<u64> {
        fs::read_to_string(root.join(path))
            .ok()?
            .trim()
            .parse()
            .ok()
    };
    let cached = |path: &str, name: &str| -> u64 {
        let text = fs::read_to_string(root.join(path)).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix(name));
        line.and_then(|rest| rest.trim().parse().ok()).unwrap_or(0)
    };
    if let Some(limit) = number("memory.max") {
        let used = number("memory.current")?;
        let given_up = cached("memory.stat", "file ");
        return Some(limit.saturating_sub(used.saturating_sub(given_up)));
    }
    let limit = number("memory/memory.limit_in_bytes")?;
    let used = number("memory/memory.usage_in_bytes")?;
    let given_up = cached("memory/memory.stat", "total_cache ");
    Some(limit.saturating_sub(used.saturating_sub(given_up)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_available_line_is_read_in_bytes() {
        let text = "MemTotal:       24600000 kB\nMemFree: 1 kB\nMemAvailable:     2048 kB\n";
        assert_eq!(available_in(text), Some(2 << 20));
        assert_eq!(available_in("MemTotal: 1 kB\n"), None);
    }

    #[test]
    fn a_container_leaves_its_limit_less_what_is_used_and_not_cached() {
        let root = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        write("memory.max", "1000\n");
        write("memory.current", "700\n");
        write("memory.stat", "anon 500\nfile 200\n");
        assert_eq!(container_memory(root.path()), Some(500));
        write("memory.max", "max\n");
        assert_eq!(container_memory(root.path()), None);
    }
}
