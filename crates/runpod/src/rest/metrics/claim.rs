//! What the names and texts on the path to a property say together about its value.

use std::collections::BTreeSet;

use super::note::SkipReason;
use super::split::split;
use super::statistic::{Measure, ReportedStatistic, Statistic};
use super::unit::{TimeUnit, stated, stated_for_all};
use super::words::{Word, meanings, next};

/// One step on the path to a property: a name, an element of a list, or the value of a property that identifies a series.
#[derive(Debug, Clone, Default)]
pub(super) struct Step<'a> {
    /// Empty for the elements of a list.
    pub(super) name: &'a str,
    pub(super) texts: Vec<&'a str>,
    pub(super) formats: Vec<&'a str>,
    /// Whether it contains more than this property: the bucket, and what is above it. Its texts state a unit only for all times.
    pub(super) is_shared: bool,
}

/// Words of a description after which a value is not the statistic that its name says.
#[rustfmt::skip]
const CONTRADICTING_WORDS: &[&str] = &[
    "ratio", "share", "fraction", "percent", "percentage", "rate", "bytes", "byte", "kb", "mb", "gb", "mib", "gib", "tokens",
    "dollars", "usd", "cents", "forecast", "predicted", "prediction", "estimated", "estimate", "target", "threshold", "limit",
    "objective", "slo", "sla", "exceed", "exceeds", "exceeded", "exceeding", "above", "below", "change", "difference", "delta",
    "trend", "previous", "baseline", "score", "variance", "deviation", "sum", "cumulative", "minimum",
];

