//! Pages as HTML. Their links are relative to their place in the repository, and lead to what is served.

use std::collections::HashMap;

use maud::{Markup, PreEscaped};
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd};

use super::up;
use crate::docs::{name_of, place_of, resolve};

/// The page with this name as HTML.
pub(super) fn html(markdown: &str, name: &str) -> Markup {
    let mut events: Vec<Event<'_>> = Parser::new_ext(markdown, Options::ENABLE_TABLES).collect();
    set_ids(&mut events);
    let events = with_links(events, name);
    let mut body = String::new();
    pulldown_cmark::html::push_html(&mut body, events.into_iter());
    // Wide tables and code scroll; with a tab index, by keyboard too.
    PreEscaped(body.replace("<table>", "<table tabindex=\"0\">").replace("<pre>", "<pre tabindex=\"0\">"))
}

/// Gives each heading the id that links to it use.
fn set_ids(events: &mut [Event<'_>]) {
    let mut used: HashMap<String, usize> = HashMap::new();
    let mut ids = Vec::new();
    let mut text: Option<String> = None;
    for event in &*events {
        match event {
            Event::Start(Tag::Heading { .. }) => text = Some(String::new()),
            Event::Text(part) | Event::Code(part) => {
                if let Some(text) = &mut text {
                    text.push_str(part);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let id = slug(&text.take().unwrap_or_default());
                let times = used.entry(id.clone()).or_default();
                ids.push(if *times == 0 { id } else { format!("{id}-{times}") });
                *times += 1;
            }
            _ => {}
        }
    }
    let mut ids = ids.into_iter();
    for event in events {
        if let Event::Start(Tag::Heading { id, .. }) = event {
            *id = ids.next().map(CowStr::from);
        }
    }
}

/// The id of a heading, as code hosts make it.
fn slug(heading: &str) -> String {
    let kept = heading.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_'));
    kept.collect::<String>().to_lowercase().replace(' ', "-")
}

/// Leads links to what is served. A link to another file of the repository, which is not served, becomes text.
fn with_links<'a>(events: Vec<Event<'a>>, name: &str) -> Vec<Event<'a>> {
    let mut is_text = Vec::new();
    let mut shown = Vec::new();
    for event in events {
        match event {
            Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                let url = served(&dest_url, name);
                is_text.push(url.is_none());
                if let Some(url) = url {
                    shown.push(Event::Start(Tag::Link { link_type, dest_url: url.into(), title, id }));
                }
            }
            Event::End(TagEnd::Link) => {
                if !is_text.pop().unwrap_or_default() {
                    shown.push(Event::End(TagEnd::Link));
                }
            }
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let url = served(&dest_url, name).unwrap_or_else(|| dest_url.to_string());
                shown.push(Event::Start(Tag::Image { link_type, dest_url: url.into(), title, id }));
            }
            event => shown.push(event),
        }
    }
    shown
}

/// The URL of the target of a link; `None` if the target is not served.
fn served(link: &str, name: &str) -> Option<String> {
    if link.starts_with('#') || link.contains("://") || link.starts_with("mailto:") {
        return Some(link.to_owned());
    }
    let (path, fragment) =
        link.split_once('#').map_or((link, None), |(path, fragment)| (path, Some(fragment)));
    let place = resolve(&place_of(name), path)?;
    let target = name_of(&place)?;
    let fragment = fragment.map(|fragment| format!("#{fragment}")).unwrap_or_default();
    Some(format!("{}docs/{target}{fragment}", up(name)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_what_is_served() {
        let html = |markdown: &str, name: &str| html(markdown, name).into_string();
        for (markdown, name, expected) in [
            ("[a](docs/logs.md)", "README.md", "<p><a href=\"../docs/logs.md\">a</a></p>\n"),
            (
                "[a](../logs.md#in-loki)",
                "runbooks/X.md",
                "<p><a href=\"../../docs/logs.md#in-loki\">a</a></p>\n",
            ),
            ("[a](https://runpod.io)", "logs.md", "<p><a href=\"https://runpod.io\">a</a></p>\n"),
            ("[a](#b)", "logs.md", "<p><a href=\"#b\">a</a></p>\n"),
            ("[src](../src/lib.rs)", "logs.md", "<p>src</p>\n"),
            (
                "![p](docs/overview.png)",
                "README.md",
                "<p><img src=\"../docs/overview.png\" alt=\"p\" /></p>\n",
            ),
            (
                "## As a `counter`, twice\n## As a counter twice",
                "logs.md",
                "<h2 id=\"as-a-counter-twice\">As a <code>counter</code>, twice</h2>\n<h2 id=\"as-a-counter-twice-1\">As a counter twice</h2>\n",
            ),
        ] {
            assert_eq!(html(markdown, name), expected);
        }
    }
}
