//! Files of a crate must not import each other in a circle. A file imports what it names from `crate`, `super`, `self` or a module
//! below it. A name that a file only hands on (`pub use`) is an import of the file that it comes from.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Crates that have no circle and must get none, and crates whose circles are only printed.
const CLEAN: [&str; 4] = ["domain", "store", "engine", "server"];
const OTHERS: [&str; 0] = [];

/// What files name: a path such as `::tasks::page` below the crate, and whether it is in a `use`.
type Named = BTreeMap<String, Vec<(String, bool)>>;

/// Reads the code of modules, without tests, as words, `::` and braces.
fn read(folder: &Path, module: &str, code: &mut BTreeMap<String, String>) {
    for entry in std::fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path())
    {
        let stem = entry.file_stem().expect("a name").to_str().expect("UTF-8");
        let is_own = ["lib", "main", "mod"].contains(&stem);
        let name = if is_own { module.to_owned() } else { format!("{module}::{stem}") };
        if entry.is_dir() {
            read(&entry, &name, code);
        } else if !name.contains("tests") {
            let text = std::fs::read_to_string(&entry).expect("a source");
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            let lines = text.lines().filter(|line| !line.trim_start().starts_with("//"));
            let text: String = lines.map(|line| format!("{line}\n")).collect();
            let other = |c: char| !(c.is_alphanumeric() || c.is_whitespace() || "_:{}".contains(c));
            let text = text.replace("::", " :: ").replace('{', " { ").replace('}', " } ");
            code.insert(name, text.replace(other, " ; "));
        }
    }
}

fn parent(path: &str) -> &str {
    path.rsplit_once("::").map_or("", |(parent, _)| parent)
}

/// The paths in the code of a module, each with whether it is in a `use`: `a::{b, c}` is two. Those of other crates are `extern`.
fn paths(code: &BTreeMap<String, String>, module: &str) -> Vec<(String, bool)> {
    let (mut found, mut groups, mut path, mut in_use, mut before) = (vec![], vec![], None, false, "");
    let mut tokens = code[module].split_whitespace().peekable();
    while let Some(token) = tokens.next() {
        let base: Option<String> = path.take_if(|_| before == "::" || token == "::");
        found.extend(path.take().map(|path| (path, in_use)));
        match (token, base.as_ref().or(groups.last())) {
            ("::", _) => path = base,
            ("{", _) => groups.extend(base),
            ("}", _) => drop(groups.pop()),
            (";", _) => {}
            ("self", Some(base)) => path = Some(base.clone()),
            ("super", Some(base)) => path = Some(parent(base).to_owned()),
            (word, Some(base)) => path = Some(format!("{base}::{word}")),
            (word, None) if tokens.peek() == Some(&"::") => {
                let child = format!("{module}::{word}");
                in_use = before == "use";
                path = Some(match word {
                    "crate" => String::new(),
                    "self" => module.to_owned(),
                    "super" => parent(module).to_owned(),
                    _ if code.contains_key(&child) => child,
                    _ => "extern".to_owned(),
                });
            }
            (_, None) => {}
        }
        before = token;
    }
    found
}

/// The file that a path leads to; `extern` for one of another crate.
fn file<'a>(named: &Named, handed_on: &'a BTreeMap<String, &String>, mut path: &'a str) -> &'a str {
    // The number ends a name that is handed on in a circle.
    for _ in 0..20 {
        match named.contains_key(path) || path == "extern" {
            true => break,
            false => path = handed_on.get(path).map_or(parent(path), |from| from.as_str()),
        }
    }
    path
}

#[test]
fn files_of_a_crate_do_not_import_each_other_in_a_circle() {
    for name in CLEAN.iter().chain(&OTHERS) {
        let (mut code, mut handed_on) = (BTreeMap::new(), BTreeMap::new());
        read(&Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(name).join("src"), "", &mut code);
        let named: Named = code.keys().map(|module| (module.clone(), paths(&code, module))).collect();
        for (by, (path, in_use)) in
            named.iter().flat_map(|(by, paths)| paths.iter().map(move |path| (by, path)))
        {
            let last = path.rsplit("::").next().unwrap_or_default();
            handed_on.extend(in_use.then(|| (format!("{by}::{last}"), path)));
        }
        let imported = |path: &'_ (String, bool)| file(&named, &handed_on, &path.0).to_owned();
        let mut imports: BTreeMap<&String, BTreeSet<String>> = BTreeMap::new();
        for (by, paths) in &named {
            imports.insert(by, paths.iter().map(imported).filter(|to| to != by).collect());
        }
        // What imports nothing that is left, or is imported by nothing, is in no circle.
        for _ in 0..code.len() {
            let left: BTreeSet<&String> = imports.keys().copied().collect();
            imports.values_mut().for_each(|to| to.retain(|to| left.contains(to)));
            let imported: BTreeSet<String> = imports.values().flatten().cloned().collect();
            imports.retain(|module, to| !to.is_empty() && imported.contains(*module));
        }
        println!("{name}: {} of {} files are in circles", imports.len(), code.len());
        imports.iter().for_each(|(file, imported)| println!("    {file} imports {imported:?}"));
        assert!(imports.is_empty() || !CLEAN.contains(name), "{name} has got a circle");
    }
}
