//! What was not understood of the description of an operation, and why.

use std::fmt;

use super::statistic::ReportedStatistic;
use super::unit::TimeUnit;

/// Maximum number of notes about one operation.
pub(super) const MAX_NOTES: usize = 200;

/// Maximum number of characters of a name from the description.
const MAX_NAME: usize = 160;

/// A property of an operation's response that is not read, or an operation that is not requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkippedProperty {
    /// The path of the operation, such as `/v2/serverless/{id}/metrics`.
    pub operation: String,
    /// The path of the property in the response, such as `buckets[].p95`; empty if the note is about the operation.
    pub property: String,
    /// Why it is not read.
    pub reason: String,
}

/// A property of an operation's response that is read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DescribedProperty {
    /// The path of the operation.
    pub operation: String,
    /// The path of the property in the response.
    pub property: String,
    /// What it says.
    pub fact: ReportedStatistic,
    /// Its unit, `ms` or another abbreviation; empty for a count.
    pub unit: &'static str,
}

/// Why a property is not read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum SkipReason {
    /// A word of its name is not known.
    Word(String),
    /// A word of its description says that it is something else.
    Description(String),
    NoMeasure,
    Measures,
    NoStatistic,
    Statistics,
    OtherPercentile(String),
    NoUnit,
    Units(Vec<TimeUnit>),
    UnitOfCount,
    NotANumber,
    NoBucket,
    Nested,
    /// The same fact is read from this property.
    Repeated(String),
    /// An object whose names, or the metrics of a series, are not in the description.
    OpenNames,
    Forms,
}

impl fmt::Display for SkipReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Word(word) => write!(f, "the word \"{}\" of its name is not known", shortened(word)),
            Self::Description(word) => write!(f, "its description says \"{}\"", shortened(word)),
            Self::NoMeasure => f.write_str("it is not about delay, execution or cold starts"),
            Self::Measures => f.write_str("it is about more than one of delay, execution and cold starts"),
            Self::NoStatistic => f.write_str("it names no percentile, average, maximum or count"),
            Self::Statistics => f.write_str("it names more than one statistic"),
            Self::OtherPercentile(name) => write!(f, "there is no metric for {}", shortened(name)),
            Self::NoUnit => f.write_str("no unit is stated"),
            Self::Units(units) => {
                let units: Vec<_> = units.iter().map(|unit| unit.as_str()).collect();
                write!(f, "more than one unit is stated: {}", units.join(", "))
            }
            Self::UnitOfCount => f.write_str("it is a count with a unit of time"),
            Self::NotANumber => f.write_str("it is not a number"),
            Self::NoBucket => f.write_str("it is not in a list of buckets with a time"),
            Self::Nested => f.write_str("it is in a list within a bucket"),
            Self::Repeated(property) => write!(f, "{} says the same", shortened(property)),
            Self::OpenNames => f.write_str("the description does not list its names"),
            Self::Forms => f.write_str("it has several forms with different schemas"),
        }
    }
}

/// A name from the description, for a message: without control characters, and not longer than a line.
pub(super) fn shortened(name: &str) -> String {
    name.chars().filter(|character| !character.is_control()).take(MAX_NAME).collect()
}
