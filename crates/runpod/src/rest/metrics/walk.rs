//! The walk through the schema of a response: a plan of where its facts are, and notes about the numbers that are not facts.

use serde_json::Value;

use super::claim::understand;
use super::findings::Findings;
use super::note::Why;
use super::place::{Place, Within, says_something};
use super::plan::{BucketList, Columns, Field, Times};
use super::roles;
use super::schema::{Document, Schema};
use super::series::find_series;
use super::unit::TimeUnit;
use super::words::{Word, meanings};

/// The walk through one schema.
#[derive(Debug)]
struct Walk<'d, 'a> {
    document: &'d Document<'a>,
    findings: Findings,
}

/// Walks through the schema of the response of an operation, which has this path.
pub(super) fn walk<'a>(document: &Document<'a>, operation: &str, schema: &'a Value) -> Findings {
    let mut walk = Walk { document, findings: Findings::of(operation) };
    walk.visit(schema, Place::default());
    walk.findings
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
        } else if schema.has_open_names && place.levels.iter().any(|level| says_something(level.name)) {
            self.findings.note(&place.property, &Why::OpenNames);
        } else if place.levels.last().is_some_and(|level| names_statistic(level.name)) {
            self.findings.note(&place.property, &Why::NotANumber);
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
            let plan = &mut self.findings.plan;
            place.within = Within::Columns(plan.columns.len());
            let way = std::mem::take(&mut place.way);
            plan.columns.push(Columns { way, times: times.clone(), fields: Vec::new() });
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
                self.findings.note(&property.property, &Why::Forms);
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
        if find_series(self.document, &mut self.findings, &schema, &elements) {
            return;
        }
        let times = roles::times(self.document, &schema);
        if let Some(times) = &times {
            let plan = &mut self.findings.plan;
            elements.within = Within::Bucket(plan.lists.len());
            let way = std::mem::take(&mut elements.way);
            plan.lists.push(BucketList { way, times: times.clone(), fields: Vec::new() });
        } else {
            elements.within = Within::Nested;
        }
        self.visit_object(&schema, &elements, times.as_ref());
    }

    fn visit_number(&mut self, place: &Place<'a>) {
        let understood = understand(&place.leaf());
        let understood = understood.and_then(|(fact, unit)| {
            let fact = self.findings.new_fact(fact)?;
            let fields = match place.within {
                Within::Bucket(list) => self.findings.plan.lists.get_mut(list).map(|list| &mut list.fields),
                Within::Columns(columns) => {
                    self.findings.plan.columns.get_mut(columns).map(|columns| &mut columns.fields)
                }
                Within::Root => return Err(Why::NoBucket),
                Within::Nested => return Err(Why::Nested),
            };
            if let Some(fields) = fields {
                fields.push(Field { way: place.way.clone(), fact, unit });
            }
            Ok((fact, unit))
        });
        match understood {
            Ok((fact, unit)) => self.findings.found(&place.property, fact, unit.map_or("", TimeUnit::as_str)),
            Err(why) => self.findings.note(&place.property, &why),
        }
    }
}

/// Whether a name is that of a statistic, so that a number is expected.
fn names_statistic(name: &str) -> bool {
    meanings(name).iter().any(|word| matches!(word, Word::Statistic(_) | Word::OtherPercentile(_)))
}
