//! Which finding explains which, and which one is the cause of an endpoint's problems.
//!
//! What a finding explains is in its row. Only the roots count: a symptom is explained by the finding at the beginning of the
//! chain, and that finding is explained by nothing.

use std::cmp::Reverse;

use super::checks::{Finding, Name};
use super::impact::Impact;

/// Marks the symptoms among the findings about one subject and those about its account.
pub(super) fn explain(findings: &mut [Finding], account: &[Finding]) {
    let present: Vec<Name> = account.iter().chain(&*findings).map(|finding| finding.name).collect();
    for finding in findings {
        let known = finding.explained_by.filter(|cause| present.contains(cause));
        finding.explained_by = root(finding.name, &present).or(known);
    }
}

/// The beginning of the chain of explanations of a finding, if it has any.
fn root(name: Name, present: &[Name]) -> Option<Name> {
    let explainer = |of: Name| present.iter().copied().find(|by| by.row().effect.explains.contains(&of));
    let first = explainer(name)?;
    Some(std::iter::successors(Some(first), |name| explainer(*name)).last().unwrap_or(first))
}

/// The cause of the problems of an endpoint: of its findings that are not symptoms, the one with the greatest impact on its
/// users; or the finding about the account that explains them.
pub(super) fn cause(findings: &[Finding]) -> Option<Name> {
    let has_impact =
        |finding: &&Finding| finding.impact > Impact::None || finding.name == Name::EndpointUnreadable;
    let affecting = || findings.iter().filter(has_impact);
    let own = affecting()
        .filter(|finding| !finding.is_symptom())
        .min_by_key(|finding| Reverse((finding.impact, finding.severity)));
    own.map(|finding| finding.name).or_else(|| affecting().find_map(|finding| finding.explained_by))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_finding_explains_itself_through_others() {
        for name in Name::ALL {
            let mut reached = name.row().effect.explains.to_vec();
            let mut next = 0;
            while let Some(symptom) = reached.get(next) {
                assert_ne!(symptom, name, "{name:?} explains itself");
                let further = symptom.row().effect.explains.iter().filter(|name| !reached.contains(name));
                let further: Vec<Name> = further.copied().collect();
                reached.extend(further);
                next += 1;
            }
        }
    }

    #[test]
    fn a_symptom_is_explained_by_the_beginning_of_the_chain() {
        let present = [Name::LatencyHigh, Name::QueueDeep, Name::NoWorkers, Name::WorkersMaxZero];
        assert_eq!(root(Name::LatencyHigh, &present), Some(Name::WorkersMaxZero));
        assert_eq!(root(Name::WorkersMaxZero, &present), None);
        assert_eq!(root(Name::LatencyHigh, &present[..2]), Some(Name::QueueDeep));
        assert_eq!(root(Name::StandbyWithoutMinimum, &present[..2]), None);
    }
}
