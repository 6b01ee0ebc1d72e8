//! An alert as Alertmanager's API returns it.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

/// An alert about an account, or about one of its endpoints or pods.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Alert {
    /// Its name.
    pub name: String,
    /// Its label `severity`; null without one.
    pub severity: Option<String>,
    /// Whether it notifies.
    pub state: AlertState,
    /// When it began to fire; null if Alertmanager does not say.
    pub since: Option<Timestamp>,
    /// The account that it is about.
    #[serde(skip)]
    pub account: Option<String>,
    /// The endpoint that it is about.
    #[serde(skip)]
    pub endpoint: Option<String>,
}

/// What Alertmanager does with an alert.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum AlertState {
    /// It notifies the receivers.
    Firing,
    /// It fires, and is muted by another alert.
    Inhibited,
    /// It fires, and is muted by a silence.
    Silenced,
}

impl AlertState {
    /// The name in JSON.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// The fields that are read. Others, such as annotations, are not kept.
#[derive(Debug, Deserialize)]
struct Wire {
    labels: Labels,
    #[serde(rename = "startsAt")]
    starts_at: Option<String>,
    #[serde(default)]
    status: Status,
}

#[derive(Debug, Deserialize)]
struct Labels {
    alertname: String,
    severity: Option<String>,
    account: Option<String>,
    endpoint_id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Status {
    #[serde(rename = "silencedBy")]
    silenced_by: Vec<String>,
    #[serde(rename = "inhibitedBy")]
    inhibited_by: Vec<String>,
}

impl Alert {
    /// Reads an alert. `None` if it is not one.
    pub(super) fn read(value: serde_json::Value) -> Option<Self> {
        let Wire { labels, starts_at, status } = serde_json::from_value(value).ok()?;
        let state = if !status.silenced_by.is_empty() {
            AlertState::Silenced
        } else if !status.inhibited_by.is_empty() {
            AlertState::Inhibited
        } else {
            AlertState::Firing
        };
        Some(Self {
            name: labels.alertname,
            severity: labels.severity,
            state,
            since: starts_at.and_then(|at| at.parse().ok()),
            account: labels.account,
            endpoint: labels.endpoint_id,
        })
    }

    /// Whether it is about this endpoint. Ids are unique across accounts, so a rule without the label `account` is enough.
    pub fn is_about(&self, account: &str, endpoint: &str) -> bool {
        self.endpoint.as_deref() == Some(endpoint)
            && self.account.as_deref().is_none_or(|of| of.is_empty() || of == account)
    }

    /// Whether it is about the account as a whole.
    pub fn is_about_account(&self, account: &str) -> bool {
        self.endpoint.as_deref().is_none_or(str::is_empty) && self.account.as_deref() == Some(account)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_alert_has_a_state_and_a_subject() {
        let read = |silenced: &[&str], inhibited: &[&str]| {
            let labels = json!({ "alertname": "RunpodQueueStuck", "severity": "critical", "account": "a", "endpoint_id": "e" });
            let status = json!({ "state": "active", "silencedBy": silenced, "inhibitedBy": inhibited });
            Alert::read(
                json!({ "labels": labels, "startsAt": "2026-11-25T15:58:00.123Z", "status": status, "x": 1 }),
            )
            .unwrap()
        };
        let alert = read(&[], &[]);
        assert_eq!((alert.name.as_str(), alert.state), ("RunpodQueueStuck", AlertState::Firing));
        assert!(alert.since.is_some());
        assert!(alert.is_about("a", "e") && !alert.is_about("b", "e") && !alert.is_about("a", "f"));
        assert!(!alert.is_about_account("a"));
        assert_eq!(read(&["s"], &["i"]).state, AlertState::Silenced);
        assert_eq!(read(&[], &["i"]).state, AlertState::Inhibited);
        let plain =
            Alert::read(json!({ "labels": { "alertname": "X", "endpoint_id": "e" }, "startsAt": "soon" }))
                .unwrap();
        assert_eq!((plain.since, plain.state), (None, AlertState::Firing));
        assert!(plain.is_about("any", "e"));
        assert!(!plain.is_about_account("any"));
        for bad in [
            json!(null),
            json!([]),
            json!({}),
            json!({ "labels": {} }),
            json!({ "labels": { "alertname": 7 } }),
        ] {
            assert_eq!(Alert::read(bad.clone()), None, "{bad}");
        }
    }
}
