//! What is fuzzed: each function takes any bytes, and panics if the exporter does what it must not do. `fuzz/` runs them under
//! libFuzzer; the test beside this module runs them on their seeds, and on what was found.

mod config;
mod scrape;
mod text;

/// What is fuzzed.
pub(crate) struct Target {
    /// Its name, also that of its folder of seeds.
    pub(crate) name: &'static str,
    pub(crate) run: fn(&[u8]),
    /// The beginnings of the names of fixtures that are seeds, too.
    pub(crate) fixtures: &'static [&'static str],
}

const fn target(name: &'static str, run: fn(&[u8]), fixtures: &'static [&'static str]) -> Target {
    Target { name, run, fixtures }
}

/// All targets.
pub(crate) const ALL: &[Target] = &[
    target("graphql", scrape::graphql, &["graphql", "synthetic_graphql"]),
    target("rest", scrape::rest, &["rest"]),
    target("jobs", scrape::jobs, &["health", "synthetic_request"]),
    target("events", text::events, &["worker_logs"]),
    target("webhook", text::webhook, &["webhook", "status", "runsync"]),
    target("push", text::push, &["webhook", "status"]),
    target("accept", text::accept, &[]),
    target("accounts", config::accounts, &[]),
    target("web", config::web, &[]),
];
