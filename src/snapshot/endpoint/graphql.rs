//! Conversion of an endpoint from GraphQL: the live list, the documented list, and the documented endpoint.

use runpod::wire::{self, List};
use strum::{IntoStaticStr, VariantArray};

use super::sets::{EndpointKind, JobTotal, Quantile};
use super::{Facts, Load, Reported, Workers, quantiles};
use crate::snapshot::closed::{OrOther, each};
use crate::snapshot::convert::{count, dollars_per_hour, milliseconds, per_minute, seconds, timestamp};
use crate::snapshot::pod::PodState;
use crate::snapshot::unit::{DollarsPerHour, Ratio};
use crate::snapshot::unknown::Unknown;

/// GraphQL's values for the kind of an endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, VariantArray, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
enum Kind {
    Qb,
    Lb,
}

/// Converts an element of a list or a single endpoint.
pub(crate) fn from_graphql(wire: wire::Endpoint, unknown: &mut Vec<Unknown>) -> (Facts, Load) {
    let wire::Endpoint {
        id: _,
        name: _,
        kind,
        status,
        template_id,
        compute_type,
        gpu_ids,
        gpu_type,
        locations,
        flash_boot_type,
        scaler_type,
        workers_min,
        workers_max,
        workers_standby,
        idle_timeout,
        execution_timeout_ms,
        created_at,
        pods,
        workers,
        queue,
        metrics,
    } = wire;
    let kind = OrOther::read("endpoint.type", kind.0.as_deref(), unknown);
    let facts = Facts {
        kind: kind.map(|kind| match kind {
            OrOther::Known(Kind::Qb) => EndpointKind::Queue.into(),
            OrOther::Known(Kind::Lb) => EndpointKind::LoadBalancer.into(),
            OrOther::Other(text) => OrOther::Other(text),
        }),
        compute: OrOther::read("endpoint.computeType", compute_type.0.as_deref(), unknown),
        gpu_types: gpu_ids.0.or(gpu_type.0),
        data_centers: locations.0,
        flashboot: OrOther::read("endpoint.flashBootType", flash_boot_type.0.as_deref(), unknown),
        scaler: OrOther::read("endpoint.scalerType", scaler_type.0.as_deref(), unknown),
        template_id: template_id.0,
        status: OrOther::read("endpoint.status", status.0.as_deref(), unknown),
        workers_min: count(workers_min),
        workers_max: count(workers_max),
        workers_standby: count(workers_standby),
        idle_timeout: seconds(idle_timeout),
        execution_timeout: milliseconds(execution_timeout_ms),
        created: timestamp(&created_at),
        reported: metrics.map(reported).unwrap_or_default(),
        ..Facts::default()
    };
    let load = queue.map(queue_load).unwrap_or_default();
    let workers = workers.map(worker_counts).unwrap_or_default();
    (facts, Load { workers, cost: cost_of_running(pods, unknown), ..load })
}

/// The cost of the running workers. Unknown if the list is missing or incomplete, or if it is unknown of one worker whether it
/// runs, or what it costs: the sum would be too low.
fn cost_of_running<const N: usize>(
    pods: List<wire::WorkerPod, N>,
    unknown: &mut Vec<Unknown>,
) -> Option<DollarsPerHour> {
    if !pods.is_complete() {
        return None;
    }
    let mut sum = 0.0;
    for wire::WorkerPod { desired_status, cost_per_hr } in pods.0? {
        let status =
            OrOther::<PodState>::read("endpoint.pods.desiredStatus", desired_status.0.as_deref(), unknown)?;
        if status.known()? == PodState::Running {
            sum += dollars_per_hour(cost_per_hr).filter(|cost| cost.0 >= 0.0)?.0;
        }
    }
    DollarsPerHour::checked(sum)
}

fn worker_counts(wire: wire::Workers) -> Workers {
    let wire::Workers { ready, running, idle, initializing, throttled, unhealthy, pending } = wire;
    Workers {
        ready: count(ready),
        running: count(running),
        idle: count(idle),
        initializing: count(initializing),
        throttled: count(throttled),
        unhealthy: count(unhealthy),
        pending: count(pending),
    }
}

fn queue_load(wire: wire::Queue) -> Load {
    let wire::Queue { in_queue, in_progress, completed, failed, cancelled, retried } = wire;
    Load {
        queue_depth: count(in_queue),
        in_progress: count(in_progress),
        totals: each(|total| match total {
            JobTotal::Cancelled => count(cancelled),
            JobTotal::Completed => count(completed),
            JobTotal::Failed => count(failed),
            JobTotal::Retried => count(retried),
        }),
        ..Load::default()
    }
}

