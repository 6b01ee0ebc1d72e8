//! The list of pages, in groups.

use axum::extract::State;
use axum::response::Html;
use maud::{Markup, html};

use super::{Context, document};
use crate::docs::{self, About, Content, GROUPS, Runbook};

pub(in crate::http) async fn index(State(_): State<Context>) -> Html<String> {
    let runbooks = docs::runbooks();
    let body = html! {
        h1 { "Documentation" }
        @for (group, pages) in GROUPS {
            h2 { (group) }
            ul { @for (name, about) in *pages { li { a href=(name) { (title(name)) } ": " (about) } } }
        }
        h2 #runbooks { "Runbooks" }
        @for about in About::ALL {
            h3 { (about.heading()) }
            ul { @for runbook in runbooks.iter().filter(|runbook| runbook.about == *about) { (item(runbook)) } }
        }
    };
    document("Documentation", "../", &body)
}

fn title(name: &'static str) -> &'static str {
    match docs::file(name) {
        Some((_, Content::Markdown(markdown))) => docs::title(markdown).unwrap_or(name),
        _ => name,
    }
}

fn item(runbook: &Runbook) -> Markup {
    html! {
        li {
            a href=(runbook.page()) { (runbook.name) } ": " (runbook.summary())
            @if !runbook.findings.is_empty() {
                " " span.quiet { @for (n, finding) in runbook.findings.iter().enumerate() {
                    @if n > 0 { ", " }
                    code { (finding) }
                } }
            }
        }
    }
}
