//! A finding as HTML: what it says, and what to do.

use jiff::Timestamp;
use maud::{Markup, html};

use super::Page;
use super::words::{copy, foreign, prose, since};
use crate::diagnosis::{Finding, Severity, sentence, title};
use crate::settings::Mode;
use crate::status::Commands;

/// What a finding says, in one line.
pub(super) fn line(finding: &Finding, now: Timestamp) -> Markup {
    html! { strong { (sentence(finding.name)) } " " (since(finding.since, now)) ": " (prose(&finding.message)) }
}

impl Page<'_> {
    /// What to do about a finding of the account with this index, and where more is written.
    pub(super) fn steps(&self, n: usize, finding: &Finding) -> Markup {
        let is_replay = self.status.mode == Mode::Replay.as_str();
        let commands = Commands { flags: Vec::new(), several: self.has_several(), is_replay };
        let account = self.status.accounts.get(n).map_or("", |account| account.account.as_str());
        html! {
            ul.steps { @for step in &finding.recommendations { li { (recommendation(step, &commands, account)) } } }
            p.quiet { (runbook(finding)) " · " code { (finding.metric) } }
        }
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
fn recommendation(text: &str, commands: &Commands, account: &str) -> Markup {
    let (text, command) = commands.split(text, account);
    html! {
        (foreign(&text))
        @if let Some(command) = command { " " code.command { (foreign(&command)) } " " (copy(&command, "command")) }
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
        let shown = |text, several| {
            recommendation(text, &Commands { several, ..Commands::default() }, "Bob's team").0
        };
        let one = shown("Find out why: runpod-exporter logs e1", false);
        assert!(
            one.starts_with(
                "<bdi>Find out why:</bdi> <code class=\"command\"><bdi>runpod-exporter logs e1</bdi>"
            ),
            "{one}"
        );
        assert!(one.contains("data-copy=\"runpod-exporter logs e1\""), "{one}");
        let named = shown("Find out why: runpod-exporter logs e1", true);
        assert!(
            named.contains(r#"data-copy="runpod-exporter logs e1 --account='Bob'\''s team'""#),
            "a command names the account if there are several: {named}"
        );
        assert_eq!(shown("Raise max workers.", true), "<bdi>Raise max workers.</bdi>");
    }
}
