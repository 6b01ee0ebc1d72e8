//! `/docs/`: the documentation of this version. A finding links to its runbook here, so it is available without internet
//! access.

mod index;
mod markdown;
mod missing;

use axum::extract::{Path, State};
use axum::http::header::CONTENT_TYPE;
use axum::response::{Html, IntoResponse, Redirect, Response};
use maud::{DOCTYPE, Markup, html};

pub(super) use self::index::index;
pub(super) use self::missing::route;
use super::Context;
use crate::docs::{self, Content};

/// `/docs`, from which links that are relative to `/docs/` would lead elsewhere.
pub(super) async fn folder(State(_): State<Context>) -> Redirect {
    Redirect::permanent("docs/")
}

/// A page, a picture or a configuration file.
pub(super) async fn page(Path(path): Path<String>) -> Response {
    let name = path.trim_end_matches('/');
    if docs::is_folder(name) {
        // Relative to the last slash of the path.
        let folder = if path.ends_with('/') { "" } else { name.rsplit('/').next().unwrap_or_default() };
        let to = if folder.is_empty() { "README.md".to_owned() } else { format!("{folder}/README.md") };
        return Redirect::permanent(&to).into_response();
    }
    match docs::file(&path) {
        Some((name, Content::Markdown(markdown))) => {
            let body = markdown::html(markdown, &name);
            document(docs::title(markdown).unwrap_or(&name), &up(&name), &body).into_response()
        }
        Some((_, Content::Picture(media_type, picture))) => {
            ([(CONTENT_TYPE, media_type)], picture).into_response()
        }
        Some((_, Content::Text(text))) => {
            ([(CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
        }
        None => missing::page(&path).into_response(),
    }
}

/// The relative URL of the overview from a page below `/docs/`.
fn up(name: &str) -> String {
    "../".repeat(name.matches('/').count() + 1)
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
                nav aria-label="This exporter" {
                    a href=(up) { "Overview" }
                    a href={ (up) "docs/" } { "Docs" }
                    a href={ (up) "docs/runbooks/README.md" } { "Runbooks" }
                }
                main { (body) }
            }
        }
    };
    Html(markup.into_string())
}
