//! From what the REST API says of an endpoint to what is kept of it.

use super::super::convert::{count, milliseconds, seconds, timestamp};
use super::super::unknown::{Unknown, lower};
use super::{Facts, Reported, Workers};
use runpod::wire::{List, Text, rest as wire};

/// Reads an endpoint of the list. Its pools and exclusions become what GraphQL makes of them: a list with commas, in
/// which a minus excludes.
pub(crate) fn facts_from_rest(wire: wire::Endpoint, unknown: &mut Vec<Unknown>) -> Facts {
    let wire::Endpoint {
        id: _,
        name: _,
        kind,
        gpu,
        cpu,
        workers,
        scaling,
        data_center_ids,
        timeout,
        flashboot,
        created_at,
    } = wire;
    let compute = match (&gpu, cpu) {
        (Some(_), _) => Some("gpu".to_owned()),
        (None, Some(_)) => Some("cpu".to_owned()),
        (None, None) => None,
    };
    let gpu_types = gpu.map(|gpu| {
        let excluded = texts(gpu.excluded_types).into_iter().map(|gpu| format!("-{gpu}"));
        texts(gpu.pools).into_iter().chain(excluded).collect::<Vec<_>>().join(",")
    });
    let wire::WorkerLimits { min, max, idle_timeout } = workers.unwrap_or_default();
    let scaler = scaling.unwrap_or_default().kind;
    Facts {
        listed: true,
        kind: lower("endpoint.type", &["queue", "load_balancer"], kind.0.as_deref(), unknown),
        compute,
        gpu_types: gpu_types.filter(|types| !types.is_empty()),
        data_centers: Some(texts(data_center_ids).join(",")).filter(|places| !places.is_empty()),
        flashboot: lower(
            "endpoint.flashboot",
            &["off", "flashboot", "priority_flashboot"],
            flashboot.0.as_deref(),
            unknown,
        ),
        scaler: lower(
            "endpoint.scaling.type",
            &["queue_delay", "request_count"],
            scaler.0.as_deref(),
            unknown,
        ),
        template_id: None,
        status: None,
        workers_min: count(min),
        workers_max: count(max),
        workers_standby: None,
        idle_timeout: seconds(idle_timeout),
        execution_timeout: milliseconds(timeout),
        created: timestamp(&created_at),
        reported: Reported::default(),
    }
}

/// Reads the summary of a workers list. It does not say how many are ready.
pub(crate) fn workers_from_rest(wire: &wire::Workers) -> Workers {
    let wire::Summary { running, idle, initializing, throttled, unhealthy } =
        wire.summary.unwrap_or_default();
    Workers {
        ready: None,
        running: count(running),
        idle: count(idle),
        initializing: count(initializing),
        throttled: count(throttled),
        unhealthy: count(unhealthy),
        pending: None,
    }
}

fn texts(list: List<Text>) -> Vec<String> {
    list.0.unwrap_or_default().into_iter().filter_map(|text| text.0).collect()
}
