//! The REST API, version 2: `api.runpod.io/v2`, here under `/rest/v2`, because `/v2` belongs to the job API.
//!
//! Keys, faults, quota and delays do not belong here.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, RawQuery, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use axum::routing::any;
use serde_json::Value;

use self::query::Query;
use self::request::RestRequest;
use self::route::Route;
use crate::answer::{Answer, Caller, Gateway, Request};
use crate::api::Api;
use crate::problem::Problem;

pub use self::options::{RestOptions, Resumption};

mod account;
mod billing;
mod buckets;
mod catalog;
mod clusters;
mod cpus;
mod data_centers;
mod endpoints;
mod ledger;
mod logs;
mod metrics;
mod openapi;
mod options;
mod page;
mod pods;
mod query;
mod registries;
mod request;
mod route;
mod templates;
mod workers;

#[derive(Debug, Clone)]
struct Rest {
    gateway: Gateway,
    options: Arc<RestOptions>,
}

/// The routes of the API.
pub(crate) fn router(gateway: &Gateway, options: RestOptions) -> Router {
    let state = Rest { gateway: gateway.clone(), options: Arc::new(options) };
    Router::new().route("/rest/v2/{*path}", any(handle)).with_state(state)
}

/// Every request below `/rest/v2/`
async fn handle(
    State(Rest { gateway, options }): State<Rest>,
    Path(path): Path<String>,
    RawQuery(query): RawQuery,
    method: Method,
    headers: HeaderMap,
    caller: Caller,
) -> Response {
    let route = Route::of(&path);
    let operation = route.map_or("", |route| route.operation().name());
    let target = Request { api: Api::Rest, operation, endpoint: route.and_then(Route::endpoint) };
    let in_flight = gateway.enter(target, &caller);
    let correct = |_| async {
        let request = RestRequest {
            world: gateway.world(),
            options: &options,
            query: Query::parse_all(query.as_deref().unwrap_or_default()),
            host: headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost"),
            last_event_id: headers.get("last-event-id").and_then(|id| id.to_str().ok()),
        };
        if method != Method::GET {
            return Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method not allowed").into();
        }
        answer(&request, route).unwrap_or_else(Answer::from)
    };
    let mut response = gateway.answer(&caller, target, in_flight, correct).await;
    if response.status() == StatusCode::METHOD_NOT_ALLOWED {
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("GET"));
    }
    response
}

fn answer(request: &RestRequest<'_>, route: Option<Route<'_>>) -> Result<Answer, Problem> {
    let route = route.ok_or_else(Problem::not_found)?;
    request.check_scope(route.operation())?;
    let body: Value = match route {
        Route::Pods => request.pods()?,
        Route::Pod(id) => request.pod(id)?,
        Route::Endpoints => request.endpoints()?,
        Route::Endpoint(id) => request.endpoint(id)?,
        Route::Workers(id) => request.workers(id)?,
        Route::Releases(id) => request.releases(id)?,
        Route::Volumes => request.volumes(),
        Route::Volume(id) => request.volume(id)?,
        Route::Billing(ledger) => request.billing(ledger)?,
        Route::Gpus => request.gpus()?,
        Route::Gpu(id) => request.gpu(id)?,
        Route::Cpus => request.cpus()?,
        Route::Cpu(id) => request.cpu(id)?,
        Route::DataCenters => request.data_centers()?,
        Route::DataCenter(id) => request.data_center(id)?,
        Route::PublicTemplates => request.public_templates()?,
        Route::Clusters => request.clusters(),
        Route::Cluster(id) => request.cluster(id)?,
        Route::ClusterPods(id) => request.cluster_pods(id)?,
        Route::Templates => request.templates(),
        Route::Template(id) => request.template(id)?,
        Route::Registries => registries::registries(),
        Route::Registry(id) => registries::registry(id)?,
        Route::Delegations => request.delegations(),
        Route::SshKeys => account::ssh_keys(),
        Route::RequestMetrics(id) => request.request_metrics(id)?,
        Route::Builds(id) => request.builds(id)?,
        Route::Openapi => openapi::document(request.host),
        Route::Balance => request.balance(),
        Route::Limits => request.limits(),
        Route::PodLogs(id) => return request.pod_logs(id).map(Answer::stream),
        Route::WorkerLogs(id, worker) => return request.worker_logs(id, worker).map(Answer::stream),
    };
    Ok(Answer::ok(body))
}
