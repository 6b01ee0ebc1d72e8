//! The schema that monitoring guides describe. A mock or a gateway that follows them answers like this.
//!
//! The lists under `myself` have fewer fields than the single endpoint and the single pod, as in the guides.

use std::time::Duration;

use async_graphql::{Context, InputObject, Object, Result, SimpleObject};

use self::endpoint::{Endpoint, EndpointSummary};
use self::pod::{Pod, PodSummary};
use super::gpu::{GpuType, GpuTypeFilter, types};
use crate::answer::Identity;
use crate::timestamp::iso;
use crate::world::World;

mod endpoint;
mod pod;

/// The root of the schema.
pub(super) struct Query;

/// Selects a pod.
#[derive(Debug, InputObject)]
struct PodFilter {
    pod_id: String,
}

struct User(World);

#[derive(Debug, SimpleObject)]
struct SavingsPlan {
    plan_type: &'static str,
    start_time: String,
    end_time: String,
}

/// The term of the savings plan, and how much of it has passed at the start of the world.
const PLAN: Duration = Duration::from_hours(30 * 24);
const PLAN_USED: Duration = Duration::from_hours(11 * 24);

#[Object]
impl Query {
    /// Null without a key.
    async fn myself(&self, context: &Context<'_>) -> Result<Option<User>> {
        Ok(world_of_owner(context)?.map(|world| User(world.clone())))
    }

    async fn endpoint(&self, context: &Context<'_>, id: String) -> Result<Option<Endpoint>> {
        let Some(world) = world_of_owner(context)? else { return Ok(None) };
        Ok(world.endpoint(&id).map(|endpoint| Endpoint::new(world, &endpoint)))
    }

    async fn pod(&self, context: &Context<'_>, input: PodFilter) -> Result<Option<Pod>> {
        let Some(world) = world_of_owner(context)? else { return Ok(None) };
        Ok(world.pods().iter().find(|pod| pod.id == input.pod_id).map(|pod| Pod::new(world, pod)))
    }

    async fn gpu_types(&self, input: Option<GpuTypeFilter>) -> Vec<GpuType> {
        types(input.as_ref())
    }
}

/// The world, if the request comes from its owner.
fn world_of_owner<'a>(context: &Context<'a>) -> Result<Option<&'a World>> {
    let world = context.data::<World>()?;
    Ok((*context.data::<Identity>()? == Identity::Owner).then_some(world))
}

#[Object]
impl User {
    async fn id(&self) -> String {
        self.0.account_id()
    }

    async fn email(&self) -> &'static str {
        "someone@example.com"
    }

    async fn current_spend_per_hr(&self) -> f64 {
        self.0.account().spend.total()
    }

    async fn client_balance(&self) -> f64 {
        self.0.account().balance
    }

    async fn serverless_discount(&self) -> Option<f64> {
        Some(0.15)
    }

    async fn savings_plans(&self) -> Vec<SavingsPlan> {
        let start = self.0.before_start(PLAN_USED);
        vec![SavingsPlan { plan_type: "ONE_MONTH", start_time: iso(start), end_time: iso(start + PLAN) }]
    }

    async fn endpoints(&self) -> Vec<EndpointSummary> {
        self.0.endpoints().into_iter().map(|endpoint| EndpointSummary::new(&self.0, endpoint)).collect()
    }

    async fn pods(&self) -> Vec<PodSummary> {
        self.0.pods().iter().map(|pod| PodSummary::new(&self.0, pod)).collect()
    }
}
