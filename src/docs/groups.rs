//! The pages by what a reader wants. Runbooks are grouped by what they are about: see `runbooks`.

/// A group of pages, each with what it contains.
pub(crate) type Group = (&'static str, &'static [(&'static str, &'static str)]);

/// Every page but the runbooks.
pub(crate) const GROUPS: &[Group] = &[
    (
        "Set up",
        &[
            ("README.md", "what the exporter does, and how to start it"),
            ("how-it-works.md", "data flow, on one page"),
            ("install.md", "each way to install, verify, upgrade and uninstall"),
            ("configuration.md", "the configuration file, reload, several accounts"),
            ("kubernetes.md", "the Helm chart, shards, webhooks, TLS"),
            ("dashboards.md", "Grafana dashboards"),
            ("alerting.md", "alerts, Alertmanager, pairs of exporters"),
            ("flags.md", "every command and flag"),
            ("latency.md", "job latency from webhooks and pushes"),
            ("workloads.md", "metrics of vLLM and others on pods: discovery for Prometheus"),
            ("scaling.md", "numbers of series, high availability, many accounts"),
            ("integrations.md", "KEDA, prometheus-adapter, OpenTelemetry, Alloy, VictoriaMetrics, Datadog"),
            ("migration.md", "from other exporters: their series, and ours"),
            ("formats.md", "text, OpenMetrics and protobuf; native histograms and exemplars"),
        ],
    ),
    (
        "Find a problem",
        &[
            ("runbooks/README.md", "a page for every alert and finding"),
            ("faq.md", "questions and answers"),
            ("logs.md", "logs on the terminal, as a counter, in Loki"),
            ("status.md", "the status as JSON"),
            ("doctor.md", "what the key, the APIs and this machine allow"),
            ("recording.md", "recordings of an account, for bug reports and tests"),
        ],
    ),
    (
        "Look something up",
        &[
            ("metrics.md", "every metric"),
            ("glossary.md", "the terms that this project uses"),
            ("apis.md", "Runpod's APIs: sources, fallbacks, pauses, quota"),
            ("limits.md", "every limit, and the series that shows it"),
            ("benchmarks.md", "how fast it is"),
            ("soak.md", "what it uses over a long time"),
            ("simulator.md", "the simulated Runpod, scenes and faults"),
        ],
    ),
    (
        "The project",
        &[
            ("CHANGELOG.md", "what changed"),
            ("stability.md", "what a version may change, and how a metric is retired"),
            ("dependencies.md", "each dependency with what it is used for"),
            ("SECURITY.md", "reporting a vulnerability, handling of keys"),
            ("CONTRIBUTING.md", "recipes for a metric, a field and a finding"),
        ],
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::{pages, runbooks};
    use super::*;

    #[test]
    fn every_page_is_in_one_group() {
        let grouped: Vec<_> =
            GROUPS.iter().flat_map(|(_, pages)| pages.iter().map(|(name, _)| *name)).collect();
        let unique: BTreeSet<_> = grouped.iter().copied().collect();
        assert_eq!(unique.len(), grouped.len(), "a page is in two groups");
        let runbooks: BTreeSet<_> = runbooks().into_iter().map(|runbook| runbook.page()).collect();
        let others: BTreeSet<_> = pages().into_iter().filter(|page| !runbooks.contains(*page)).collect();
        assert_eq!(unique, others, "add the page to GROUPS");
    }
}
