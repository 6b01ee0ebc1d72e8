//! The schema that monitoring guides describe. A mock or a gateway that follows them answers like this.
//!
//! The lists under `myself` have fewer fields than the single endpoint and the single pod, as in the guides.

use std::time::Duration;

use serde::Serialize;

use self::endpoint::{Endpoint, EndpointSummary};
use self::pod::{Pod, PodSummary};
use super::engine::{Arguments, Node, Object};
use super::gpu;
use super::root::Root;
use crate::timestamp::iso;
use crate::world::World;

mod endpoint;
mod pod;

/// The schema in the schema definition language.
pub(super) const SCHEMA: &str = concat!(include_str!("schema.graphql"), include_str!("../gpu.graphql"));

/// The root of the schema.
pub(super) struct Query(pub(super) Root);

struct User<'a>(&'a World);

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct SavingsPlan {
    plan_type: &'static str,
    start_time: String,
    end_time: String,
}

/// The term of the savings plan, and how much of it has passed at the start of the world.
const PLAN: Duration = Duration::from_hours(30 * 24);
const PLAN_USED: Duration = Duration::from_hours(11 * 24);

impl Object for Query {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        let Self(root) = self;
        Some(match name {
            "myself" => Node::object(root.own().map(User)),
            "endpoint" => {
                let endpoint = root.own().and_then(|world| world.endpoint(&arguments.get::<String>("id")));
                Node::plain(endpoint.map(|endpoint| Endpoint::new(&root.world, &endpoint)))
            }
            "pod" => Node::plain(root.pod(arguments).map(|pod| Pod::new(&root.world, pod))),
            "gpuTypes" => gpu::types(&root.world, arguments),
            _ => return None,
        })
    }
}

impl Object for User<'_> {
    fn field(&self, name: &str, _: &Arguments) -> Option<Node<'_>> {
        let Self(world) = self;
        Some(match name {
            "id" => Node::plain(world.account_id()),
            "email" => Node::plain("someone@example.com"),
            "currentSpendPerHr" => Node::plain(world.account().spend.total()),
            "clientBalance" => Node::plain(world.account().balance),
            "serverlessDiscount" => Node::plain(0.15),
            "savingsPlans" => {
                let start = world.before_start(PLAN_USED);
                let (start_time, end_time) = (iso(start), iso(start + PLAN));
                Node::plain([SavingsPlan { plan_type: "ONE_MONTH", start_time, end_time }])
            }
            "endpoints" => Node::list(
                world.endpoints().into_iter().map(|endpoint| EndpointSummary::new(world, endpoint)),
            ),
            "pods" => {
                let pods = world.pods().iter().map(|pod| PodSummary::new(world, pod));
                Node::plain(pods.collect::<Vec<_>>())
            }
            _ => return None,
        })
    }
}
