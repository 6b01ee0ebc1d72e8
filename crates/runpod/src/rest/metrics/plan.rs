//! Where the facts are in the responses of an operation.

use std::collections::BTreeMap;

use super::statistic::ReportedStatistic;
use super::unit::TimeUnit;

/// The names of properties, from object to object.
pub(super) type JsonPath = Vec<String>;

/// Where the facts are in the responses of an operation.
#[derive(Debug, Default)]
pub(in crate::rest) struct Plan {
    pub(super) lists: Vec<BucketList>,
    pub(super) columns: Vec<Columns>,
    pub(super) series: Vec<SeriesList>,
}

/// The properties with the time of a bucket.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) start: String,
    /// Without it, a bucket is as long as the interval that was requested.
    pub(super) end: Option<String>,
}

/// A list of buckets. Each is an object with its time and its facts.
#[derive(Debug)]
pub(super) struct BucketList {
    pub(super) path: JsonPath,
    pub(super) times: Times,
    pub(super) fields: Vec<Field>,
}

/// A fact in a bucket, or a column.
#[derive(Debug)]
pub(super) struct Field {
    pub(super) path: JsonPath,
    pub(super) fact: ReportedStatistic,
    /// `None` for a count.
    pub(super) unit: Option<TimeUnit>,
}

/// An object with a list of times, and lists of values in the same order.
#[derive(Debug)]
pub(super) struct Columns {
    pub(super) path: JsonPath,
    pub(super) times: Times,
    pub(super) fields: Vec<Field>,
}

/// A list of series. The metric, statistic and unit of each are in its own properties.
#[derive(Debug)]
pub(super) struct SeriesList {
    pub(super) path: JsonPath,
    pub(super) metric: String,
    pub(super) statistic: Option<String>,
    pub(super) unit: Option<String>,
    pub(super) points: Points,
    /// By metric and statistic.
    pub(super) facts: BTreeMap<(String, Option<String>), (ReportedStatistic, Option<TimeUnit>)>,
}

/// Where the values of a series are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Points {
    /// In the series itself: one value with its time.
    Own(Times, String),
    /// In a list of objects.
    List(String, Times, String),
    /// In two lists.
    Columns(Times, String),
}

impl Plan {
    /// Removes what reads a fact.
    pub(super) fn remove(&mut self, fact: ReportedStatistic) {
        let lists = self.lists.iter_mut().map(|list| &mut list.fields);
        for fields in lists.chain(self.columns.iter_mut().map(|columns| &mut columns.fields)) {
            fields.retain(|field| field.fact != fact);
        }
        for series in &mut self.series {
            series.facts.retain(|_, (known, _)| *known != fact);
        }
    }

    /// The facts that it finds.
    pub(super) fn facts(&self) -> impl Iterator<Item = ReportedStatistic> {
        let fields = self.lists.iter().map(|list| &list.fields);
        let fields = fields.chain(self.columns.iter().map(|columns| &columns.fields)).flatten();
        let series = self.series.iter().flat_map(|series| series.facts.values());
        fields.map(|field| field.fact).chain(series.map(|(fact, _)| *fact))
    }
}
