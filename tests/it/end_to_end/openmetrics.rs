//! Converts scrapes to one OpenMetrics file, the input of promtool for creating blocks.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use jiff::Timestamp;

use crate::support::Exposition;

/// The labels that Prometheus adds to the series of a target.
const TARGET: &str = "job=\"runpod\",instance=\"exporter:10736\"";

/// Samples by family: the format requires all samples of a family in one place.
#[derive(Debug, Default)]
pub(super) struct OpenMetrics {
    families: BTreeMap<String, Family>,
}

#[derive(Debug, Default)]
struct Family {
    kind: String,
    samples: String,
}

impl OpenMetrics {
    /// Adds a scrape, with the series that Prometheus adds about it.
    pub(super) fn add(&mut self, page: &Exposition, at: Timestamp) {
        self.add_from(page, at, TARGET);
    }

    /// Adds a scrape of a target with these labels.
    pub(super) fn add_from(&mut self, page: &Exposition, at: Timestamp, target: &str) {
        let at = at.as_second();
        let mut family = &mut Family::default();
        let mut count = 0;
        for line in page.0.lines() {
            if let Some((name, kind)) = line.strip_prefix("# TYPE ").and_then(|rest| rest.split_once(' ')) {
                family = self.family(name, kind);
            } else if !line.starts_with('#') {
                let (series, value) = line.rsplit_once(' ').unwrap();
                let series = match series.strip_suffix('}') {
                    Some(labelled) => format!("{labelled},{target}}}"),
                    None => format!("{series}{{{target}}}"),
                };
                writeln!(family.samples, "{series} {value} {at}").unwrap();
                count += 1;
            }
        }
        for (name, value) in [("up", 1), ("scrape_samples_scraped", count)] {
            writeln!(self.family(name, "gauge").samples, "{name}{{{target}}} {value} {at}").unwrap();
        }
    }

    /// The family of a name. A counter's family has no `_total`; an untyped one is unknown.
    fn family(&mut self, name: &str, kind: &str) -> &mut Family {
        let name = if kind == "counter" { name.strip_suffix("_total").unwrap() } else { name };
        let family = self.families.entry(name.to_owned()).or_default();
        kind.replace("untyped", "unknown").clone_into(&mut family.kind);
        family
    }

    pub(super) fn text(&self) -> String {
        let families = self.families.iter();
        let text =
            families.map(|(name, Family { kind, samples })| format!("# TYPE {name} {kind}\n{samples}"));
        text.collect::<String>() + "# EOF\n"
    }
}
