//! The walk through the schema of a response: a plan of where its facts are, and notes about the numbers that are not facts.

use serde_json::Value;

use super::claim::understand;
use super::note::SkipReason;
use super::place::{Place, Within, says_something};
use super::plan::{BucketList, Columns, Field, Plan, Times};
use super::roles;
use super::series::find_series;
use super::unit::TimeUnit;
use super::walk_result::{DescribedFact, WalkResult};
use super::words::{Word, meanings};
use crate::rest::schema::{Document, Schema};

/// The walk through one schema.
#[derive(Debug)]
struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    result: WalkResult,
}

/// Walks through the schema of the response of an operation, which has this path.
pub(super) fn walk<'a>(document: &Document<'a>, operation: &str, schema: &'a Value) -> WalkResult {
    let mut walk = Walk { document, result: WalkResult::of(operation) };
    walk.visit(schema, Place::default());
    walk.result
}

impl<'a> Walk<'_, 'a> {
    fn visit(&mut self, value: &'a Value, mut place: Place<'a>) {
        let schema = self.document.schema(value);
        place.describe(&schema);
        if let Some(items) = schema.items {
            self.visit_list(items, &place);
        } else if !schema.properties.is_empty() {
            self.visit_object(&schema, &place, None);
        } else if schema.is_number() {
            self.visit_number(&place);
        } else if schema.has_open_names && place.steps.iter().any(|step| says_something(step.name)) {
            self.result.note(&place.property, &SkipReason::OpenNames);
        } else if place.steps.last().is_some_and(|step| names_statistic(step.name)) {
            self.result.note(&place.property, &SkipReason::NotANumber);
        }
    }

    /// Visits the properties of an object, but not those with the times of its buckets.
    fn visit_object(&mut self, schema: &Schema<'a>, place: &Place<'a>, times: Option<&Times>) {
        let mut place = place.clone();
        let columns = match place.within {
            Within::Root => roles::lists_of_times(self.document, schema),
            Within::Bucket(_) | Within::Columns(_) | Within::Nested => None,
        };
        if let Some(times) = &columns {
            let plan = &mut self.result.plan;
            place.within = Within::Columns(plan.columns.len());
            let path = std::mem::take(&mut place.path);
            plan.columns.push(Columns { path, times: times.clone(), fields: Vec::new() });
        }
        let times = times.or(columns.as_ref());
        for (name, value) in &schema.properties {
            let is_time =
                times.is_some_and(|times| times.start == *name || times.end.as_deref() == Some(name));
            if is_time || !self.document.has_more() {
                continue;
            }
            let Some(property) = place.property(name) else { continue };
            if schema.differing.contains(name) {
                self.result.note(&property.property, &SkipReason::Forms);
            } else {
                self.visit(value, property);
            }
        }
    }

    fn visit_list(&mut self, items: &'a Value, place: &Place<'a>) {
        let schema = self.document.schema(items);
        let Some(mut elements) = place.elements() else { return };
        elements.describe(&schema);
        match place.within {
            Within::Root => {}
            Within::Columns(_) if schema.is_number() && schema.properties.is_empty() => {
                let mut column = place.clone();
                column.describe(&schema);
                return self.visit_number(&column);
            }
            Within::Columns(_) | Within::Bucket(_) | Within::Nested => elements.within = Within::Nested,
        }
        if schema.properties.is_empty() {
            return if schema.is_number() {
                self.visit_number(&elements);
            } else {
                self.visit(items, elements);
            };
        }
        if place.within != Within::Root {
            return self.visit_object(&schema, &elements, None);
        }
        if find_series(self.document, &mut self.result, &schema, &elements) {
            return;
        }
        let times = roles::times(self.document, &schema);
        if let Some(times) = &times {
            let plan = &mut self.result.plan;
            elements.within = Within::Bucket(plan.lists.len());
            let path = std::mem::take(&mut elements.path);
            plan.lists.push(BucketList { path, times: times.clone(), fields: Vec::new() });
        } else {
            elements.within = Within::Nested;
        }
        self.visit_object(&schema, &elements, times.as_ref());
    }

    fn visit_number(&mut self, place: &Place<'a>) {
        let understood = understand(&place.leaf());
        let understood = understood.and_then(|(fact, unit)| {
            self.result.accepts(fact, unit)?;
            match place.within {
                Within::Bucket(_) | Within::Columns(_) => Ok((fact, unit)),
                Within::Root => Err(SkipReason::NoBucket),
                Within::Nested => Err(SkipReason::Nested),
            }
        });
        let (fact, unit) = match understood {
            Ok(understood) => understood,
            Err(reason) => return self.result.note(&place.property, &reason),
        };
        let unit_text = unit.map_or("", TimeUnit::as_str);
        self.result.found(DescribedFact { property: &place.property, fact, unit, unit_text });
        let Plan { lists, columns, .. } = &mut self.result.plan;
        let fields = match place.within {
            Within::Bucket(list) => lists.get_mut(list).map(|list| &mut list.fields),
            Within::Columns(list) => columns.get_mut(list).map(|columns| &mut columns.fields),
            Within::Root | Within::Nested => None,
        };
        if let Some(fields) = fields {
            fields.push(Field { path: place.path.clone(), fact, unit });
        }
    }
}

/// Whether a name is that of a statistic, so that a number is expected.
fn names_statistic(name: &str) -> bool {
    meanings(name).iter().any(|word| matches!(word, Word::Statistic(_) | Word::OtherPercentile(_)))
}
