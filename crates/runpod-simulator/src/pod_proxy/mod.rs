//! The proxy in front of pods, which serves the HTTP ports of those that run. Runpod's is `POD-PORT.proxy.runpod.net`; the
//! simulator has no such names, so here pod and port are part of the path.
//!
//! Like Runpod's, it needs no key: what a pod serves there can be read by everyone.

mod dcgm;
mod text;
mod vllm;

use axum::Router;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::world::{Pod, Workload, World};

/// The path of a pod's port, with `{pod_id}` and `{port}` for them.
pub const PATH: &str = "/proxy/{pod_id}-{port}";

/// The text format of Prometheus.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// The routes.
pub(crate) fn router(world: World) -> Router {
    Router::new().route("/proxy/{target}/metrics", get(metrics)).with_state(world)
}

/// `GET /proxy/{pod_id}-{port}/metrics`
async fn metrics(State(world): State<World>, Path(target): Path<String>) -> Response {
    let served = target.rsplit_once('-').and_then(|(id, port)| serve(&world, id, port.parse().ok()?));
    match served {
        Some(text) => ([(CONTENT_TYPE, TEXT)], text).into_response(),
        None => (StatusCode::NOT_FOUND, "no pod serves metrics there\n").into_response(),
    }
}

fn serve(world: &World, id: &str, port: u16) -> Option<String> {
    let members = world.clusters().iter().flat_map(|cluster| &cluster.pods);
    let pod: &Pod = world.pods().iter().chain(members).find(|pod| pod.id == id)?;
    let role = world.role(pod);
    let workload = pod.workload().filter(|workload| workload.port() == port)?;
    if !(role.is_running() && role.has_runtime()) {
        return None;
    }
    Some(match workload {
        Workload::Vllm => vllm::metrics(&world.serving(pod)),
        Workload::Dcgm => dcgm::metrics(&world.usage(pod), pod.gpu),
    })
}
