//! An account: its money, what is wrong with it, and what could not be read.

use program::text::Visible;
use std::time::Duration;

use super::super::report::{self, Account, Finding, Report};
use super::Style;
use super::block::Block;
use super::endpoint::{advice, conclusion};
use super::failures;
use super::format::{dollars, duration, name, number, verdict};

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
}

/// Balance and spend.
fn money(account: &Account) -> String {
    let mut parts = Vec::new();
    parts.extend(account.balance_dollars.map(|balance| format!("balance {}", dollars(balance))));
    parts.extend(account.spend_dollars_per_hour.map(|spend| format!("spend {}/h", dollars(spend))));
    let runway = account.runway_hours.filter(|hours| hours.is_finite());
    parts.extend(runway.map(|hours| format!("lasts {}", hours_text(hours))));
    parts.join(", ")
}

fn hours_text(hours: f64) -> String {
    let days = hours / 24.0;
    if days >= 7.0 {
        return format!("{} d", number(days.floor()));
    }
    duration(Duration::try_from_secs_f64(hours * 3_600.0).unwrap_or_default())
}
