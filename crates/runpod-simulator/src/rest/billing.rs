//! `/billing`: costs by resource and bucket of time.
//!
//! What a resource has cost does not belong here.

use std::collections::BTreeSet;
use std::ops::Range;

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::buckets::Window;
use super::ledger::Ledger;
use super::request::RestRequest;
use crate::problem::Problem;

impl RestRequest<'_> {
    pub(super) fn billing(&self, ledger: Ledger) -> Result<Value, Problem> {
        let window = Window::parse(&self.query, self.world.now())?;
        let filter = ledger.id_name().map(|name| (name, self.query.get(name)));
        let wanted = filter.and_then(|(_, id)| id);
        let mut records = Vec::new();
        let mut totals = vec![0.0; ledger.parts().len()];
        let mut ids = BTreeSet::new();
        for bucket in &window.buckets {
            for entry in ledger.entries(self.world, bucket) {
                if wanted.is_some_and(|wanted| entry.id.as_deref() != Some(wanted)) {
                    continue;
                }
                totals.iter_mut().zip(&entry.amounts).for_each(|(total, amount)| *total += amount);
                let mut record = ledger.amounts(&entry.amounts);
                record.extend(range(bucket));
                if let (Some(name), Some(id)) = (ledger.id_name(), entry.id) {
                    record.insert(name.to_owned(), id.as_str().into());
                    ids.insert(id);
                }
                records.push(Value::Object(record));
            }
        }
        let mut echoed: Map<String, Value> = range(&window.bounds).into_iter().collect();
        echoed.insert("bucketSize".to_owned(), <&str>::from(window.size).into());
        echoed.extend(filter.map(|(name, id)| (name.to_owned(), id.into())));
        let mut metadata = Map::new();
        metadata.insert("query".to_owned(), echoed.into());
        metadata.insert("recordCount".to_owned(), records.len().into());
        metadata.insert("totals".to_owned(), ledger.amounts(&totals).into());
        metadata.extend(ledger.count_name().map(|name| (name.to_owned(), ids.len().into())));
        Ok(json!({ "records": records, "metadata": metadata }))
    }
}

fn range(time: &Range<Timestamp>) -> [(String, Value); 2] {
    [("startTime", time.start), ("endTime", time.end)]
        .map(|(name, at)| (name.to_owned(), at.to_string().into()))
}
