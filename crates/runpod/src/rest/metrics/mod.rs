//! Metrics of an endpoint that Runpod computes: percentiles and averages of the delay, the execution time and the cold starts of
//! its jobs, by bucket of time.
//!
//! Runpod has announced the operations but published neither their paths nor the properties of their responses. Both are found in
//! the API's own description: the operations by their parameters, and the facts by the words of names and texts in the schema. A
//! number whose measure, statistic or unit the description does not state, or contradicts, is not read. It becomes a note.
//!
//! Requests do not belong here; they are in `endpoint_metrics`. Schemas with their references resolved are in `schema`, beside this
//! module, and what becomes a series is in the exporter's snapshot.
//!
//! From the bottom: statistics and units (`statistic`, `unit`), the meaning of words (`split`, `words`), of names and texts together (`claim`),
//! a place in the schema (`place`, `roles`), the walk through it (`walk`, `series`) to a plan (`plan`), and the reading of responses
//! by that plan (`answer`).

mod answer;
mod claim;
mod note;
mod operation;
mod place;
mod plan;
mod roles;
mod series;
mod split;
mod statistic;
#[cfg(test)]
mod tests;
mod unit;
mod walk;
mod walk_result;
mod words;

pub use self::answer::MetricsBucket;
pub(super) use self::answer::{Samples, samples};
pub use self::note::{DescribedProperty, SkippedProperty};
pub(super) use self::operation::Interval;
pub use self::operation::{MetricsDescription, MetricsOperation, MetricsSubject};
pub use self::statistic::{Measure, ReportedStatistic, Statistic};