fn reported(wire: wire::Metrics) -> Reported {
    let wire::Metrics {
        requests_per_minute,
        avg_execution_time_ms,
        p50_execution_time_ms,
        p95_execution_time_ms,
        p99_execution_time_ms,
        avg_cold_start_time_ms,
        success_rate,
        error_rate,
    } = wire;
    let (success_ratio, error_ratio) = ratios(success_rate.0, error_rate.0);
    Reported {
        execution: quantiles([
            (Quantile::P50, p50_execution_time_ms),
            (Quantile::P95, p95_execution_time_ms),
            (Quantile::P99, p99_execution_time_ms),
        ]),
        execution_avg: milliseconds(avg_execution_time_ms),
        cold_start_avg: milliseconds(avg_cold_start_time_ms),
        requests_per_second: per_minute(requests_per_minute),
        success_ratio,
        error_ratio,
        ..Reported::default()
    }
}

/// Converts two rates to ratios. The guides do not say whether a rate is a ratio or a percentage. Together they show it,
/// because they add up to 1 or to 100. A single rate above 1 is a percentage; a single rate up to 1 could be either, so
/// that it is unknown unless it is 0.
fn ratios(success: Option<f64>, error: Option<f64>) -> (Option<Ratio>, Option<Ratio>) {
    let scale = match (success, error) {
        (Some(success), Some(error)) if (success + error - 1.0).abs() < 0.02 => 1.0,
        (Some(success), Some(error)) if (success + error - 100.0).abs() < 2.0 => 100.0,
        (Some(only), None) | (None, Some(only)) if only > 1.0 && only <= 100.0 => 100.0,
        (Some(only), None) | (None, Some(only)) if only.abs() < f64::EPSILON => 1.0,
        (Some(success), Some(error)) if success.abs() + error.abs() < f64::EPSILON => 1.0, // no jobs
        _ => return (None, None),
    };
    let ratio = |rate: Option<f64>| rate.and_then(|rate| Ratio::checked(rate / scale));
    (ratio(success), ratio(error))
}

#[cfg(test)]
mod tests {
    use lenient_json::from_slice;

    use super::*;

    #[test]
    fn a_cost_is_known_if_everything_that_it_depends_on_is_known() {
        let cost = |pods: &str| {
            let json = format!(r#"{{"id": "e", "pods": {pods}}}"#);
            let wire = from_slice::<wire::Endpoint>(json.as_bytes()).unwrap().value;
            from_graphql(wire, &mut Vec::new()).1.cost.map(|cost| cost.0)
        };
        let pod = |status: &str, cost: &str| format!(r#"{{"desiredStatus": {status}, "costPerHr": {cost}}}"#);
        let (running, exited) = (pod("\"RUNNING\"", "0.5"), pod("\"EXITED\"", "9"));
        assert_eq!(cost("[]"), Some(0.0));
        assert_eq!(cost(&format!("[{exited}]")), Some(0.0), "a stopped worker keeps its price");
        assert_eq!(cost(&format!("[{running}, {exited}, {running}]")), Some(1.0));
        assert_eq!(cost(&format!("[{}]", pod("\"EXITED\"", "null"))), Some(0.0));
        assert_eq!(cost(&format!("[{}]", pod("\"RUNNING\"", "\"0.74\""))), Some(0.74), "a number as text");
        let unknown = [
            pod("\"RUNNING\"", "null"),
            pod("\"RUNNING\"", "\"much\""),
            pod("\"RUNNING\"", "-1"),
            pod("null", "0.5"),
            pod("\"ASLEEP\"", "0.5"),
            "null".to_owned(),
            "7".to_owned(),
        ];
        for unknown in unknown {
            assert_eq!(cost(&format!("[{running}, {unknown}]")), None, "{unknown}");
        }
        for unknown in ["null", "{}", "\"none\""] {
            assert_eq!(cost(unknown), None, "{unknown}");
        }
        let many = vec![running.as_str(); 2_001].join(", ");
        assert_eq!(cost(&format!("[{many}]")), None, "not the sum of some");
    }

    #[test]
    fn rates_are_ratios_or_percentages_by_their_sum() {
        let read = |success, error| {
            let (success, error) = ratios(success, error);
            (success.map(|ratio| ratio.0), error.map(|ratio| ratio.0))
        };
        assert_eq!(read(Some(0.75), Some(0.25)), (Some(0.75), Some(0.25)));
        assert_eq!(read(Some(75.0), Some(25.0)), (Some(0.75), Some(0.25)));
        assert_eq!(read(Some(0.5), Some(99.5)), (Some(0.005), Some(0.995)));
        assert_eq!(read(Some(98.0), None), (Some(0.98), None));
        assert_eq!(read(Some(0.98), None), (None, None)); // 98%, or just under 1%
        assert_eq!(read(Some(7.0), Some(8.0)), (None, None));
    }
}
