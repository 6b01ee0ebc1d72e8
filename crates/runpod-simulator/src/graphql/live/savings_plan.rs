//! The savings plan of a pod.

use std::time::Duration;

use serde::Serialize;

use crate::timestamp::iso;
use crate::world::{self, World};

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SavingsPlan {
    id: String,
    start_time: Option<String>,
    end_time: Option<String>,
    plan_length: Option<&'static str>,
    savings_plan_type: Option<&'static str>,
    cost_per_hr: Option<f64>,
    upfront_cost: Option<f64>,
    gpu_type_id: Option<&'static str>,
    pod_id: Option<String>,
}

/// The term of a savings plan, and how much of it has passed at the start of the world.
pub(super) const PLAN: Duration = Duration::from_hours(30 * 24);
const PLAN_USED: Duration = Duration::from_hours(11 * 24);

impl SavingsPlan {
    /// The plan of a pod.
    pub(super) fn new(world: &World, pod: &world::Pod) -> Self {
        let start = world.before_start(PLAN_USED);
        Self {
            id: format!("sp-{}", pod.machine_id),
            start_time: Some(iso(start)),
            end_time: Some(iso(start + PLAN)),
            plan_length: Some("ONE_MONTH"),
            savings_plan_type: Some("UPFRONT"),
            cost_per_hr: Some(pod.price * 0.9),
            upfront_cost: Some((pod.price * 0.9 * PLAN.as_secs_f64() / 3_600.0).round()),
            gpu_type_id: pod.gpu.map(|gpu| gpu.id),
            pod_id: Some(pod.id.clone()),
        }
    }
}
