//! The notifications: to the webhook, which says what they are about, and to Slack, as people read them.

use std::collections::BTreeSet;

use regex::Regex;
use serde_json::Value;

use super::Name;
use crate::end_to_end::alertmanager::Alertmanager;
use crate::end_to_end::shipped;

/// The color of resolved alerts, and those of the severities, each with its sign.
const RESOLVED: (&str, &str) = ("#36a64f", "✅ ");
const FIRING: [(&str, &str); 2] = [("#ffcc00", "🟡 "), ("#ff0000", "🔴 ")];

/// A notification to the webhook: whether it is resolved, the name of the alert, its severity.
type Notification = (bool, String, String);

fn notifications(alertmanager: &Alertmanager) -> Vec<Notification> {
    let groups = alertmanager.webhook.lock().unwrap();
    let notification = |group: &Value| {
        let label = |name: &str| group["commonLabels"][name].as_str().unwrap_or_default().to_owned();
        (group["status"] == "resolved", label("alertname"), label("severity"))
    };
    groups.iter().map(notification).collect()
}

/// The alerts whose last notification is not resolved: names and severities.
pub(super) type Open = BTreeSet<(String, String)>;

pub(super) fn open(alertmanager: &Alertmanager) -> Open {
    let mut open = Open::new();
    for (resolved, name, severity) in notifications(alertmanager) {
        if resolved {
            open.remove(&(name, severity));
        } else {
            open.insert((name, severity));
        }
    }
    open
}

/// Checks the notifications: each of the notified alerts was sent and resolved, and no muted alert was sent.
pub(super) fn check(alertmanager: &Alertmanager, notified: Vec<Name>, muted: Vec<Name>) {
    let sent = notifications(alertmanager);
    let was_sent = |(name, severity): Name, resolved: bool| {
        sent.iter().any(|(over, own, level)| *over == resolved && own == name && level == severity)
    };
    for name in notified {
        let [firing, resolved] = [false, true].map(|resolved| was_sent(name, resolved));
        assert!(firing && resolved, "{name:?}: sent {firing}, resolved {resolved}");
    }
    for name in muted {
        assert!(!was_sent(name, false), "{name:?} was sent");
    }
    let slack = alertmanager.slack.lock().unwrap();
    let messages: Vec<&Value> = slack.iter().map(|message| &message["attachments"][0]).collect();
    assert_eq!(messages.len(), sent.len(), "Slack and the webhook got different numbers of notifications");
    for message in &messages {
        check_format(message);
    }
    let is_stuck = |message: &&&Value| text(message, "title").starts_with("🔴 The queue of ");
    stuck(messages.iter().find(is_stuck).unwrap());
}

fn text<'a>(message: &'a Value, key: &str) -> &'a str {
    message[key].as_str().unwrap_or_else(|| panic!("no {key} in {message}"))
}

/// Checks the color, the sign before the title, and the links: the runbook is a page of the repository.
fn check_format(message: &Value) {
    let title = text(message, "title");
    let (color, _) = *[RESOLVED].iter().chain(&FIRING).find(|(_, sign)| title.starts_with(sign)).unwrap();
    assert_eq!(text(message, "color"), color, "{title}");
    let links = message["actions"].as_array().unwrap();
    let names: Vec<_> = links.iter().map(|link| text(link, "text")).collect();
    assert_eq!(names, ["Runbook", "Dashboard", "Silence"]);
    let page = text(&links[0], "url").strip_prefix("http://localhost:10736/").unwrap();
    assert!(shipped(page).is_file(), "there is no {page}");
    assert!(text(message, "title_link").starts_with("http://localhost:3000/d/runpod-"));
    assert!(color == RESOLVED.0 || text(message, "text").contains("*Do:* "), "{message}");
}

/// Checks one message completely.
fn stuck(message: &Value) {
    assert_eq!(text(message, "title"), "🔴 The queue of llama-3-70b is stuck, account default");
    let pattern = Regex::new(
        r"^• No job on llama-3-70b \(\w+\) has made progress for 10 minutes, and \d+ wait\. Cause: ready workers do not take jobs\. _Since \d\d:\d\d UTC, limit 0\._\n\*Do:\* Find out why the workers take no jobs: runpod-exporter logs \w+\. Check that the image starts the handler\.$",
    );
    assert!(pattern.unwrap().is_match(text(message, "text")), "{message}");
    assert_eq!(
        text(&message["actions"][0], "url"),
        "http://localhost:10736/docs/runbooks/RunpodQueueStuck.md"
    );
}
