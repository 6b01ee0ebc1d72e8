//! The routes of the REST API that its description has and the exporter does not read, each with a compact form of its answer. Those that
//! are exported as metrics of endpoints are found by the client.

use recording::Exchange;
use runpod::{Api, Operation, Rest};
use serde::Serialize;
use serde_json::Value;

use super::form::form;
use crate::recording::kind;

/// A route.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Route {
    /// The path as the description has it.
    pub(super) path: String,
    /// The structure of the answer to a GET.
    pub(super) answer: String,
}

/// The GET routes of the description that are never read; `None` if it has no paths. The metrics of endpoints have any path: `exported`
/// has those that are read.
pub(super) fn unread(exchanges: &[Exchange], exported: &[&str], api: &Rest) -> Option<Vec<Route>> {
    let rest = || {
        let kinds = exchanges.iter().filter_map(|exchange| Some((kind(&exchange.request)?, exchange)));
        kinds.filter(|((api, _), _)| *api == Api::Rest)
    };
    let descriptions = rest().filter(|((_, operation), _)| *operation == Operation::Openapi);
    let answer = descriptions.filter_map(|(_, exchange)| exchange.answer.as_ref().ok()).next_back()?;
    let document = serde_json::from_slice::<Value>(&answer.body).ok()?;
    let paths = document.get("paths").and_then(Value::as_object)?;
    let route = |(path, item): (&String, &Value)| {
        let get = item.get("get")?;
        let requested = rest().map(|(_, exchange)| exchange.request.path.as_str());
        let segments = api.segments(path)?;
        let is_read = requested.chain(READ.iter().copied()).any(|read| is_of(&segments, read));
        if is_read || exported.contains(&path.as_str()) {
            return None;
        }
        let schema = get.pointer("/responses/200/content/application~1json/schema");
        let answer = schema.map_or_else(|| "no schema".to_owned(), |schema| form(&document, schema));
        Some(Route { path: path.clone(), answer })
    };
    Some(paths.iter().filter_map(route).collect())
}

/// The routes that are read in some scrapes only, and those of one object of a list that is read whole.
const READ: &[&str] = &[
    "serverless",
    "serverless/ID",
    "serverless/ID/workers",
    "serverless/ID/releases",
    "serverless/ID/logs",
    "serverless/ID/workers/ID/logs",
    "pods",
    "pods/ID",
    "pods/ID/logs",
    "clusters",
    "clusters/ID",
    "clusters/ID/pods",
    "network-volumes",
    "network-volumes/ID",
    "catalog/gpus",
    "catalog/gpus/ID",
    "catalog/cpus",
    "catalog/cpus/ID",
    "catalog/datacenters",
    "catalog/datacenters/ID",
    "billing",
    "billing/pods",
    "billing/serverless",
    "billing/endpoints",
    "billing/network-volumes",
    "billing/clusters",
];

/// Whether a requested path is of the route with these segments.
fn is_of(route: &[&str], path: &str) -> bool {
    let path: Vec<_> = path.split('/').collect();
    let same = |(route, path): (&&str, &&str)| route.starts_with('{') || route == path;
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use recording::{Request, Scrubber};

    use super::*;

    #[test]
    fn a_route_is_recognized_with_its_parameters() {
        assert!(is_of(&["serverless", "{endpointId}", "workers"], "serverless/abc/workers"));
        assert!(is_of(&["serverless"], "serverless"));
        assert!(!is_of(&["serverless", "{endpointId}"], "serverless"));
        assert!(!is_of(&["templates"], "pods"));
    }

    /// The words are those of the scrubber's own list, which does not depend on the client.
    #[test]
    fn a_recording_keeps_the_words_of_each_route() {
        let scrubber = Scrubber::with_salt(b"salt");
        for path in READ {
            let request = Request::get("rest", "pods", path);
            let exchange = Exchange { time: Timestamp::UNIX_EPOCH, request, answer: Err(String::new()) };
            let route: Vec<_> =
                path.split('/').map(|word| if word == "ID" { "{id}" } else { word }).collect();
            let kept = scrubber.exchange(&exchange, false).request.path;
            assert!(is_of(&route, &kept), "{path}: {kept}");
        }
    }
}
