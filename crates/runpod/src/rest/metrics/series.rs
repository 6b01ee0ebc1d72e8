//! Lists of series: each has its metric, statistic and unit in properties of its own, next to its values.

use std::collections::BTreeMap;

use super::claim::{self, Step, understand};
use super::note::SkipReason;
use super::place::Place;
use super::plan::{Points, SeriesList};
use super::roles;
use super::statistic::{ReportedStatistic, Statistic};
use super::unit::TimeUnit;
use super::walk_result::{DescribedFact, WalkResult};
use crate::rest::schema::{Document, Schema};

/// Maximum number of metrics, and of statistics of each.
const MAX_VALUES: usize = 100;

/// What is in the properties of a series.
struct Keys<'a> {
    metric: &'a str,
    statistic: Option<&'a str>,
    unit: Option<&'a str>,
}

/// Adds a list whose elements are series to the plan. Returns whether they are.
pub(super) fn find_series<'a>(
    document: &Document<'a>,
    result: &mut WalkResult,
    element: &Schema<'a>,
    place: &Place<'a>,
) -> bool {
    let Some(metric) = roles::metric(document, element) else { return false };
    let Some((points, value)) = points(document, element) else { return false };
    let keys =
        Keys { metric, statistic: roles::statistic(document, element), unit: roles::unit(document, element) };
    let values = |key: &str| -> Vec<&'a str> {
        let values = element.properties.get(key).map(|value| document.schema(value).values);
        values.unwrap_or_default().into_iter().take(MAX_VALUES).collect()
    };
    let metrics = values(keys.metric);
    let statistics: Vec<Option<&'a str>> = match keys.statistic {
        Some(key) => values(key).into_iter().map(Some).collect(),
        None => vec![None],
    };
    if metrics.is_empty() || statistics.is_empty() {
        result.note(&place.property, &SkipReason::OpenNames);
        return true;
    }
    result.plan.series.push(SeriesList {
        path: place.path.clone(),
        metric: keys.metric.to_owned(),
        statistic: keys.statistic.map(str::to_owned),
        unit: keys.unit.map(str::to_owned),
        points,
        facts: BTreeMap::new(),
    });
    for metric in &metrics {
        for statistic in &statistics {
            let named =
                format!("{}[{}]", place.property.trim_end_matches("[]"), name(&keys, metric, *statistic));
            let mut steps = place.steps.clone();
            steps.push(Step { name: metric, ..Step::default() });
            steps.extend(statistic.map(|name| Step { name, ..Step::default() }));
            steps.push(value.clone());
            let units = keys.unit.map(values);
            match fact_of(result, &steps, units.as_deref()) {
                Ok((fact, unit, unit_text)) => {
                    result.found(DescribedFact { property: &named, fact, unit, unit_text });
                    let key = ((*metric).to_owned(), statistic.map(str::to_owned));
                    if let Some(list) = result.plan.series.last_mut() {
                        list.facts.insert(key, (fact, unit));
                    }
                }
                Err(reason) => result.note(&named, &reason),
            }
        }
    }
    true
}

/// The fact of a series, its unit if the description states it, and the unit for messages.
fn fact_of(
    result: &WalkResult,
    steps: &[Step<'_>],
    units: Option<&[&str]>,
) -> Result<(ReportedStatistic, Option<TimeUnit>, &'static str), SkipReason> {
    let stated = understand(steps);
    let (fact, unit, text) = match (stated, units) {
        (Err(SkipReason::NoUnit), Some(units)) if is_time(units) => (claim::fact(steps)?, None, "its own"),
        (Err(reason), _) => return Err(reason),
        (Ok((fact, unit)), _) => (fact, unit, unit.map_or("", TimeUnit::as_str)),
    };
    result.accepts(fact, unit)?;
    Ok((fact, unit, text))
}

/// Whether a series can have one of these units of time, or any text as unit.
fn is_time(units: &[&str]) -> bool {
    units.is_empty() || units.iter().any(|unit| TimeUnit::named(&unit.to_lowercase()).is_some())
}

fn name(keys: &Keys<'_>, metric: &str, statistic: Option<&str>) -> String {
    match keys.statistic.zip(statistic) {
        Some((key, statistic)) => format!("{}={metric},{key}={statistic}", keys.metric),
        None => format!("{}={metric}", keys.metric),
    }
}

/// Where the values of a series are, and what the description says of them.
fn points<'a>(document: &Document<'a>, element: &Schema<'a>) -> Option<(Points, Step<'a>)> {
    let step = |schema: &Schema<'a>, key: &'a str| {
        let value = schema.properties.get(key).map(|value| document.schema(value)).unwrap_or_default();
        Step { texts: value.texts, formats: value.formats, ..Step::default() }
    };
    if let (Some(times), Some(value)) = (roles::times(document, element), roles::value(document, element)) {
        return Some((Points::Own(times, value.to_owned()), step(element, value)));
    }
    if let Some(times) = roles::lists_of_times(document, element) {
        let is_numbers = |value: &'a _| {
            document.schema(value).items.is_some_and(|items| document.schema(items).is_number())
        };
        let values = roles::named(element, &["values", "value", "data"], is_numbers)?;
        return Some((Points::Columns(times, values.to_owned()), step(element, values)));
    }
    element.properties.iter().find_map(|(key, value)| {
        let point = document.schema(document.schema(value).items?);
        let (times, value) = (roles::times(document, &point)?, roles::value(document, &point)?);
        Some((Points::List((*key).to_owned(), times, value.to_owned()), step(&point, value)))
    })
}

/// The unit of a series: the one that it states itself and the one of the description, which must not differ.
pub(super) fn agreed(
    statistic: Statistic,
    described: Option<TimeUnit>,
    own: Option<&str>,
) -> Result<Option<TimeUnit>, SkipReason> {
    let own_unit = own.and_then(|own| TimeUnit::named(&own.to_lowercase()));
    let units: Vec<TimeUnit> = described.into_iter().chain(own_unit).collect();
    match (statistic, units.as_slice()) {
        (Statistic::Count, []) => Ok(None),
        (Statistic::Count, _) => Err(SkipReason::UnitOfCount),
        (_, []) => Err(SkipReason::NoUnit),
        // A unit that is not one of time contradicts the description.
        (_, _) if own.is_some() && own_unit.is_none() => Err(SkipReason::NoUnit),
        (_, [first, rest @ ..]) if rest.iter().all(|unit| unit == first) => Ok(Some(*first)),
        (_, _) => Err(SkipReason::Units(units)),
    }
}
