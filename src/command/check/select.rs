//! Reduces a document to the account, endpoints, pods and clusters that were named.

use serde_json::Value;

use super::report::{Account, Endpoint, Finding, PARTS, Report, verdict};
use crate::command::check_error::CheckError;
use crate::status::Verdict;

/// The lists of an account whose elements can be named, which are those of the collectors of the same names.
const LISTS: [&str; 3] = ["endpoints", "pods", "clusters"];

/// What to report.
#[derive(Debug, Clone, Default)]
pub(super) struct Wanted {
    /// Endpoints, pods and clusters by name or id; all of them if empty.
    pub(super) names: Vec<String>,
    /// Account by name; all accounts if `None`.
    pub(super) account: Option<String>,
}

impl Wanted {
    fn includes(&self, of: &Value) -> bool {
        let field = |name: &str| of.get(name).and_then(Value::as_str).unwrap_or_default();
        self.names.iter().any(|wanted| wanted == field("id") || wanted == field("name"))
    }

    /// Removes what is not wanted, and judges the rest.
    pub(super) fn select(&self, document: &mut Value) -> Result<(), CheckError> {
        self.keep_account(document)?;
        if self.names.is_empty() {
            return Ok(());
        }
        self.require(&Report::of(document)?)?;
        let mut accounts = list(document, "accounts");
        for account in &mut accounts {
            self.narrow(account)?;
        }
        // Accounts without the wanted names are left out, unless they may have them but could not be read.
        let lists_any = |account: &Value| LISTS.iter().any(|list| !is_empty(account, list));
        accounts.retain(|account| lists_any(account) || !is_empty(account, "errors"));
        let verdicts: Vec<_> = accounts.iter().map(|account| verdict(text(account, "verdict"))).collect();
        // If no account lists the names, their health is unknown.
        let overall = if accounts.iter().any(lists_any) {
            Verdict::of_all(verdicts.into_iter())
        } else {
            Verdict::Unknown
        };
        put(document, "verdict", overall.as_str().into());
        put(document, "accounts", accounts.into());
        Ok(())
    }

    fn keep_account(&self, document: &mut Value) -> Result<(), CheckError> {
        let Some(wanted) = &self.account else { return Ok(()) };
        let known: Vec<String> =
            Report::of(document)?.accounts.into_iter().map(|account| account.name).collect();
        if !known.contains(wanted) {
            return Err(CheckError::account(wanted, &known));
        }
        keep_accounts(document, &[(wanted.clone(), wanted.clone())]);
        Ok(())
    }

    /// Reduces an account to what is wanted.
    fn narrow(&self, account: &mut Value) -> Result<(), CheckError> {
        for name in LISTS {
            let mut all = list(account, name);
            all.retain(|one| self.includes(one));
            put(account, name, all.into());
        }
        let mut findings = list(account, "findings");
        findings.retain(|finding| {
            let subject = finding.get("subject").unwrap_or(&Value::Null);
            !PARTS.contains(&text(subject, "kind")) || self.includes(subject)
        });
        put(account, "findings", findings.into());
        let overall = judge(&Report::of_account(account)?);
        put(account, "verdict", overall.as_str().into());
        Ok(())
    }

    /// Fails if a name does not exist. If an account could not be listed, it may exist there.
    fn require(&self, report: &Report) -> Result<(), CheckError> {
        let known = || report.accounts.iter().flat_map(Account::listed);
        let has = |wanted: &&String| known().any(|[id, name]| id == *wanted || name == *wanted);
        let may_lack = |account: &Account| LISTS.iter().any(|list| account.may_lack(list));
        let Some(missing) = self.names.iter().find(|wanted| !has(wanted)) else { return Ok(()) };
        if report.accounts.iter().any(may_lack) {
            return Ok(());
        }
        Err(CheckError::name(missing, &known().map(|[_, name]| name).collect::<Vec<_>>()))
    }
}

/// Removes all accounts but these, gives each the second of its names, and judges the rest.
pub(super) fn keep_accounts(document: &mut Value, names: &[(String, String)]) {
    let mut accounts = list(document, "accounts");
    accounts.retain_mut(|account| {
        let found = names.iter().find(|(name, _)| name == text(account, "account"));
        found.map(|(_, configured)| put(account, "account", configured.as_str().into())).is_some()
    });
    let overall = Verdict::of_all(accounts.iter().map(|account| verdict(text(account, "verdict"))));
    put(document, "verdict", overall.as_str().into());
    put(document, "accounts", accounts.into());
}

/// The verdict on an account with what is left.
fn judge(account: &Account) -> Verdict {
    if account.is_unanswered() {
        return Verdict::Unknown;
    }
    let own = account.findings.iter().map(Finding::verdict).max().unwrap_or(Verdict::Healthy);
    let of = |endpoint: &Endpoint| match endpoint.verdict() {
        Verdict::Unknown if endpoint.is_unreadable() => Verdict::Unhealthy,
        verdict => verdict,
    };
    Verdict::of_account(own, account.endpoints.iter().map(of))
}

fn list(of: &mut Value, name: &str) -> Vec<Value> {
    match of.get_mut(name).map(Value::take) {
        Some(Value::Array(list)) => list,
        _ => Vec::new(),
    }
}

fn is_empty(of: &Value, name: &str) -> bool {
    of.get(name).and_then(Value::as_array).is_none_or(Vec::is_empty)
}

fn text<'a>(of: &'a Value, name: &str) -> &'a str {
    of.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn put(of: &mut Value, name: &str, value: Value) {
    if let Some(fields) = of.as_object_mut() {
        fields.insert(name.to_owned(), value);
    }
}
