//! An account: its money, what is wrong with it, and what could not be read.

use program::text::Visible;

use super::super::report::{self, Account, Finding, Report};
use super::Style;
use super::block::Block;
use super::endpoint::{advice, conclusion, runbook};
use super::failures;
use super::format::{dollars, dollars_per_hour, name, seconds, verdict};
use crate::snapshot::{BillingMode, ClosedSet as _};
use crate::status::UNANSWERED;

pub(super) fn write(block: &mut Block, report: &Report, account: &Account, style: &Style) {
    block.empty();
    let money = money(account);
    let separator = if money.is_empty() { "" } else { "  " };
    let own = report::verdict(&account.verdict);
    block.line(0, &format!("Account {}  {}{separator}{money}", name(&account.name), verdict(own)));
    let findings: Vec<&Finding> =
        account.own_findings().filter(|finding| finding.explained_by.is_none()).collect();
    for finding in &findings {
        conclusion(block, finding, report.timestamp);
        advice(block, finding, account, &style.commands);
    }
    let symptoms = account.own_findings().filter(|finding| finding.explained_by.is_some());
    let symptoms: Vec<&str> = symptoms.map(|finding| finding.name.as_str()).collect();
    if !symptoms.is_empty() {
        block.line(2, &format!("follows from it: {}", symptoms.join(", ")));
    }
    for failure in failures::lines(&account.errors) {
        block.line(2, &Visible(&failure).to_string());
    }
    // A finding that says why has a runbook of its own.
    if account.is_unanswered() && findings.is_empty() {
        runbook(block, UNANSWERED);
    }
}

/// Balance and spend.
fn money(account: &Account) -> String {
    let mut parts = Vec::new();
    let is_postpaid = account.billing_mode.as_deref() == Some(BillingMode::Postpaid.as_str());
    let balance = account.balance_dollars.map(|balance| format!("balance {}", dollars(balance)));
    // It does not run out, so that its amount would only look like a problem.
    parts.extend(if is_postpaid { Some("post-paid".to_owned()) } else { balance });
    parts.extend(account.spend_dollars_per_hour.map(|spend| format!("spend {}", dollars_per_hour(spend))));
    // A balance that is used up lasts no time: that is what the balance says.
    let runway = account.runway_hours.filter(|hours| hours.is_finite() && *hours > 0.0);
    parts.extend(runway.map(|hours| format!("lasts {}", seconds(hours * 3_600.0))));
    parts.join(", ")
}
