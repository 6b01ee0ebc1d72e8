//! A finding as HTML: what it says, and what to do.

use jiff::Timestamp;
use maud::{Markup, html};

use super::title::{sentence, title};
use super::words::{copy, foreign, since};
use crate::diagnosis::{Finding, Severity};

/// How a command begins. A recommendation ends with its command.
const PROGRAM: &str = "runpod-exporter ";

/// What a finding says, in one line.
pub(super) fn line(finding: &Finding, now: Timestamp) -> Markup {
    html! { strong { (sentence(finding.name)) } " " (since(finding.since, now)) ": " (foreign(&finding.message)) }
}

/// What to do, and where more is written.
pub(super) fn steps(finding: &Finding) -> Markup {
    html! {
        ul.steps { @for step in &finding.recommendations { li { (recommendation(step)) } } }
        p.quiet { (runbook(finding)) " · " code { (finding.metric) } }
    }
}

/// A link to the runbook.
pub(super) fn runbook(finding: &Finding) -> Markup {
    html! { a href=(finding.runbook) { "Runbook" } }
}

/// The findings that follow from another one, in one line.
pub(super) fn symptoms(symptoms: &[&Finding]) -> Markup {
    html! {
        @if !symptoms.is_empty() {
            p.symptoms {
                @if symptoms.len() == 1 { "Symptom: " } @else { "Symptoms: " }
                @for (n, finding) in symptoms.iter().enumerate() {
                    @if n > 0 { ", " }
                    a href=(finding.runbook) { (title(finding.name)) }
                }
            }
        }
    }
}

/// A recommendation, with its command as one that can be copied.
fn recommendation(text: &str) -> Markup {
    match text.find(PROGRAM).map(|at| text.split_at(at)) {
        Some((before, command)) => {
            let command = command.trim_end();
            html! { (foreign(before.trim_end())) " " code.command { (foreign(command)) } " " (copy(command, "command")) }
        }
        None => foreign(text),
    }
}

/// A severity as a colored badge.
pub(super) fn badge(severity: Severity) -> Markup {
    let class = match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    };
    html! { span.badge.(class) { @if severity == Severity::Info { "note" } @else { (severity.as_str()) } } }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_can_be_copied() {
        let shown = recommendation("Find out why: runpod-exporter logs e1").0;
        assert!(
            shown
                .starts_with("<bdi>Find out why:</bdi> <code class=\"command\"><bdi>runpod-exporter logs e1"),
            "{shown}"
        );
        assert!(shown.contains("data-copy=\"runpod-exporter logs e1\""), "{shown}");
        assert_eq!(recommendation("Raise max workers.").0, "<bdi>Raise max workers.</bdi>");
    }
}
