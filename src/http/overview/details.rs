//! What belongs to an endpoint and does not fit into its row: the cause with its advice, symptoms, notes, alerts, and the last
//! errors in its logs.

use maud::{Markup, html};
use program::text::Visible;

use super::advice::{self, badge};
use super::words::{ago, foreign, prose, since};
use super::{Page, Row, finding_id};
use crate::alerts::{Alert, AlertState};
use crate::diagnosis::{Finding, sentence, title};
use crate::format::items;
use crate::status::EndpointStatus;

/// Number of endpoints whose details are open without a click: the worst ones.
const OPEN: usize = 3;

/// The findings of an endpoint by their part.
struct Parts<'a> {
    cause: Option<&'a Finding>,
    symptoms: Vec<&'a Finding>,
    notes: Vec<&'a Finding>,
}

impl<'a> Parts<'a> {
    fn of(endpoint: &'a EndpointStatus) -> Self {
        let (symptoms, roots): (Vec<_>, Vec<_>) =
            endpoint.findings.iter().partition(|finding| finding.is_symptom());
        let (causes, notes): (Vec<_>, Vec<_>) =
            roots.into_iter().partition(|finding| Some(finding.name) == endpoint.cause);
        Self { cause: causes.first().copied(), symptoms, notes }
    }
}

/// The ids of the endpoints whose details are open: the first ones that have a cause of their own.
pub(super) fn expanded<'r>(rows: &[Row<'r>]) -> Vec<&'r str> {
    let has_cause = |endpoint: &&EndpointStatus| Parts::of(endpoint).cause.is_some();
    let endpoints = rows.iter().map(|(_, _, endpoint)| *endpoint).filter(has_cause);
    endpoints.take(OPEN).map(|endpoint| &*endpoint.id).collect()
}

impl Page<'_> {
    /// The second row of an endpoint. Nothing if there is nothing to say.
    pub(super) fn details(&self, (n, _, endpoint): &Row<'_>, open: bool) -> Markup {
        let parts = Parts::of(endpoint);
        let alerts = endpoint.alerts.as_deref().unwrap_or_default();
        let errors = endpoint.last_errors.as_deref().unwrap_or_default();
        let has_own = parts.cause.is_some() || !parts.notes.is_empty();
        if !has_own && alerts.is_empty() && errors.is_empty() {
            return html! {};
        }
        html! {
            tr.more {
                td colspan=(self.columns()) {
                    details id=[parts.cause.map(|cause| finding_id(*n, cause))] open[open] {
                        summary { (self.summary(&parts, endpoint)) }
                        @if let Some(cause) = parts.cause { (self.steps(*n, cause)) }
                        (advice::symptoms(&parts.symptoms))
                        (self.noted(*n, &parts))
                        (self.alerts(endpoint, alerts))
                        (self.errors(endpoint))
                    }
                }
            }
        }
    }

    fn summary(&self, parts: &Parts<'_>, endpoint: &EndpointStatus) -> Markup {
        let (now, alerts) = (self.now(), endpoint.alerts.as_deref().unwrap_or_default());
        html! {
            @match (parts.cause, parts.notes.as_slice()) {
                (Some(cause), _) => (advice::line(cause, now)),
                (None, [note]) => { (badge(note.severity)) " " (advice::line(note, now)) },
                (None, [first, ..]) => {
                    (badge(first.severity)) " " (items(parts.notes.len(), "finding")) ": "
                    @for (n, note) in parts.notes.iter().enumerate() { @if n > 0 { ", " } (title(note.name)) }
                },
                (None, []) => @match (alerts.first(), endpoint.last_errors.as_deref().and_then(<[_]>::last)) {
                    (Some(alert), _) => { "Alert " (foreign(&alert.name)) " " (alert.state.as_str()) },
                    (None, Some(error)) => {
                        span.quiet { "Errors in the logs" @if let Some(at) = error.timestamp { ", last " (ago(at, now)) } }
                    },
                    (None, None) => "Details",
                },
            }
        }
    }

    /// The notes. Beside a cause, without advice: the cause comes first.
    fn noted(&self, n: usize, parts: &Parts<'_>) -> Markup {
        html! {
            @match (parts.cause, parts.notes.as_slice()) {
                (None, [note]) => (self.steps(n, note)),
                (_, notes) => @if !notes.is_empty() {
                    ul.notes {
                        @for note in notes {
                            li {
                                (badge(note.severity)) " " (advice::line(note, self.now()))
                                @if parts.cause.is_none() { (self.steps(n, note)) } @else { " " (advice::runbook(note)) }
                            }
                        }
                    }
                },
            }
        }
    }

    fn alerts(&self, endpoint: &EndpointStatus, alerts: &[Alert]) -> Markup {
        let link = self.alertmanager.map(|base| {
            let matcher = format!("{{endpoint_id=\"{}\"}}", endpoint.id);
            let query =
                url::form_urlencoded::Serializer::new(String::new()).append_pair("filter", &matcher).finish();
            format!("{base}/#/alerts?{query}")
        });
        html! {
            @if !alerts.is_empty() {
                p.alerting {
                    @if let Some(link) = link { a href=(link) { "Alerts" } } @else { "Alerts" } ": "
                    @for (n, alert) in alerts.iter().enumerate() { @if n > 0 { "; " } (self.alert(alert)) }
                }
            }
        }
    }

    /// An alert in one line.
    pub(super) fn alert(&self, alert: &Alert) -> Markup {
        html! {
            strong { (foreign(&alert.name)) }
            @if let Some(severity) = &alert.severity { " (" (foreign(severity)) ")" }
            " " span.(if alert.state == AlertState::Firing { "critical" } else { "quiet" }) { (alert.state.as_str()) }
            @if let Some(at) = alert.since { " " (since(at, self.now())) }
        }
    }

    fn errors(&self, endpoint: &EndpointStatus) -> Markup {
        let errors = endpoint.last_errors.as_deref().unwrap_or_default();
        html! {
            @if !errors.is_empty() {
                p.quiet { "Last errors in the logs:" }
                ol.errors {
                    @for error in errors {
                        li {
                            code { (foreign(&error.text)) }
                            span.quiet {
                                @if error.count > 1 { " " (error.count) " times," }
                                @if let Some(at) = error.timestamp { " " (ago(at, self.now())) }
                                @if let Some(worker) = &error.worker { ", worker " code { (Visible(worker)) } }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// The findings of an account, a pod or a cluster: causes and notes with their advice, and what follows from them.
pub(super) fn of_subject(page: &Page<'_>, n: usize, findings: &[&Finding], open: bool) -> Markup {
    let (symptoms, roots): (Vec<&Finding>, Vec<&Finding>) =
        findings.iter().copied().partition(|finding| finding.is_symptom());
    html! {
        @for finding in &roots {
            @let own: Vec<&Finding> =
                symptoms.iter().copied().filter(|symptom| symptom.explained_by == Some(finding.name)).collect();
            details.finding id=(finding_id(n, finding)) open[open && super::headline::is_problem(finding)] {
                summary { (badge(finding.severity)) " " (advice::line(finding, page.now())) }
                (page.steps(n, finding))
                (advice::symptoms(&own))
            }
        }
        @for symptom in symptoms.iter().filter(|symptom| !roots.iter().any(|root| symptom.explained_by == Some(root.name))) {
            p.quiet { (sentence(symptom.name)) " " (since(symptom.since, page.now())) ": " (prose(&symptom.message)) }
        }
    }
}