/// What the steps say: what is read, and in which unit. A count has none.
pub(super) fn understand(steps: &[Step<'_>]) -> Result<(ReportedStatistic, Option<TimeUnit>), SkipReason> {
    let fact = fact(steps)?;
    if fact.statistic == Statistic::Count {
        // The unit of the times beside it is not its own.
        let own = unit(steps.last().map(std::slice::from_ref).unwrap_or_default())?;
        return if own.is_some() { Err(SkipReason::UnitOfCount) } else { Ok((fact, None)) };
    }
    match unit(steps)? {
        None => Err(SkipReason::NoUnit),
        unit => Ok((fact, unit)),
    }
}

/// What is read, without its unit.
pub(super) fn fact(steps: &[Step<'_>]) -> Result<ReportedStatistic, SkipReason> {
    let (mut measures, mut statistics) = (BTreeSet::new(), BTreeSet::new());
    for word in steps.iter().flat_map(|step| meanings(step.name)) {
        match word {
            Word::Measure(measure) => {
                measures.insert(measure);
            }
            Word::Statistic(statistic) => {
                statistics.insert(statistic);
            }
            Word::Unit(_) | Word::Neutral => {}
            Word::OtherPercentile(name) => return Err(SkipReason::OtherPercentile(name)),
            Word::Unknown(word) => return Err(SkipReason::Word(word)),
        }
    }
    // The nearest text of the property's own steps takes precedence.
    let texts = || steps.iter().rev().filter(|step| !step.is_shared).flat_map(|step| &step.texts);
    if statistics.is_empty() {
        let leaf = steps.last().map(|step| step.texts.as_slice()).unwrap_or_default();
        statistics = leaf.iter().flat_map(|text| claims(text).statistics).collect();
    }
    if measures.is_empty() {
        let nearest = texts().map(|text| claims(text).measures).find(|measures| !measures.is_empty());
        measures = nearest.unwrap_or_default();
    }
    let fact = ReportedStatistic {
        measure: only(&measures, || SkipReason::NoMeasure, || SkipReason::Measures)?,
        statistic: only(&statistics, || SkipReason::NoStatistic, || SkipReason::Statistics)?,
    };
    contradiction(fact, steps).map_or(Ok(fact), Err)
}

fn only<T: Copy>(
    set: &BTreeSet<T>,
    none: fn() -> SkipReason,
    several: fn() -> SkipReason,
) -> Result<T, SkipReason> {
    let mut all = set.iter().copied();
    match (all.next(), all.next()) {
        (Some(one), None) => Ok(one),
        (None, _) => Err(none()),
        (Some(_), Some(_)) => Err(several()),
    }
}

/// The measures and statistics that a text names.
#[derive(Debug, Default)]
struct Claims {
    measures: BTreeSet<Measure>,
    statistics: BTreeSet<Statistic>,
    other_percentile: Option<String>,
    /// The measure that directly follows a statistic: `95th percentile of the execution time`.
    of: Option<Measure>,
}

/// Words between a statistic and what it is of.
const BETWEEN: &[&str] = &["of", "the", "a", "all", "job", "jobs", "request", "requests", "for", "in"];

fn claims(text: &str) -> Claims {
    let words = split(text);
    let mut claims = Claims::default();
    let mut rest = words.as_slice();
    let mut after_statistic = false;
    while let Some((word, used)) = next(rest) {
        let is_between = rest.first().is_some_and(|word| BETWEEN.contains(&word.as_str()));
        rest = rest.get(used..).unwrap_or_default();
        match word {
            Word::Measure(measure) => {
                if after_statistic {
                    claims.of = claims.of.or(Some(measure));
                }
                claims.measures.insert(measure);
                after_statistic = false;
            }
            Word::Statistic(statistic) => {
                claims.statistics.insert(statistic);
                after_statistic = true;
            }
            Word::OtherPercentile(name) => claims.other_percentile = Some(name),
            Word::Unit(_) | Word::Neutral | Word::Unknown(_) => after_statistic &= is_between,
        }
    }
    claims
}

/// Why a description says something else than the name of its property, if it does.
fn contradiction(fact: ReportedStatistic, steps: &[Step<'_>]) -> Option<SkipReason> {
    let (leaf, above) = steps.split_last()?;
    // A longer text about a group of properties may mention others of them.
    let beginnings = above.iter().filter(|step| !step.is_shared).flat_map(|step| &step.texts);
    let beginnings = beginnings.filter_map(|text| text.split(['.', ',', ';', ':', '(']).next());
    let own = leaf.texts.iter().chain(&leaf.formats).copied();
    if let Some(word) = beginnings.chain(own).find_map(|text| contradicting_word(text, fact.statistic)) {
        return Some(SkipReason::Description(word));
    }
    leaf.texts.iter().find_map(|text| {
        let claims = claims(text);
        if let Some(name) = claims.other_percentile {
            return Some(SkipReason::OtherPercentile(name));
        }
        let has_other = claims.statistics.iter().any(|statistic| *statistic != fact.statistic);
        let of_other = claims.of.is_some_and(|measure| measure != fact.measure);
        has_other.then_some(SkipReason::Statistics).or(of_other.then_some(SkipReason::Measures))
    })
}

/// The word of a text that says that its value is not the statistic that its name says.
fn contradicting_word(text: &str, statistic: Statistic) -> Option<String> {
    let words = split(text);
    let other = words.iter().find(|word| CONTRADICTING_WORDS.contains(&word.as_str())).cloned();
    let is_count = statistic != Statistic::Count && counts(&words);
    other.or_else(|| is_count.then(|| "number of".to_owned()))
}

/// Whether a text says that its value is a number of things, other than of a unit of time.
fn counts(words: &[String]) -> bool {
    let is_unit = |word: Option<&String>| word.is_some_and(|word| TimeUnit::named(word).is_some());
    words.iter().enumerate().any(|(position, word)| match word.as_str() {
        "count" | "counts" | "amount" => true,
        "number" => !is_unit(words.get(position + 2)),
        "many" => position > 0 && words.get(position - 1).is_some_and(|word| word == "how"),
        _ => false,
    })
}

/// The unit that the nearest step states, by its name, its format or its texts.
fn unit(steps: &[Step<'_>]) -> Result<Option<TimeUnit>, SkipReason> {
    for step in steps.iter().rev() {
        let named = meanings(step.name).into_iter().filter_map(|word| match word {
            Word::Unit(unit) => Some(unit),
            _ => None,
        });
        let formats = step.formats.iter().filter_map(|format| TimeUnit::named(&format.to_lowercase()));
        let in_texts = step
            .texts
            .iter()
            .flat_map(|text| if step.is_shared { stated_for_all(text) } else { stated(text) });
        let mut units: Vec<TimeUnit> = named.chain(formats).chain(in_texts).collect();
        units.sort_unstable();
        units.dedup();
        match units.as_slice() {
            [] => {}
            [unit] => return Ok(Some(*unit)),
            _ => return Err(SkipReason::Units(units)),
        }
    }
    Ok(None)
}
