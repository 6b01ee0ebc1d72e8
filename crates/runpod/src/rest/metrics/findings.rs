//! What was found in the schema of a response.

use std::collections::BTreeMap;

use super::fact::Fact;
use super::note::{MAX_NOTES, MetricsNote, MetricsReading, Why, shortened};
use super::plan::Plan;

/// What was found in the schema of a response.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// The path of the operation.
    operation: String,
    pub(super) plan: Plan,
    pub(super) readings: Vec<MetricsReading>,
    pub(super) notes: Vec<MetricsNote>,
    /// The property of each fact.
    properties: BTreeMap<Fact, String>,
}

impl Findings {
    pub(super) fn of(operation: &str) -> Self {
        Self { operation: operation.to_owned(), ..Self::default() }
    }

    /// The fact, unless another property says the same.
    pub(super) fn new_fact(&self, fact: Fact) -> Result<Fact, Why> {
        self.properties.get(&fact).map_or(Ok(fact), |property| Err(Why::Repeated(property.clone())))
    }

    /// A property with a fact that is read.
    pub(super) fn found(&mut self, property: &str, fact: Fact, unit: &'static str) {
        let (operation, property) = (self.operation.clone(), shortened(property));
        self.properties.insert(fact, property.clone());
        self.readings.push(MetricsReading { operation, property, fact, unit });
    }

    /// A property that is not read, or with an empty name the operation.
    pub(super) fn note(&mut self, property: &str, why: &Why) {
        if self.notes.len() < MAX_NOTES {
            let (operation, property) = (self.operation.clone(), shortened(property));
            self.notes.push(MetricsNote { operation, property, reason: why.to_string() });
        }
    }
}
