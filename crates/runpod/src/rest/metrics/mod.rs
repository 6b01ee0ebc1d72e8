//! Metrics of an endpoint that Runpod computes: percentiles and averages of the delay, the execution time and the cold starts of
//! its jobs, by bucket of time.
//!
//! Runpod has announced the operations but published neither their paths nor the properties of their responses. Both are found in
//! the API's own description: the operations by their parameters, and the facts by the words of names and texts in the schema. A
//! number whose measure, statistic or unit the description does not state, or contradicts, is not read. It becomes a note.
//!
//! From the bottom: facts and units (`fact`, `unit`), the meaning of words (`split`, `words`), of names and texts together (`claim`),
//! the schema (`schema`, `place`, `roles`), the walk through it (`walk`, `series`) to a plan (`plan`), and the reading of responses
//! by that plan (`answer`).

mod answer;
mod claim;
mod fact;
mod findings;
mod note;
mod operation;
mod place;
mod plan;
mod roles;
mod schema;
mod series;
mod split;
#[cfg(test)]
mod tests;
mod unit;
mod walk;
mod words;

pub use self::answer::MetricsBucket;
pub(super) use self::answer::{Samples, next_cursor, samples};
pub use self::fact::{Fact, Measure, Statistic};
pub use self::note::{MetricsNote, MetricsReading};
pub use self::operation::{MetricsDescription, MetricsOperation, MetricsSubject};
