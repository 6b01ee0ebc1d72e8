//! The REST API, second version: what Runpod answers under `api.runpod.io/v2`, here under `/rest/v2`, because `/v2` is
//! the jobs API's.
//!
//! Who asks, what goes wrong and what the headers say is up to the module of the answers.

use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use serde_json::Value;

use self::billing::Ledger;
use self::page::Page;
use self::query::Query;
use super::answer::{Answer, Caller, Request};
use super::world::World;
use crate::api::Api;
use crate::simulator::Simulator;

pub use self::operation::{Operation, OperationError};
pub use self::options::{RestOptions, Resumption};
pub(super) use self::problem::Problem;
pub(super) use self::quota::{Meter, Ticket};
pub use self::quota::{Quota, QuotaError};

mod account;
mod billing;
mod buckets;
mod catalog;
mod endpoints;
mod logs;
mod openapi;
mod operation;
mod options;
mod page;
mod pods;
mod problem;
mod query;
mod quota;

/// What a path leads to.
#[derive(Debug, Clone, Copy)]
enum Route<'a> {
    Pods,
    Pod(&'a str),
    Endpoints,
    Endpoint(&'a str),
    Workers(&'a str),
    Releases(&'a str),
    Volumes,
    Volume(&'a str),
    Billing(Ledger),
    Gpus,
    DataCenters,
    Openapi,
    Balance,
    Limits,
    PodLogs(&'a str),
    WorkerLogs(&'a str, &'a str),
}

/// A request, as far as the answer depends on it.
struct Ask<'a> {
    world: &'a World,
    options: &'a RestOptions,
    query: Query,
    /// Where the client found the simulator.
    host: &'a str,
    /// Where a stream is to be resumed.
    last_event_id: Option<&'a str>,
}

/// Whatever is asked below `/rest/v2/`
pub(super) async fn any(
    State(simulator): State<Simulator>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let traffic = simulator.traffic();
    let flight = traffic.enter(Api::Rest, &caller.user_agent);
    let route = Route::of(&path);
    let operation = route.map_or("", |route| route.operation().name());
    traffic.operate(Api::Rest, operation);
    let request = Request { api: Api::Rest, operation, endpoint: route.and_then(Route::endpoint) };
    let right = |_| async {
        let ask = Ask {
            world: simulator.world(),
            options: &simulator.0.rest,
            query: Query::read(query.as_deref().unwrap_or_default()),
            host: headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost"),
            last_event_id: headers.get("last-event-id").and_then(|id| id.to_str().ok()),
        };
        if method != Method::GET {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed").into();
        }
        match route {
            Some(Route::PodLogs(_) | Route::WorkerLogs(..)) => {
                let feed = |feed| Answer { feed: Some(Box::new(feed)), ..Answer::ok(Value::Null) };
                ask.logs(route).map_or_else(Answer::from, feed)
            }
            _ => ask.answer(route).map_or_else(Answer::from, Answer::ok),
        }
    };
    let mut response = simulator.answer(&caller, request, flight, right).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

// === impl Route ===

impl<'a> Route<'a> {
    /// The route of a path below `/rest/v2/`.
    fn of(path: &'a str) -> Option<Self> {
        let parts: Vec<&str> = path.split('/').collect();
        Some(match *parts.as_slice() {
            ["pods"] => Self::Pods,
            ["pods", id] => Self::Pod(id),
            ["pods", id, "logs"] => Self::PodLogs(id),
            ["serverless"] => Self::Endpoints,
            ["serverless", id] => Self::Endpoint(id),
            ["serverless", id, "workers"] => Self::Workers(id),
            ["serverless", id, "workers", worker, "logs"] => Self::WorkerLogs(id, worker),
            ["serverless", id, "releases"] => Self::Releases(id),
            ["network-volumes"] => Self::Volumes,
            ["network-volumes", id] => Self::Volume(id),
            ["billing"] => Self::Billing(Ledger::All),
            ["billing", "pods"] => Self::Billing(Ledger::Pods),
            ["billing", "serverless"] => Self::Billing(Ledger::Serverless),
            ["billing", "endpoints"] => Self::Billing(Ledger::PublicEndpoints),
            ["billing", "network-volumes"] => Self::Billing(Ledger::NetworkVolumes),
            ["billing", "clusters"] => Self::Billing(Ledger::Clusters),
            ["catalog", "gpus"] => Self::Gpus,
            ["catalog", "datacenters"] => Self::DataCenters,
            ["openapi.json"] => Self::Openapi,
            ["billing", "balance"] => Self::Balance,
            ["account", "limits"] => Self::Limits,
            _ => return None,
        })
    }

    fn operation(self) -> Operation {
        match self {
            Self::Pods | Self::Pod(_) => Operation::Pods,
            Self::Endpoints | Self::Endpoint(_) => Operation::Endpoints,
            Self::Workers(_) => Operation::Workers,
            Self::Releases(_) => Operation::Releases,
            Self::Volumes | Self::Volume(_) => Operation::Volumes,
            Self::Billing(_) => Operation::Billing,
            Self::Gpus | Self::DataCenters => Operation::Catalog,
            Self::Openapi => Operation::Openapi,
            Self::Balance => Operation::Balance,
            Self::Limits => Operation::Limits,
            Self::PodLogs(_) | Self::WorkerLogs(..) => Operation::Logs,
        }
    }

    /// The endpoint that the path is about.
    fn endpoint(self) -> Option<&'a str> {
        match self {
            Self::Endpoint(id) | Self::Workers(id) | Self::Releases(id) | Self::WorkerLogs(id, _) => Some(id),
            _ => None,
        }
    }
}

// === impl Ask ===

impl Ask<'_> {
    fn answer(&self, route: Option<Route<'_>>) -> Result<Value, Problem> {
        let route = route.ok_or_else(Problem::not_found)?;
        self.allowed(route)?;
        match route {
            Route::Pods => self.pods(),
            Route::Pod(id) => self.pod(id),
            Route::Endpoints => self.endpoints(),
            Route::Endpoint(id) => self.endpoint(id),
            Route::Workers(id) => self.workers(id),
            Route::Releases(id) => self.releases(id),
            Route::Volumes => Ok(self.volumes()),
            Route::Volume(id) => self.volume(id),
            Route::Billing(ledger) => self.billing(ledger),
            Route::Gpus => self.gpus(),
            Route::DataCenters => self.data_centers(),
            Route::Openapi => Ok(openapi::document(self.host)),
            Route::Balance => Ok(self.balance()),
            Route::Limits => Ok(self.limits()),
            Route::PodLogs(_) | Route::WorkerLogs(..) => Err(Problem::not_found()), // streams, and no values
        }
    }

    fn allowed(&self, route: Route<'_>) -> Result<(), Problem> {
        let forbidden = self.options.forbidden.contains(&route.operation());
        if forbidden { Err(Problem::new(StatusCode::FORBIDDEN, "access denied")) } else { Ok(()) }
    }

    /// The page that the request asks for. A server that does not know of pages ignores that it does.
    fn page(&self) -> Result<Page, Problem> {
        if self.options.pagination { Page::read(&self.query) } else { Ok(Page::whole()) }
    }
}

/// A moment, with milliseconds as Runpod writes them.
fn iso(at: jiff::Timestamp) -> String {
    at.strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}
