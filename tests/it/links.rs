//! The links of the documents in the repository. One to a file that is not served becomes plain text on the exporter's pages, so
//! that a link to a file that does not exist would vanish there without a sign.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use crate::findings::repository;

/// Folders whose documents are not ours.
const FOREIGN: &[&str] = &["node_modules", "target", "fixtures"];

/// The documents below a folder.
fn documents(folder: &Path, found: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && !path.is_symlink() {
            if !name.starts_with('.') && !FOREIGN.contains(&&*name) {
                documents(&path, found);
            }
        } else if path.extension().is_some_and(|extension| extension == "md") {
            found.push(path);
        }
    }
}

/// The ids of the headings of a document, as code hosts make them.
fn headings(markdown: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut heading: Option<String> = None;
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(text) = &mut heading {
                    text.push_str(&part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let text = heading.take().unwrap().to_lowercase();
                let kept = text.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
                found.insert(kept.collect::<String>().replace(' ', "-"));
            }
            _ => {}
        }
    }
    found
}

/// A path without `.` and `..`, which need not exist.
fn normal(path: &Path) -> PathBuf {
    path.components().fold(PathBuf::new(), |mut normal, part| {
        match part {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            part => normal.push(part),
        }
        normal
    })
}

/// Why a link of a document leads nowhere.
fn problem(document: &Path, markdown: &str, link: &str) -> Option<String> {
    if link.contains("://") || link.starts_with("mailto:") {
        return None;
    }
    let (path, fragment) = link.split_once('#').map_or((link, None), |(path, id)| (path, Some(id)));
    let target = normal(&document.parent().unwrap().join(path));
    if !target.starts_with(repository("")) {
        return Some("leaves the repository".to_owned());
    }
    if !path.is_empty() && !target.exists() {
        return Some("there is no such file".to_owned());
    }
    let text = match target.extension() {
        _ if path.is_empty() => markdown.to_owned(),
        Some(extension) if extension == "md" => fs::read_to_string(&target).unwrap(),
        _ => return None,
    };
    let id = fragment?;
    (!headings(&text).contains(id)).then(|| "there is no such heading".to_owned())
}

/// The links and pictures of a document that lead nowhere.
fn broken(document: &Path, markdown: &str) -> Vec<String> {
    let links = Parser::new_ext(markdown, Options::ENABLE_TABLES).filter_map(|event| match event {
        Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => Some(dest_url),
        _ => None,
    });
    links.filter_map(|link| Some(format!("{link}: {}", problem(document, markdown, &link)?))).collect()
}

#[test]
fn every_link_of_every_document_leads_to_a_file_and_to_a_heading() {
    let mut paths = Vec::new();
    documents(&repository(""), &mut paths);
    assert!(paths.len() > 50, "{}", paths.len());
    let mut problems = Vec::new();
    for path in paths {
        let markdown = fs::read_to_string(&path).unwrap();
        problems.extend(broken(&path, &markdown).iter().map(|link| format!("{}: {link}", path.display())));
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn a_link_that_leads_nowhere_is_found() {
    let document = repository("docs/runbooks/X.md");
    for (markdown, expected) in [
        ("[a](../logs.md) [b](../alerting.md#receivers) [c](../../src/lib.rs) [d](https://runpod.io)", None),
        ("[a](RunpodNone.md)", Some("RunpodNone.md: there is no such file")),
        ("![a](../none.png)", Some("../none.png: there is no such file")),
        ("[a](../logs.md#none)", Some("../logs.md#none: there is no such heading")),
        ("# Some `code`, twice\n[a](#some-code-twice)", None),
        ("[a](#none)", Some("#none: there is no such heading")),
        ("[a][b]\n\n[b]: ../none.md", Some("../none.md: there is no such file")),
        ("[a](../../../none.md)", Some("../../../none.md: leaves the repository")),
    ] {
        assert_eq!(broken(&document, markdown).first().map(String::as_str), expected, "{markdown}");
    }
}
