//! The routes of the REST API that its description has and the exporter does not read, each with a compact form of its answer.

use recording::Exchange;
use serde::Serialize;
use serde_json::Value;

use super::form::form;

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
pub(super) fn unread(exchanges: &[Exchange], exported: &[&str]) -> Option<Vec<Route>> {
    let rest = || exchanges.iter().filter(|exchange| exchange.request.api == "rest");
    let descriptions = rest().filter(|exchange| exchange.request.operation == "openapi");
    let answer = descriptions.filter_map(|exchange| exchange.answer.as_ref().ok()).next_back()?;
    let document = serde_json::from_slice::<Value>(&answer.body).ok()?;
    let paths = document.get("paths").and_then(Value::as_object)?;
    let route = |(path, item): (&String, &Value)| {
        let get = item.get("get")?;
        let requested = rest().map(|exchange| exchange.request.path.as_str());
        let is_read = requested.chain(READ.iter().copied()).any(|read| is_of(path, read));
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

/// Whether a requested path is of this route. The description may repeat the version.
fn is_of(route: &str, path: &str) -> bool {
    let parts =
        |text: &str| text.split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect::<Vec<_>>();
    let (route, path) = (parts(route), parts(path));
    let is_version =
        |part: &String| part.strip_prefix('v').is_some_and(|number| number.parse::<u8>().is_ok());
    let route = route.get(usize::from(route.first().is_some_and(is_version))..).unwrap_or_default();
    let same = |(route, path): (&String, &String)| route.starts_with('{') || route == path;
    route.len() == path.len() && route.iter().zip(&path).all(same)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_route_is_recognized_with_its_parameters_and_version() {
        assert!(is_of("/v2/serverless/{endpointId}/workers", "serverless/abc/workers"));
        assert!(is_of("/serverless", "serverless"));
        assert!(!is_of("/serverless/{endpointId}", "serverless"));
        assert!(!is_of("/templates", "pods"));
    }
}
