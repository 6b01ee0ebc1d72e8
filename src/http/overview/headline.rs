//! The headline: how many endpoints have a problem, which one is the worst and since when. Quiet if none has.

use jiff::Timestamp;
use maud::{Markup, html};

use super::words::{foreign, since};
use super::{Page, anchor};
use crate::diagnosis::{Finding, Health, Impact, Severity, sentence, title};
use crate::format::items;
use crate::status::{AccountStatus, EndpointStatus, Verdict};

/// Number of endpoints by health.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Census {
    pub(super) unhealthy: usize,
    pub(super) degraded: usize,
    /// Health is unknown.
    pub(super) unknown: usize,
    /// Those of them that could not be read.
    unreadable: usize,
    pub(super) healthy: usize,
    /// Healthy ones with findings.
    pub(super) noted: usize,
}

impl Census {
    pub(super) fn of(endpoints: &[&EndpointStatus]) -> Self {
        let mut census = Self::default();
        for endpoint in endpoints {
            let number = match endpoint.health {
                Some(Health::Unhealthy) => &mut census.unhealthy,
                Some(Health::Degraded) => &mut census.degraded,
                Some(Health::Healthy) => &mut census.healthy,
                None => &mut census.unknown,
            };
            *number = number.saturating_add(1);
            if endpoint.health.is_none() && endpoint.is_unreadable() {
                census.unreadable = census.unreadable.saturating_add(1);
            }
            if is_noted(endpoint) {
                census.noted = census.noted.saturating_add(1);
            }
        }
        census
    }

    pub(super) const fn total(self) -> usize {
        self.unhealthy.saturating_add(self.degraded).saturating_add(self.unknown).saturating_add(self.healthy)
    }

    /// How many have a problem.
    const fn affected(self) -> usize {
        self.total().saturating_sub(self.healthy)
    }
}

/// Whether the endpoint is healthy and has findings.
pub(super) fn is_noted(endpoint: &EndpointStatus) -> bool {
    endpoint.health == Some(Health::Healthy) && !endpoint.findings.is_empty()
}

/// Whether a finding about an account is a problem, rather than a note.
pub(super) fn is_problem(finding: &Finding) -> bool {
    !finding.is_symptom() && (finding.impact > Impact::None || finding.severity == Severity::Critical)
}

impl Page<'_> {
    /// The headline as HTML.
    pub(super) fn headline(&self) -> Markup {
        let census = self.census();
        let mut parts: Vec<Markup> =
            self.each().filter_map(|(n, account)| self.of_account(n, account)).collect();
        parts.extend(self.of_endpoints(census));
        let class = match self.status.verdict {
            Verdict::Healthy => "good",
            Verdict::Degraded => "warning",
            Verdict::Unhealthy | Verdict::Unknown => "critical",
        };
        html! {
            @if parts.is_empty() {
                h1.headline.(class) { (quiet(census)) }
            } @else {
                h1.headline.(class) { @for (n, part) in parts.iter().enumerate() { @if n > 0 { "; " } (part) } }
            }
            @if let Some(notes) = self.notes() { p.notes { (notes) } }
        }
    }

    /// The number of endpoints by health.
    pub(super) fn census(&self) -> Census {
        let endpoints = self.status.accounts.iter().flat_map(|account| &account.endpoints);
        Census::of(&endpoints.collect::<Vec<_>>())
    }

    fn of_account(&self, n: usize, account: &AccountStatus) -> Option<Markup> {
        let problem = account.findings.iter().find(|finding| is_problem(finding));
        if problem.is_none() && account.answered {
            return None;
        }
        Some(html! {
            @if self.has_several() { "Account " (foreign(&account.account)) ": " }
            @match problem {
                Some(finding) => {
                    a href={ "#" (super::finding_id(n, finding)) } {
                        @if self.has_several() { (title(finding.name)) } @else { (sentence(finding.name)) }
                    }
                    " " (since(finding.since, self.now()))
                },
                None => @if self.has_several() { "no response" } @else { "No response from Runpod" },
            }
        })
    }

    fn of_endpoints(&self, census: Census) -> Option<Markup> {
        let Census { unhealthy, degraded, unknown, unreadable, .. } = census;
        if census.affected() == 0 {
            return None;
        }
        let states = [
            (unhealthy, "unhealthy"),
            (degraded, "degraded"),
            (unreadable, "unreadable"),
            (unknown.saturating_sub(unreadable), "unknown"),
        ];
        let mut states = states.into_iter().filter(|(number, _)| *number > 0);
        let (number, state) = states.next()?;
        Some(html! {
            (items(number, "endpoint")) " " (state)
            // Of several endpoints that cannot be read, none is known to be the worst.
            @if unknown < census.affected() || number == 1 { (self.worst(number)) }
            @for (number, state) in states { ", " (number) " " (state) }
        })
    }

    /// The endpoint with the most severe problem, and since when it has it.
    fn worst(&self, number: usize) -> Markup {
        let all =
            self.each().flat_map(|(n, account)| account.endpoints.iter().map(move |one| (n, account, one)));
        let worst = all.max_by(|one, other| one.2.priority().total_cmp(&other.2.priority()));
        html! {
            @if let Some((n, account, endpoint)) = worst {
                @if number == 1 { ": " } @else { ", worst " }
                a href=(self.link_to(n, endpoint)) { (foreign(&endpoint.name)) }
                @if let Some(began) = began(account, endpoint) { " " (since(began, self.now())) }
            }
        }
    }

    /// A link to the row of an endpoint, which the filters may hide.
    fn link_to(&self, n: usize, endpoint: &EndpointStatus) -> String {
        let is_shown = self.view.shows(endpoint) && self.view.finds(endpoint);
        format!("{}#{}", if is_shown { "" } else { "./" }, anchor("e", n, &endpoint.id))
    }

    /// What needs no attention at once. Nothing without notes.
    fn notes(&self) -> Option<Markup> {
        let accounts = &self.status.accounts;
        let of_endpoints = accounts.iter().flat_map(|account| &account.endpoints).filter(|one| is_noted(one));
        let own =
            accounts.iter().flat_map(|account| &account.findings).filter(|finding| !is_problem(finding));
        let own = own.filter(|finding| !finding.is_symptom()).count();
        let endpoints: usize = of_endpoints.map(|endpoint| endpoint.findings.len()).sum();
        match (endpoints, own) {
            (0, 0) => None,
            (0, own) => Some(html! { (items(own, "note")) " about the account, its pods or clusters" }),
            (endpoints, own) => Some(html! {
                a data-view href={ (self.view.with_state("notes")) "#endpoints" } { (items(endpoints, "note")) " about healthy endpoints" }
                @if own > 0 { ", " (own) " about the account, its pods or clusters" }
            }),
        }
    }

    /// When the page was made.
    pub(super) const fn now(&self) -> Timestamp {
        self.status.timestamp
    }
}

/// When the problems of an endpoint began.
pub(super) fn began(account: &AccountStatus, endpoint: &EndpointStatus) -> Option<Timestamp> {
    let cause = endpoint.cause?;
    let mut findings = endpoint.findings.iter().chain(&account.findings);
    findings.find(|finding| finding.name == cause).map(|finding| finding.since)
}

fn quiet(census: Census) -> Markup {
    html! {
        @match census.total() {
            0 => "No problems",
            1 => "The endpoint is healthy",
            total => { "All " (items(total, "endpoint")) " are healthy" },
        }
    }
}
