//! The report of a recording: what was requested and answered, what was replaced, what failed. `crates/recording` counts it.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use program::text::{Visible, visible};
use recording::{Entry, Tally};

use crate::format::items;

/// The exchanges with the same API, operation and result.
type Group<'a> = (&'a str, &'a str, String);

/// The report.
pub(super) fn text(folder: &Path, entries: &[Entry], tally: &Tally) -> String {
    let mut out = String::new();
    let mut groups: BTreeMap<Group<'_>, (usize, usize)> = BTreeMap::new();
    for entry in entries {
        let result = entry
            .status
            .map_or_else(|| entry.failure.clone().unwrap_or_default(), |status| status.to_string());
        let (requests, bytes) = groups.entry((&entry.api, &entry.operation, result)).or_default();
        *requests = requests.saturating_add(1);
        *bytes = bytes.saturating_add(entry.bytes);
    }
    line(
        &mut out,
        format_args!("{:8} {:16} {:12} {:>8} {:>10}", "API", "OPERATION", "ANSWER", "REQUESTS", "BYTES"),
    );
    for ((api, operation, result), (requests, bytes)) in &groups {
        line(&mut out, format_args!("{api:8} {operation:16} {result:12} {requests:>8} {bytes:>10}"));
    }
    line(&mut out, format_args!("\nReplaced by stand-ins:"));
    for (kind, times, different) in tally.counts() {
        line(&mut out, format_args!("  {:28} {times:>8} ({different} different)", kind.as_str()));
    }
    let unknown: Vec<_> = tally.unknown().collect();
    if !unknown.is_empty() {
        line(
            &mut out,
            format_args!(
                "\nThese fields had values that this version does not know, which were replaced, too:"
            ),
        );
        for (field, stand_in) in unknown {
            line(&mut out, format_args!("  {:28} {}", visible(field), Visible(stand_in)));
        }
    }
    outcome(&mut out, folder, entries);
    line(
        &mut out,
        format_args!(
            "Look through the files before you share them: only you know what is private in your account.\n\
             To see them as the exporter does: runpod-exporter serve --replay={}",
            Visible(&folder.display().to_string())
        ),
    );
    out
}

/// How many requests failed. Those by which the exporter finds the fields of GraphQL did not: the server rejects some in every account.
fn outcome(out: &mut String, folder: &Path, entries: &[Entry]) {
    let is_negotiation = |entry: &&Entry| entry.api == "graphql" && entry.status == Some(400);
    let is_failed = |entry: &&Entry| entry.status.is_none_or(|status| status >= 300);
    let rejected = entries.iter().filter(is_negotiation).count();
    let failed = entries.iter().filter(is_failed).count().saturating_sub(rejected);
    let (total, folder) = (items(entries.len(), "request"), folder.display().to_string());
    line(out, format_args!("\n{total} recorded in {}; {failed} failed.", Visible(&folder)));
    if rejected > 0 {
        let verb = if rejected == 1 { "was" } else { "were" };
        let requests = items(rejected, "GraphQL request");
        line(
            out,
            format_args!(
                "{requests} {verb} rejected with 400. This is expected: the exporter uses them to discover the supported fields."
            ),
        );
    }
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(out, "{text}").unwrap_or_default();
}

#[cfg(test)]
mod tests {
    use recording::{Answer, Exchange, Request, Scrubber, Summary, prepare, write};

    use super::*;

    fn exchange(api: &str, status: u16, body: &str) -> Exchange {
        let (request, answer) = (Request::get(api, "pods", "pods"), Ok(Answer::new(status, &[], body)));
        Exchange { time: jiff::Timestamp::UNIX_EPOCH, request, answer }
    }

    fn report(exchanges: &[Exchange]) -> String {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("a\u{1b}b");
        let scrubber = Scrubber::with_salt(b"salt");
        let summary = Summary { time: jiff::Timestamp::UNIX_EPOCH, program: "test".to_owned() };
        let entries = write(&prepare(&root).unwrap(), summary, exchanges, &scrubber, "").unwrap();
        text(&root, &entries, &scrubber.tally())
    }

    #[test]
    fn rejected_documents_of_graphql_are_no_failures() {
        let one = |api, status| exchange(api, status, "{}");
        let text = report(&[one("graphql", 400), one("graphql", 200), one("rest", 200)]);
        assert!(
            text.contains("; 0 failed.\n1 GraphQL request was rejected with 400. This is expected: "),
            "{text}"
        );
        let text = report(&[one("rest", 400), one("graphql", 401), one("rest", 200)]);
        assert!(text.contains("; 2 failed.\n") && !text.contains("expected"), "{text}");
    }

    #[test]
    fn no_value_controls_the_terminal() {
        let text = report(&[exchange("rest", 200, "{\"status\": \"\\u001b[2J\\u202eA\"}")]);
        assert!(text.contains("status") && text.contains("a\\u{1b}b"), "{text}");
        assert!(!text.contains(['\u{1b}', '\u{202e}']), "{text}");
    }
}
