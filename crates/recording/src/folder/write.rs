//! Writes a recording. Everything is scrubbed before a file is written; how, is in `scrub/`.

use super::files::{Files, WriteError};
use super::index::{Entry, FORMAT, INDEX, Index, Summary};
use crate::exchange::{Answer, Exchange};
use crate::scrub::Scrubber;

/// The operation of the public description of the REST API.
const DESCRIPTION: &str = "openapi";

/// Scrubs these exchanges and writes them, with a text for those who find the folder. Returns the entries of the index.
///
/// # Errors
/// Fails if a file cannot be written.
pub fn write(
    files: &Files,
    summary: Summary,
    exchanges: &[Exchange],
    scrubber: &Scrubber,
    readme: &str,
) -> Result<Vec<Entry>, WriteError> {
    for exchange in exchanges.iter().filter(|exchange| is_description(exchange)) {
        if let Ok(answer @ Answer { status: 200, .. }) = &exchange.answer {
            scrubber.learn(&answer.body);
        }
    }
    let mut entries = Vec::new();
    for (number, exchange) in (1..).zip(exchanges) {
        let bytes = exchange.answer.as_ref().map_or(0, |answer| answer.body.len());
        let clean = scrubber.exchange(exchange, is_description(exchange));
        let request = &clean.request;
        let name = |end: &str| format!("{}/{number:03}-{}.{end}", request.api, request.operation);
        let document = request.document.as_ref().map(|document| (name("graphql"), document.as_bytes()));
        let answer = clean.answer.as_ref().ok().filter(|answer| !answer.body.is_empty());
        let body = answer.map(|answer| (name(ending(answer)), answer.body.as_slice()));
        for (name, content) in document.iter().chain(&body) {
            files.write(name, content)?;
        }
        let (document, body) = (document.map(|(name, _)| name), body.map(|(name, _)| name));
        entries.push(Entry::new(&clean, document, body, bytes));
    }
    let index = Index { format: FORMAT, summary, exchanges: entries };
    let json = serde_json::to_string_pretty(&index).unwrap_or_default(); // strings and numbers only
    files.write(INDEX, (json + "\n").as_bytes())?;
    files.write("README.txt", readme.as_bytes())?;
    Ok(index.exchanges)
}

fn is_description(exchange: &Exchange) -> bool {
    exchange.request.operation == DESCRIPTION
}

/// The end of the name of a file with this body.
fn ending(answer: &Answer) -> &'static str {
    let is_stream = answer.headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    match answer.body.first() {
        _ if is_stream => "sse",
        Some(b'{' | b'[') => "json",
        _ => "txt",
    }
}
