//! The Rust files of a crate, and the paths that each of them names.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use regex::Regex;

/// A module as its path below the crate: `["gather", "cache"]`. The crate's root is empty.
pub(super) type Module = Vec<String>;

/// The modules of one crate and the modules that each of them uses.
#[derive(Debug)]
pub(super) struct Crate {
    pub(super) uses: BTreeMap<Module, BTreeSet<Module>>,
}

/// Every Rust file below a folder.
pub(super) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

/// The code of a file without comments and unit tests. Unit tests may have other dependencies.
pub(super) fn code(path: &Path) -> String {
    let text = std::fs::read_to_string(path).unwrap();
    let code = text.split("\n#[cfg(test)]\nmod tests").next().unwrap();
    code.lines().filter(|line| !line.trim_start().starts_with("//")).flat_map(|line| [line, "\n"]).collect()
}

impl Crate {
    /// Reads the crate whose sources are in this folder. Files of its tests are left out.
    pub(super) fn read(folder: &Path) -> Self {
        let mut sources = BTreeMap::new();
        for file in files(folder) {
            let module = module(file.strip_prefix(folder).unwrap());
            if !module.iter().any(|part| part == "tests" || part == "main" || part == "testing") {
                sources.insert(module, code(&file));
            }
        }
        let paths: BTreeMap<Module, Vec<Vec<String>>> =
            sources.iter().map(|(module, code)| (module.clone(), paths(module, code))).collect();
        let exports: BTreeMap<Module, BTreeMap<String, Vec<String>>> =
            sources.iter().map(|(module, code)| (module.clone(), exports(module, code))).collect();
        let modules: BTreeSet<Module> = sources.into_keys().collect();
        let uses = paths.into_iter().map(|(module, paths)| {
            let targets = paths.into_iter().map(|path| owner(&path, &modules, &exports));
            let targets = targets.filter(|target| *target != module).collect();
            (module, targets)
        });
        Self { uses: uses.collect() }
    }
}

fn module(file: &Path) -> Module {
    let mut parts: Vec<String> =
        file.with_extension("").iter().map(|part| part.to_string_lossy().into_owned()).collect();
    if parts.last().is_some_and(|last| last == "mod" || last == "lib") {
        parts.pop();
    }
    parts
}

/// The module that defines what a path names: re-exports are followed.
fn owner(
    path: &[String],
    modules: &BTreeSet<Module>,
    exports: &BTreeMap<Module, BTreeMap<String, Vec<String>>>,
) -> Module {
    let mut path = path.to_vec();
    for _ in 0..8 {
        let length = (0..=path.len()).rev().find(|length| modules.contains(&path[..*length])).unwrap_or(0);
        let module = path[..length].to_vec();
        let name = path.get(length);
        match name.and_then(|name| exports.get(&module)?.get(name)) {
            Some(elsewhere) => path = elsewhere.clone(),
            None => return module,
        }
    }
    panic!("{path:?} is exported in a loop");
}

/// The re-exports of a module, and their origins.
fn exports(module: &[String], code: &str) -> BTreeMap<String, Vec<String>> {
    let statement = Regex::new(r"pub(?:\([a-z]+\))? use ([^;]+);").unwrap();
    let mut exports = BTreeMap::new();
    for capture in statement.captures_iter(code) {
        for (path, alias) in expand(&capture[1]) {
            // In an export, a bare path begins at the module itself.
            let path = absolute(module, &path).unwrap_or_else(|| [module, &path].concat());
            let Some(name) = alias.or_else(|| path.last().cloned()) else { continue };
            // A macro is exported under its own name.
            if path != [module, std::slice::from_ref(&name)].concat() {
                exports.insert(name, path);
            }
        }
    }
    exports
}

/// Every path of this crate that a file names, in `use` statements and elsewhere.
fn paths(module: &[String], code: &str) -> Vec<Vec<String>> {
    let statement = Regex::new(r"(?m)^\s*(pub(?:\([a-z]+\))? )?use ([^;]+);").unwrap();
    let inline = Regex::new(r"\b(?:crate|super|self)(?:::[A-Za-z_0-9]+)+").unwrap();
    let mut found: Vec<_> =
        statement.captures_iter(code).flat_map(|capture| expand(&capture[2])).map(|(path, _)| path).collect();
    let rest = statement.replace_all(code, "");
    found.extend(inline.find_iter(&rest).map(|found| parts(found.as_str())));
    found.into_iter().filter_map(|path| absolute(module, &path)).collect()
}

fn parts(path: &str) -> Vec<String> {
    path.split("::").map(|part| part.trim().to_owned()).collect()
}

/// A path below the crate, if it begins in this crate.
fn absolute(module: &[String], path: &[String]) -> Option<Vec<String>> {
    let (first, rest) = path.split_first()?;
    let mut from = match first.as_str() {
        "crate" => Vec::new(),
        "self" => module.to_vec(),
        "super" => module[..module.len().saturating_sub(1)].to_vec(),
        _ => return None,
    };
    for part in rest {
        match part.as_str() {
            "super" => drop(from.pop()),
            "self" | "*" => {}
            part => from.push(part.to_owned()),
        }
    }
    Some(from)
}

/// The single paths of a `use` tree, each with its alias.
fn expand(tree: &str) -> Vec<(Vec<String>, Option<String>)> {
    let tree = tree.trim();
    let Some((before, group)) = tree.split_once('{') else {
        let (path, alias) = tree.split_once(" as ").map_or((tree, None), |(path, alias)| (path, Some(alias)));
        return vec![(parts(path), alias.map(|alias| alias.trim().to_owned()))];
    };
    let group = group.strip_suffix('}').unwrap_or(group);
    let (mut depth, mut start, mut items) = (0, 0, Vec::new());
    for (at, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                items.push(&group[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    items.push(&group[start..]);
    let items = items.into_iter().filter(|item| !item.trim().is_empty());
    items.flat_map(|item| expand(&format!("{before}{}", item.trim()))).collect()
}

#[test]
fn a_use_tree_is_expanded() {
    let found = expand("crate::a::{self, b::{C, D as E}, f}");
    let names: Vec<_> = found.iter().map(|(path, alias)| (path.join("::"), alias.as_deref())).collect();
    let expected = [
        ("crate::a::self", None),
        ("crate::a::b::C", None),
        ("crate::a::b::D", Some("E")),
        ("crate::a::f", None),
    ];
    assert_eq!(names, expected.map(|(path, alias)| (path.to_owned(), alias)));
}
