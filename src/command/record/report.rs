//! The report of a recording: what was requested and answered, what was replaced, what failed.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use recording::{Entry, Tally};

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
            line(&mut out, format_args!("  {field:28} {stand_in}"));
        }
    }
    let failed = entries.iter().filter(|entry| entry.status.is_none_or(|status| status >= 400)).count();
    let total = entries.len();
    line(
        &mut out,
        format_args!(
            "\n{total} requests in {}, of which {failed} failed or were rejected.",
            folder.display()
        ),
    );
    line(
        &mut out,
        format_args!(
            "Look through the files before you share them: only you know what is private in your account.\n\
             To see them as the exporter does: runpod-exporter serve --replay={}",
            folder.display()
        ),
    );
    out
}

fn line(out: &mut String, text: std::fmt::Arguments<'_>) {
    // Writing to a string cannot fail.
    writeln!(out, "{text}").unwrap_or_default();
}
