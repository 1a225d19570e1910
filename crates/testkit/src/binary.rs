//! Finds the `lockstep` program under test.

use std::path::{Path, PathBuf};

/// `LOCKSTEP_BIN`, or `lockstep` in the target folder that the running test was built into.
///
/// # Panics
/// When there is no such file, naming where it was looked for and how to build it.
pub fn lockstep() -> PathBuf {
    if let Some(path) = std::env::var_os("LOCKSTEP_BIN") {
        let path = PathBuf::from(path);
        assert!(path.is_file(), "LOCKSTEP_BIN={} is not a file", path.display());
        return path;
    }
    let test = std::env::current_exe().expect("the running test has a path");
    beside(&test).unwrap_or_else(|| {
        panic!(
            "no `lockstep` in the folders above {}: build it with `cargo build -p lockstep-server`, or name it in LOCKSTEP_BIN",
            test.display()
        )
    })
}

/// Tests run from `target/<profile>/deps`, binaries from `target/<profile>`.
fn beside(test: &Path) -> Option<PathBuf> {
    test.ancestors().skip(1).take(3).map(|folder| folder.join("lockstep")).find(|path| path.is_file())
}
