//! What was found in the schema of a response.

use std::collections::BTreeMap;

use super::note::{DescribedProperty, MAX_NOTES, SkipReason, SkippedProperty, shortened};
use super::plan::Plan;
use super::statistic::ReportedStatistic;
use super::unit::TimeUnit;

/// What was found in the schema of a response.
#[derive(Debug, Default)]
pub(super) struct WalkResult {
    /// The path of the operation.
    operation: String,
    pub(super) plan: Plan,
    pub(super) readings: Vec<DescribedProperty>,
    pub(super) notes: Vec<SkippedProperty>,
    /// The property of each fact, and its unit.
    properties: BTreeMap<ReportedStatistic, (String, Option<TimeUnit>)>,
}

/// A fact, and the property that it is read from.
#[derive(Debug, Clone, Copy)]
pub(super) struct DescribedFact<'p> {
    pub(super) property: &'p str,
    pub(super) fact: ReportedStatistic,
    /// `None` if the property has no unit, or each value its own.
    pub(super) unit: Option<TimeUnit>,
    /// The unit, for messages.
    pub(super) unit_text: &'static str,
}

impl WalkResult {
    pub(super) fn of(operation: &str) -> Self {
        Self { operation: operation.to_owned(), ..Self::default() }
    }

    /// Whether a fact is read from a property with this unit: unless another one says the same, except in a coarser unit.
    pub(super) fn accepts(&self, fact: ReportedStatistic, unit: Option<TimeUnit>) -> Result<(), SkipReason> {
        match self.properties.get(&fact) {
            Some((_, Some(coarser))) if unit.is_some_and(|unit| unit < *coarser) => Ok(()),
            Some((property, _)) => Err(SkipReason::Repeated(property.clone())),
            None => Ok(()),
        }
    }

    /// A property with a fact that is read, instead of the one from which it was read before.
    pub(super) fn found(&mut self, read: DescribedFact<'_>) {
        let DescribedFact { property, fact, unit, unit_text } = read;
        let (operation, property) = (self.operation.clone(), shortened(property));
        if let Some((coarser, _)) = self.properties.insert(fact, (property.clone(), unit)) {
            self.plan.remove(fact);
            self.readings.retain(|reading| reading.fact != fact);
            self.note(&coarser, &SkipReason::Repeated(property.clone()));
        }
        self.readings.push(DescribedProperty { operation, property, fact, unit: unit_text });
    }

    /// A property that is not read, or with an empty name the operation.
    pub(super) fn note(&mut self, property: &str, reason: &SkipReason) {
        if self.notes.len() < MAX_NOTES {
            let (operation, property) = (self.operation.clone(), shortened(property));
            self.notes.push(SkippedProperty { operation, property, reason: reason.to_string() });
        }
    }
}
