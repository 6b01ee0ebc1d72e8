//! The report as text. It is always colored; the output strips the colors if it is not a terminal.

use std::fmt::{self, Write as _};

use anstyle::{AnsiColor, Style};

use crate::diagnosis::{Finding, Severity, Subject};
use crate::status::{AccountStatus, EndpointStatus, Status, Verdict};
use program::text::Visible;

const BOLD: Style = Style::new().bold();
const DIM: Style = Style::new().dimmed();

/// The report as text.
pub(super) fn text(report: &Status) -> String {
    let mut text = String::new();
    for account in &report.accounts {
        // Writing to a string does not fail.
        write_account(&mut text, account).unwrap_or_default();
    }
    text
}

fn write_account(text: &mut String, report: &AccountStatus) -> fmt::Result {
    let AccountStatus { account, verdict: own, errors, findings, endpoints, .. } = report;
    writeln!(text, "{BOLD}Account {}{BOLD:#}: {}", Visible(account), colored(*own))?;
    for error in errors {
        writeln!(text, "  cannot read {}", Visible(error))?;
    }
    for finding in findings {
        write_finding(text, finding)?;
    }
    for EndpointStatus { id, name, health, status, findings, .. } in endpoints {
        let status = status
            .as_ref()
            .map(|status| format!(" (status {})", Visible(status.as_str())))
            .unwrap_or_default();
        let health = colored(Verdict::of(*health));
        writeln!(text, "\n{BOLD}{}{BOLD:#} {DIM}{}{DIM:#}: {health}{status}", Visible(name), Visible(id))?;
        for finding in findings {
            write_finding(text, finding)?;
        }
    }
    writeln!(text)
}

fn write_finding(text: &mut String, finding: &Finding) -> fmt::Result {
    let Finding {
        name,
        severity,
        subject,
        since: _,
        explained_by,
        message,
        recommendations,
        metric: _,
        runbook,
        impact: _,
    } = finding;
    let style = match severity {
        Severity::Info => DIM,
        Severity::Warning => AnsiColor::Yellow.on_default(),
        Severity::Critical => AnsiColor::Red.on_default().bold(),
    };
    let pod = match subject {
        Subject::Pod { id, name } => format!(" pod {} ({}):", Visible(name), Visible(id)),
        Subject::Account | Subject::Endpoint { .. } => String::new(),
    };
    let severity = severity.as_str();
    if let Some(cause) = explained_by {
        let (name, cause) = (name.as_str(), cause.as_str());
        return writeln!(
            text,
            "  {style}{severity}{style:#} {name} (because of {cause}):{pod} {}",
            Visible(message)
        );
    }
    writeln!(text, "  {style}{severity}{style:#} {}:{pod} {}", name.as_str(), Visible(message))?;
    for recommendation in recommendations {
        writeln!(text, "    - {}", Visible(recommendation))?;
    }
    writeln!(text, "    {DIM}{runbook}{DIM:#}")
}

fn colored(verdict: Verdict) -> String {
    let style = match verdict {
        Verdict::Healthy => AnsiColor::Green.on_default(),
        Verdict::Degraded => AnsiColor::Yellow.on_default(),
        Verdict::Unhealthy | Verdict::Unknown => AnsiColor::Red.on_default().bold(),
    };
    format!("{style}{}{style:#}", verdict.as_str())
}
