//! What is told in Slack, as it is designed.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::{Value, json};

use super::Name;
use crate::stack::alertmanager::Alertmanager;
use crate::stack::shipped;

/// The colour of what is over, and of each severity.
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

    /// What it is about: the title without its state, and the severity.
    fn subject(&self) -> (String, String) {
        let (_, title) = self.text("title").split_once("] ").unwrap();
        (title.to_owned(), self.field("Severity").to_owned())
    }

    fn is_of(&self, name: Name) -> bool {
        is_about(&self.subject(), name)
    }
}

/// Whether what was told is about such an alert.
pub(super) fn is_about((title, told): &(String, String), (name, severity): Name) -> bool {
    title.split(' ').next() == Some(name) && told == severity
}

fn messages(alertmanager: &Alertmanager) -> Vec<Message> {
    let told = alertmanager.slack.lock().unwrap();
    told.iter().map(|message| Message(message["attachments"][0].clone())).collect()
}

/// What was told and not taken back: titles without their state, and severities.
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

/// All that was told is as it should be; of these alerts each was, and of those none.
pub(super) fn check(alertmanager: &Alertmanager, told: Vec<Name>, muted: Vec<Name>) {
    let messages = messages(alertmanager);
    messages.iter().for_each(looks_right);
    for name in told {
        let of = |resolved| {
            messages.iter().any(|message| message.is_of(name) && message.is_resolved() == resolved)
        };
        assert!(of(false) && of(true), "{name:?}: told {}, taken back {}", of(false), of(true));
    }
    for name in muted {
        assert!(!messages.iter().any(|message| message.is_of(name)), "{name:?} was told");
    }
    stuck(messages.iter().find(|message| message.is_of(("RunpodQueueStuck", "critical"))).unwrap());
    webhook_agrees(alertmanager, &messages);
}

/// The colour is that of the severity, there are four short fields, and the runbook is a page of the repository.
fn looks_right(message: &Message) {
    let severity = message.field("Severity");
    let color =
        COLORS.iter().find(|(of, _)| *of == severity).unwrap_or_else(|| panic!("{severity} is told")).1;
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

/// One of them in full.
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

/// The webhook was told of the same alerts, beginning and end.
fn webhook_agrees(alertmanager: &Alertmanager, messages: &[Message]) {
    let told = alertmanager.webhook.lock().unwrap();
    let webhook = told.iter().map(|group| {
        let label = |name: &str| group["commonLabels"][name].as_str().unwrap_or_default().to_owned();
        (group["status"] == "resolved", label("alertname"), label("severity"))
    });
    let slack = messages.iter().map(|message| {
        let (title, severity) = message.subject();
        (message.is_resolved(), title.split(' ').next().unwrap().to_owned(), severity)
    });
    assert_eq!(webhook.collect::<BTreeSet<_>>(), slack.collect::<BTreeSet<_>>());
}
