//! The notifications in Slack, and their format.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Value, json};

use super::Name;
use crate::end_to_end::alertmanager::Alertmanager;
use crate::end_to_end::shipped;

/// The color of resolved alerts, and of each severity.
const RESOLVED: &str = "#36a64f";
const COLORS: [(&str, &str); 2] = [("warning", "#ffcc00"), ("critical", "#ff0000")];

/// A message to Slack.
struct Message(Value);

impl Message {
    fn text(&self, key: &str) -> &str {
        self.0[key].as_str().unwrap_or_else(|| panic!("no {key} in {}", self.0))
    }

    /// The value of a field.
    fn field(&self, title: &str) -> &str {
        let fields = self.0["fields"].as_array().unwrap();
        let field = fields.iter().find(|field| field["title"] == title);
        field.unwrap_or_else(|| panic!("no {title} in {}", self.0))["value"].as_str().unwrap_or_default()
    }

    fn is_resolved(&self) -> bool {
        self.text("title").starts_with("[RESOLVED]")
    }

    /// The title without its state, and the severity.
    fn subject(&self) -> (String, String) {
        let (_, title) = self.text("title").split_once("] ").unwrap();
        (title.to_owned(), self.field("Severity").to_owned())
    }

    fn is_of(&self, name: Name) -> bool {
        is_about(&self.subject(), name)
    }
}

/// Whether a notification is about this alert.
pub(super) fn is_about((title, own): &(String, String), (name, severity): Name) -> bool {
    title.split(' ').next() == Some(name) && own == severity
}

fn messages(alertmanager: &Alertmanager) -> Vec<Message> {
    let messages = alertmanager.slack.lock().unwrap();
    messages.iter().map(|message| Message(message["attachments"][0].clone())).collect()
}

/// The notifications that are not resolved: titles without their state, and severities.
pub(super) type Open = BTreeSet<(String, String)>;

pub(super) fn open(alertmanager: &Alertmanager) -> Open {
    let mut open = Open::new();
    for message in messages(alertmanager) {
        if message.is_resolved() {
            open.remove(&message.subject());
        } else {
            open.insert(message.subject());
        }
    }
    open
}

/// Checks the notifications: each of the notified alerts was sent and resolved, and no muted alert was sent.
pub(super) fn check(alertmanager: &Alertmanager, notified: Vec<Name>, muted: Vec<Name>) {
    let messages = messages(alertmanager);
    messages.iter().for_each(check_format);
    for name in notified {
        let of = |resolved| {
            messages.iter().any(|message| message.is_of(name) && message.is_resolved() == resolved)
        };
        assert!(of(false) && of(true), "{name:?}: sent {}, resolved {}", of(false), of(true));
    }
    for name in muted {
        assert!(!messages.iter().any(|message| message.is_of(name)), "{name:?} was sent");
    }
    stuck(messages.iter().find(|message| message.is_of(("RunpodQueueStuck", "critical"))).unwrap());
    webhook_agrees(alertmanager, &messages);
}

/// Checks the color, four short fields, and that the runbook is a page of the repository.
fn check_format(message: &Message) {
    let severity = message.field("Severity");
    let color =
        COLORS.iter().find(|(of, _)| *of == severity).unwrap_or_else(|| panic!("{severity} has no color")).1;
    assert_eq!(message.text("color"), if message.is_resolved() { RESOLVED } else { color });
    let fields = message.0["fields"].as_array().unwrap();
    let titles: Vec<_> = fields.iter().map(|field| field["title"].as_str().unwrap()).collect();
    assert_eq!(titles, ["Metric", "Value", "Threshold", "Severity"]);
    assert!(fields.iter().all(|field| field["short"] == true && field["value"] != ""), "{fields:?}");
    let runbook = message.0["actions"][0]["url"].as_str().unwrap();
    let page = runbook.strip_prefix("http://localhost:8080/").unwrap();
    assert!(shipped(page).is_file(), "there is no {page}");
    assert!(message.text("title_link").starts_with("http://localhost:3000/d/runpod-"));
}

/// Checks one message completely.
fn stuck(message: &Message) {
    let Message(json) = message;
    assert_eq!(message.text("title"), "[FIRING:1] RunpodQueueStuck on llama-3-70b");
    assert_eq!(message.text("color"), "#ff0000");
    let value = message.field("Value");
    assert!(value.parse::<f64>().unwrap() > 0.0, "{value}");
    let field = |title: &str, value: &str| json!({"title": title, "value": value, "short": true});
    assert_eq!(
        json["fields"],
        json!([
            field("Metric", "queue_stuck"),
            field("Value", value),
            field("Threshold", "0"),
            field("Severity", "critical"),
        ])
    );
    let text = Regex::new(
        r"^\*The queue of llama-3-70b is stuck\*\nNo job on llama-3-70b \(\w+\) has made progress for 10 minutes\. Jobs waiting: \d+\. Cause: [a-z ]+\.\s*$",
    );
    assert!(text.unwrap().is_match(message.text("text")), "{json}");
    assert_eq!(
        json["actions"][0],
        json!({
            "type": "button",
            "text": "Runbook",
            "url": "http://localhost:8080/docs/runbooks/RunpodQueueStuck.md",
        })
    );
}

/// Checks that the webhook received the same alerts, both firing and resolved.
fn webhook_agrees(alertmanager: &Alertmanager, messages: &[Message]) {
    let groups = alertmanager.webhook.lock().unwrap();
    let webhook = groups.iter().map(|group| {
        let label = |name: &str| group["commonLabels"][name].as_str().unwrap_or_default().to_owned();
        (group["status"] == "resolved", label("alertname"), label("severity"))
    });
    let slack = messages.iter().map(|message| {
        let (title, severity) = message.subject();
        (message.is_resolved(), title.split(' ').next().unwrap().to_owned(), severity)
    });
    assert_eq!(webhook.collect::<BTreeSet<_>>(), slack.collect::<BTreeSet<_>>());
}
