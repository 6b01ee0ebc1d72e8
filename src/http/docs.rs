//! `/docs/`: the documentation of this version. A finding links to its runbook here, so it is available without internet
//! access.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use include_dir::{Dir, File, include_dir};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use pulldown_cmark::{Options, Parser};

use super::Context;

static DOCS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/docs");

/// The list of pages.
pub(super) async fn index(State(_): State<Context>) -> Html<String> {
    let pages = |folder: &'static Dir<'static>| {
        let titled =
            |file: &'static File<'static>| Some((file.path().to_str()?, title(file.contents_utf8()?)?));
        folder.files().filter(|file| is(file, "md")).filter_map(titled)
    };
    let folders = std::iter::once(&DOCS).chain(DOCS.dirs());
    let body = html! {
        h1 { "Documentation" }
        ul { @for (path, title) in folders.flat_map(pages) { li { a href=(path) { (title) } } } }
    };
    document("Documentation", "../", &body)
}

/// A page or picture.
pub(super) async fn page(Path(path): Path<String>) -> Response {
    let Some(file) = DOCS.get_file(&path) else {
        return match DOCS.get_dir(path.trim_end_matches('/')) {
            Some(_) => Redirect::permanent("README.md").into_response(),
            None => {
                (StatusCode::NOT_FOUND, format!("no such page: docs/{path}; see docs/\n")).into_response()
            }
        };
    };
    match file.contents_utf8() {
        Some(markdown) if is(file, "md") => {
            let mut body = String::new();
            pulldown_cmark::html::push_html(&mut body, Parser::new_ext(markdown, Options::ENABLE_TABLES));
            // Wide tables scroll; with a tab index, by keyboard too.
            let body = body.replace("<table>", "<table tabindex=\"0\">");
            let up = "../".repeat(path.matches('/').count() + 1);
            document(title(markdown).unwrap_or(&path), &up, &PreEscaped(body)).into_response()
        }
        _ if is(file, "png") => ([(CONTENT_TYPE, "image/png")], file.contents()).into_response(),
        _ => StatusCode::NOT_FOUND.into_response(),
    }
}

fn is(file: &File<'_>, extension: &str) -> bool {
    file.path().extension().is_some_and(|own| own == extension)
}

/// An HTML document with this content. `up` is the relative URL of the overview.
fn document(title: &str, up: &str, body: &Markup) -> Html<String> {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width,initial-scale=1";
                title { (title) " · runpod-exporter" }
                link rel="stylesheet" href={ (up) "overview.css" };
                link rel="icon" href="data:,";
            }
            body {
                nav aria-label="This exporter" { a href=(up) { "Overview" } a href={ (up) "docs/" } { "Docs" } }
                main { (body) }
            }
        }
    };
    Html(markup.into_string())
}

/// The first heading.
fn title(markdown: &str) -> Option<&str> {
    markdown.lines().find_map(|line| line.strip_prefix("# "))
}
