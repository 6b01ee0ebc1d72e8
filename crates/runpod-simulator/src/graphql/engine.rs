//! The GraphQL engine with the schema of a shape.

use std::fmt::{self, Debug, Formatter};

use async_graphql::{EmptyMutation, EmptySubscription, ObjectType, Schema, Variables};
use serde_json::Value;

use super::document::Parsed;
use super::{documented, live, refusal};
use crate::answer::{Answer, Identity};
use crate::shape::Shape;
use crate::world::World;

/// The engine with the schema of a shape.
pub(super) struct Engine(Executor);

type QuerySchema<Query> = Schema<Query, EmptyMutation, EmptySubscription>;

enum Executor {
    Live(QuerySchema<live::Query>),
    Documented(QuerySchema<documented::Query>),
}

impl Engine {
    pub(super) fn new(shape: Shape, world: World) -> Self {
        Self(match shape {
            Shape::Live => Executor::Live(schema(live::Query, world)),
            Shape::Documented => Executor::Documented(schema(documented::Query, world)),
        })
    }

    pub(super) async fn execute(&self, parsed: Parsed, identity: Identity) -> Answer {
        let mut request = async_graphql::Request::new(parsed.text).data(identity);
        request.operation_name = parsed.operation_name;
        request.variables = Variables::from_json(Value::Object(parsed.variables));
        request.set_parsed_query(parsed.document);
        let response = match &self.0 {
            Executor::Live(schema) => schema.execute(request).await,
            Executor::Documented(schema) => schema.execute(request).await,
        };
        refusal::answer(response)
    }
}

/// A schema that, like Runpod's in production, does not describe itself.
fn schema<Query: ObjectType + 'static>(query: Query, world: World) -> QuerySchema<Query> {
    let schema = Schema::build(query, EmptyMutation, EmptySubscription);
    schema.data(world).disable_introspection().disable_suggestions().finish()
}

impl Debug for Engine {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Executor::Live(_) => "Live",
            Executor::Documented(_) => "Documented",
        })
    }
}
