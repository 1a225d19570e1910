//! The files of the repository.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

const NOT_OURS: [&str; 5] = [".git", ".local", "target", "node_modules", "assets"];

/// Every file by its path from the top, with its text.
pub static FILES: LazyLock<BTreeMap<PathBuf, String>> = LazyLock::new(|| {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the repository");
    let (mut folders, mut files) = (vec![root.to_owned()], BTreeMap::new());
    while let Some(folder) = folders.pop() {
        let entries = folder.read_dir().expect("a folder").map(|entry| entry.expect("an entry").path());
        for entry in entries.filter(|entry| !NOT_OURS.iter().any(|name| entry.ends_with(name))) {
            if entry.is_dir() {
                folders.push(entry);
                continue;
            }
            let path = entry.strip_prefix(root).expect("below the top").to_owned();
            files.insert(path, std::fs::read_to_string(&entry).unwrap_or_default());
        }
    }
    files
});

/// The files whose names end so.
pub fn ending(ending: &str) -> impl Iterator<Item = (&'static Path, &'static str)> {
    let files = FILES.iter().filter(move |(path, _)| path.extension().is_some_and(|its| its == ending));
    files.map(|(path, text)| (path.as_path(), text.as_str()))
}

/// The text of a file, or of all files below a folder.
pub fn all(top: &str) -> String {
    FILES.iter().filter(|(path, _)| path.starts_with(top)).map(|(_, text)| text.as_str()).collect()
}

/// Whether there is a file or folder whose path ends so, and in it `name`.
pub fn any(path: &str, name: &str) -> bool {
    let mut places = FILES.iter().filter(|(file, _)| file.ancestors().any(|part| part.ends_with(path)));
    places.any(|(_, text)| text.contains(name))
}
