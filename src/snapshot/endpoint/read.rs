//! From what the APIs say of an endpoint to what is kept of it.

use std::collections::BTreeMap;

use super::super::convert::{count, milliseconds, per_minute, seconds, timestamp};
use super::super::unit::{Ratio, Seconds};
use super::super::unknown::{Unknown, lower};
use super::{Facts, Load, Reported, STATUSES, Workers};
use runpod::wire;

/// The marker that Runpod puts behind the name of an endpoint with FlashBoot.
const FLASHBOOT_MARKER: &str = " -fb";

/// The name as it is shown.
pub(crate) fn display_name(id: &str, name: Option<&str>) -> String {
    let name = name.map(|name| name.strip_suffix(FLASHBOOT_MARKER).unwrap_or(name));
    name.filter(|name| !name.is_empty()).unwrap_or(id).to_owned()
}

/// Reads what GraphQL says of an endpoint, be it from the list or from the endpoint itself.
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
        workers,
        queue,
        metrics,
    } = wire;
    let kind = lower("endpoint.type", &["qb", "lb"], kind.0.as_deref(), unknown);
    let facts = Facts {
        listed: false,
        kind: kind.map(|kind| match kind.as_str() {
            "qb" => "queue".to_owned(),
            "lb" => "load_balancer".to_owned(),
            _ => kind,
        }),
        compute: lower("endpoint.computeType", &["gpu", "cpu"], compute_type.0.as_deref(), unknown),
        gpu_types: gpu_ids.0.or(gpu_type.0),
        data_centers: locations.0,
        flashboot: lower(
            "endpoint.flashBootType",
            &["off", "flashboot", "priority_flashboot"],
            flash_boot_type.0.as_deref(),
            unknown,
        ),
        scaler: lower(
            "endpoint.scalerType",
            &["queue_delay", "request_count"],
            scaler_type.0.as_deref(),
            unknown,
        ),
        template_id: template_id.0,
        status: lower("endpoint.status", STATUSES, status.0.as_deref(), unknown),
        workers_min: count(workers_min),
        workers_max: count(workers_max),
        workers_standby: count(workers_standby),
        idle_timeout: seconds(idle_timeout),
        execution_timeout: milliseconds(execution_timeout_ms),
        created: timestamp(&created_at),
        reported: metrics.map(reported).unwrap_or_default(),
    };
    (facts, Load { workers: workers.map(graphql_workers).unwrap_or_default(), ..queue_load(queue) })
}

fn graphql_workers(wire: wire::Workers) -> Workers {
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

fn queue_load(queue: Option<wire::Queue>) -> Load {
    let wire::Queue { in_queue, in_progress, completed, failed, cancelled, retried } =
        queue.unwrap_or_default();
    let totals =
        [("completed", completed), ("failed", failed), ("cancelled", cancelled), ("retried", retried)];
    Load {
        queue_depth: count(in_queue),
        in_progress: count(in_progress),
        totals: totals.into_iter().filter_map(|(status, total)| Some((status, count(total)?))).collect(),
        workers: Workers::default(),
    }
}

fn reported(metrics: wire::Metrics) -> Reported {
    let wire::Metrics {
        requests_per_minute,
        avg_execution_time_ms,
        p50_execution_time_ms,
        p95_execution_time_ms,
        p99_execution_time_ms,
        avg_cold_start_time_ms,
        success_rate,
        error_rate,
    } = metrics;
    let (success_ratio, error_ratio) = ratios(success_rate.0, error_rate.0);
    Reported {
        execution: quantiles([
            ("0.5", p50_execution_time_ms),
            ("0.95", p95_execution_time_ms),
            ("0.99", p99_execution_time_ms),
        ]),
        delay: BTreeMap::new(),
        execution_avg: milliseconds(avg_execution_time_ms),
        cold_start_avg: milliseconds(avg_cold_start_time_ms),
        requests_per_second: per_minute(requests_per_minute),
        success_ratio,
        error_ratio,
    }
}

/// Percentiles by the name of their quantile.
pub(crate) fn quantiles<const N: usize>(
    quantiles: [(&'static str, wire::Number); N],
) -> BTreeMap<&'static str, Seconds> {
    quantiles.into_iter().filter_map(|(name, number)| Some((name, milliseconds(number)?))).collect()
}

/// Rates to shares of one. The guides do not say whether a rate is a share or percent; together they do, for they add
/// up to one or to a hundred. One alone is percent if it is above one, and said to be a share only where it can be
/// nothing else.
fn ratios(success: Option<f64>, error: Option<f64>) -> (Option<Ratio>, Option<Ratio>) {
    let scale = match (success, error) {
        (Some(success), Some(error)) if (success + error - 1.0).abs() < 0.02 => 1.0,
        (Some(success), Some(error)) if (success + error - 100.0).abs() < 2.0 => 100.0,
        (Some(only), None) | (None, Some(only)) if only > 1.0 && only <= 100.0 => 100.0,
        (Some(only), None) | (None, Some(only)) if only.abs() < f64::EPSILON => 1.0, // nought is nought in both
        (Some(success), Some(error)) if success.abs() + error.abs() < f64::EPSILON => 1.0, // no traffic
        _ => return (None, None),
    };
    let ratio = |rate: Option<f64>| rate.map(|rate| Ratio(rate / scale));
    (ratio(success), ratio(error))
}

/// Reads what the job API says.
pub(crate) fn from_health(health: wire::Health, unknown: &mut Vec<Unknown>) -> Load {
    let wire::Health { jobs, workers } = health;
    let wire::HealthJobs { in_queue, in_progress, completed, failed, retried, unknown: jobs_unknown } =
        jobs.unwrap_or_default();
    let wire::HealthWorkers {
        idle,
        initializing,
        ready,
        running,
        throttled,
        unhealthy,
        unknown: workers_unknown,
    } = workers.unwrap_or_default();
    unknown.extend(jobs_unknown.keys().map(|_| Unknown { field: "health.jobs" }));
    unknown.extend(workers_unknown.keys().map(|_| Unknown { field: "health.workers" }));
    let totals = [("completed", completed), ("failed", failed), ("retried", retried)];
    Load {
        queue_depth: count(in_queue),
        in_progress: count(in_progress),
        totals: totals.into_iter().filter_map(|(status, total)| Some((status, count(total)?))).collect(),
        workers: Workers {
            ready: count(ready),
            running: count(running),
            idle: count(idle),
            initializing: count(initializing),
            throttled: count(throttled),
            unhealthy: count(unhealthy),
            pending: None,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flashboot_marker_is_no_part_of_the_name() {
        assert_eq!(display_name("id", Some("sdxl -fb")), "sdxl");
        assert_eq!(display_name("id", Some(" -fb")), "id");
        assert_eq!(display_name("id", None), "id");
    }

    #[test]
    fn rates_are_shares_or_percent_by_what_they_add_up_to() {
        assert_eq!(ratios(Some(0.75), Some(0.25)), (Some(Ratio(0.75)), Some(Ratio(0.25))));
        assert_eq!(ratios(Some(75.0), Some(25.0)), (Some(Ratio(0.75)), Some(Ratio(0.25))));
        assert_eq!(ratios(Some(0.5), Some(99.5)), (Some(Ratio(0.005)), Some(Ratio(0.995))));
        assert_eq!(ratios(Some(98.0), None), (Some(Ratio(0.98)), None));
        assert_eq!(ratios(Some(0.98), None), (None, None)); // 98 % or just under 1 %: not said
        assert_eq!(ratios(Some(7.0), Some(8.0)), (None, None));
    }
}
