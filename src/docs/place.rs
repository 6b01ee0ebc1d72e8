//! The two paths of a file: its place in the repository, and the name under which it is served below `/docs/`.

use super::{ROOT, content};

/// The folder of the documentation in the repository.
const FOLDER: &str = "docs/";

/// The place in the repository of the file with this name.
pub(crate) fn place_of(name: &str) -> String {
    let is_elsewhere = name.starts_with("prometheus/") || ROOT.iter().any(|(root, _)| *root == name);
    if is_elsewhere { name.to_owned() } else { format!("{FOLDER}{name}") }
}

/// The name of the file at this place; `None` if it is not part of the documentation.
pub(crate) fn name_of(place: &str) -> Option<&str> {
    let name = place.strip_prefix(FOLDER).unwrap_or(place);
    (content(name).is_some() && place_of(name) == place).then_some(name)
}

/// The place to which a link leads that is at another place; `None` if it leaves the repository.
pub(crate) fn resolve(from: &str, link: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in link.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop()?;
            }
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_relative_to_the_place_of_their_page() {
        for (from, link, name) in [
            ("README.md", "docs/logs.md", Some("logs.md")),
            ("README.md", "SECURITY.md", Some("SECURITY.md")),
            ("docs/runbooks/RunpodQueueDeep.md", "../configuration.md", Some("configuration.md")),
            ("docs/runbooks/README.md", "RunpodQueueDeep.md", Some("runbooks/RunpodQueueDeep.md")),
            (
                "docs/runbooks/README.md",
                "../../prometheus/rules/runpod.alerts.yml",
                Some("prometheus/rules/runpod.alerts.yml"),
            ),
            ("docs/dashboards.md", "../grafana/dashboards", None),
            ("docs/dashboards.md", "../README.md", Some("README.md")),
            ("docs/dashboards.md", "README.md", None),
            ("docs/dashboards.md", "../../../etc/passwd", None),
        ] {
            let place = resolve(from, link);
            assert_eq!(place.as_deref().and_then(name_of), name, "{from}: {link}");
        }
    }
}
