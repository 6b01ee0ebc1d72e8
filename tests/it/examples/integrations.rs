//! The configurations of autoscalers and collectors on docs/integrations.md. Objects of Kubernetes are validated with the chart, by
//! `make check-deploy`.

use super::*;

/// The values of a key, wherever it is.
fn values<'a>(document: &'a Value, key: &str, found: &mut Vec<&'a str>) {
    match document {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == key {
                    found.extend(value.as_str());
                }
                values(value, key, found);
            }
        }
        Value::Array(elements) => {
            for element in elements {
                values(element, key, found);
            }
        }
        _ => {}
    }
}

/// Queries are parsed, and series exist.
pub(super) fn check(text: &str, page: &str) {
    let document: Value = serde_saphyr::from_str(text).unwrap_or_else(|error| panic!("{page}: {error}"));
    let mut queries = Vec::new();
    for key in ["query", "valueLocation", "metricsQuery", "seriesQuery"] {
        values(&document, key, &mut queries);
    }
    for query in &queries {
        accepts(&[query.replace("<<.LabelMatchers>>", "a=\"b\"")]);
        exist(query, page);
    }
    if let Some(config) = document.pointer("/receivers/prometheus/config") {
        promtool("config", &config.to_string(), page);
    }
    for metric in document.pointer("/instances/0/metrics").and_then(Value::as_array).into_iter().flatten() {
        let name = metric.as_object().unwrap().keys().next().unwrap();
        // The check of Datadog removes the end of counters.
        let is_counter = families().any(|family| family.header().name == format!("{name}_total"));
        exist(&if is_counter { format!("{name}_total") } else { name.clone() }, page);
    }
    let is_known = !queries.is_empty()
        || ["/receivers/prometheus/config", "/instances/0/metrics/0", "/spec/metrics/0/external/metric/name"]
            .iter()
            .any(|path| document.pointer(path).is_some());
    assert!(is_known, "{page}: nothing was checked in\n{text}");
    let mut names = Vec::new();
    values(&document["spec"]["metrics"], "name", &mut names);
    for name in names {
        exist(name, page);
    }
}

/// vmagent has a parser of its own for Prometheus's configuration.
#[test]
fn vmagent_accepts_its_configuration() {
    let own =
        |block: &Block| block.page.ends_with("integrations.md") && block.text.starts_with("scrape_configs");
    let block = blocks("yaml").into_iter().find(own).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let run = |text: &str| {
        let file = folder.path().join("vmagent.yml");
        std::fs::write(&file, text).unwrap();
        let output =
            Command::new("vmagent").arg("-dryRun").arg("-promscrape.config").arg(&file).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (is_accepted, error) = run(&block.text);
    assert!(is_accepted, "{error}");
    assert!(!run(&block.text.replace("scrape_timeout", "timeout_of_scrape")).0);
}

/// No parser of Alloy's language is a package: the blocks are those that exist, with the arguments that they have, and brackets match.
#[test]
fn alloy_has_only_known_blocks_and_arguments() {
    const KNOWN: [(&str, &[&str]); 4] = [
        ("prometheus.scrape", &["targets", "scrape_interval", "scrape_timeout", "forward_to"]),
        ("prometheus.remote_write", &[]),
        ("endpoint", &["url"]),
        ("discovery.http", &["url"]),
    ];
    let header = Regex::new(r#"^\s*([a-z_.]+)(?: "[a-z_]+")? \{$"#).unwrap();
    let argument = Regex::new(r"^\s*([a-z_]+) += \S.*$").unwrap();
    let blocks = blocks("alloy");
    assert!(blocks.len() > 1);
    for block in blocks {
        let mut open = Vec::new();
        for line in block.text.lines().filter(|line| !line.is_empty()) {
            let arguments = open.last().copied();
            if let Some(found) = header.captures(line) {
                let known = KNOWN.iter().find(|(name, _)| *name == &found[1]);
                open.push(known.unwrap_or_else(|| panic!("unknown block: {line}")).1);
            } else if let Some(found) = argument.captures(line) {
                assert!(arguments.is_some_and(|known: &[&str]| known.contains(&&found[1])), "{line}");
                assert_eq!(line.matches(['[', '{']).count(), line.matches([']', '}']).count(), "{line}");
            } else {
                assert_eq!(line.trim(), "}");
                assert!(open.pop().is_some(), "{line}");
            }
        }
        assert!(open.is_empty(), "a bracket is missing: {}", block.text);
    }
}
