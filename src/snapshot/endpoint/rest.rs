//! Conversion of an endpoint from the REST API.

use std::sync::Arc;

use runpod::wire::rest as wire;

use super::sets::Compute;
use super::{Facts, Workers};
use crate::snapshot::closed::OrOther;
use crate::snapshot::convert::{count, milliseconds, seconds, timestamp};
use crate::snapshot::unknown::Unknown;

/// Converts an element of the list. GPU pools and excluded types become a list as in GraphQL: separated by commas, with a
/// minus sign before an excluded type.
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
        (Some(_), _) => Some(Compute::Gpu.into()),
        (None, Some(_)) => Some(Compute::Cpu.into()),
        (None, None) => None,
    };
    let wire::EndpointGpu { pools, excluded_types } = gpu.unwrap_or_default();
    let excluded = excluded_types.0.into_iter().flatten().map(|gpu| Arc::from(format!("-{gpu}")));
    let gpu_types: Vec<_> = pools.0.into_iter().flatten().chain(excluded).collect();
    let wire::WorkerLimits { min, max, idle_timeout } = workers.unwrap_or_default();
    let wire::Scaling { kind: scaler } = scaling.unwrap_or_default();
    Facts {
        listed: true,
        kind: OrOther::read("endpoint.type", kind.0.as_deref(), unknown),
        compute,
        gpu_types: joined(&gpu_types),
        data_centers: joined(&data_center_ids.0.unwrap_or_default()),
        flashboot: OrOther::read("endpoint.flashboot", flashboot.0.as_deref(), unknown),
        scaler: OrOther::read("endpoint.scaling.type", scaler.0.as_deref(), unknown),
        workers_min: count(min),
        workers_max: count(max),
        idle_timeout: seconds(idle_timeout),
        execution_timeout: milliseconds(timeout),
        created: timestamp(&created_at),
        ..Facts::default()
    }
}

/// Converts the summary of a list of workers, which does not include the number of ready workers.
pub(crate) fn workers_from_rest(wire: &wire::Workers) -> Workers {
    let wire::Workers { workers: _, summary } = wire;
    let wire::Summary { running, idle, initializing, throttled, unhealthy } = summary.unwrap_or_default();
    Workers {
        running: count(running),
        idle: count(idle),
        initializing: count(initializing),
        throttled: count(throttled),
        unhealthy: count(unhealthy),
        ..Workers::default()
    }
}

fn joined(texts: &[Arc<str>]) -> Option<Arc<str>> {
    Some(texts.join(",")).filter(|text| !text.is_empty()).map(Arc::from)
}
