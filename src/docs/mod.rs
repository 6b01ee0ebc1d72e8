//! The documentation that is part of the program: the pages, the runbooks, and the files that they link to.
//!
//! A page has two paths: its place in the repository, in which its links are relative, and its name, under which it is served
//! below `/docs/`. How it is shown does not belong here.

mod about;
mod groups;
mod place;
mod runbooks;

use include_dir::{Dir, File, include_dir};

pub(crate) use self::about::About;
pub(crate) use self::groups::GROUPS;
pub(crate) use self::place::{name_of, place_of, resolve};
pub(crate) use self::runbooks::{Runbook, UnknownRunbook, runbook, runbooks};

static DOCS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs");
static RULES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/prometheus/rules");
static MIGRATION: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/prometheus/migration");
static ALERTMANAGER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/prometheus/alertmanager");

/// The pages at the root of the repository.
const ROOT: [(&str, &str); 4] = [
    ("README.md", include_str!("../../README.md")),
    ("CHANGELOG.md", include_str!("../../CHANGELOG.md")),
    ("CONTRIBUTING.md", include_str!("../../CONTRIBUTING.md")),
    ("SECURITY.md", include_str!("../../SECURITY.md")),
];

/// A file of the documentation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    /// A page.
    Markdown(&'static str),
    /// A configuration file that a page links to.
    Text(&'static str),
    /// A picture, with its media type.
    Picture(&'static str, &'static [u8]),
}

/// The file with this name. The ending of a page can be left out.
pub(crate) fn file(name: &str) -> Option<(String, Content)> {
    [name.to_owned(), format!("{name}.md")]
        .into_iter()
        .find_map(|name| content(&name).map(|content| (name, content)))
}

fn content(name: &str) -> Option<Content> {
    if let Some((_, text)) = ROOT.iter().find(|(root, _)| *root == name) {
        return Some(Content::Markdown(text));
    }
    let of = |dir: &'static Dir<'static>, folder: &str| dir.get_file(name.strip_prefix(folder)?);
    let configuration = of(&RULES, "prometheus/rules/")
        .or_else(|| of(&MIGRATION, "prometheus/migration/"))
        .or_else(|| of(&ALERTMANAGER, "prometheus/alertmanager/"));
    if let Some(file) = configuration {
        return file.contents_utf8().map(Content::Text);
    }
    let file = DOCS.get_file(name)?;
    match extension(file)? {
        "md" => file.contents_utf8().map(Content::Markdown),
        "png" => Some(Content::Picture("image/png", file.contents())),
        "svg" => Some(Content::Picture("image/svg+xml", file.contents())),
        _ => None,
    }
}

/// Whether there is a folder of this name.
pub(crate) fn is_folder(name: &str) -> bool {
    DOCS.get_dir(name).is_some()
}

/// The names of all pages.
pub(crate) fn pages() -> Vec<&'static str> {
    let folders = std::iter::once(&DOCS).chain(DOCS.dirs());
    let files = folders.flat_map(Dir::files).filter(|file| extension(file) == Some("md"));
    let docs = files.filter_map(|file| file.path().to_str());
    ROOT.iter().map(|(name, _)| *name).chain(docs).collect()
}

fn extension(file: &File<'static>) -> Option<&'static str> {
    file.path().extension()?.to_str()
}

/// The first heading of a page.
pub(crate) fn title(markdown: &str) -> Option<&str> {
    markdown.lines().find_map(|line| line.strip_prefix("# "))
}
