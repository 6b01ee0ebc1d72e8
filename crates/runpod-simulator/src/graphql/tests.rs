//! The schemas and the objects behind them have the same fields.

use std::sync::Arc;

use apollo_compiler::Schema;
use apollo_compiler::response::JsonMap;
use clock::ManualClock;
use jiff::Timestamp;

use super::*;
use crate::{Options, Simulator};

/// Every field of the type and below.
fn everything(schema: &Schema, kind: &str, world: &World) -> String {
    let Some(object) = schema.get_object(kind) else { return String::new() };
    let fields = object.fields.values().map(|field| {
        let arguments = match field.name.as_str() {
            "endpoint" => format!("(id: \"{}\")", world.endpoints()[0].configuration().id),
            "pod" => format!("(input: {{podId: \"{}\"}})", world.pods()[0].id),
            _ => String::new(),
        };
        format!("{}{arguments} {}", field.name, everything(schema, field.ty.inner_named_type(), world))
    });
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))
}

/// The engine reports values that lack the type of their field.
#[test]
fn every_field_of_a_schema_has_a_value_of_its_type() {
    let clock = Arc::new(ManualClock::new(Timestamp::constant(1_795_000_000, 0)));
    let world = Simulator::new(&Options::default(), clock).world().clone();
    for (shape, text) in [(Shape::Live, live::SCHEMA), (Shape::Documented, documented::SCHEMA)] {
        let schema = Schema::parse_and_validate(text, "schema").unwrap();
        let engine = Engine::new(text);
        let document = engine.read(&everything(&schema, "Query", &world)).unwrap();
        let root = root(shape, world.clone(), Identity::Owner);
        let executed = engine.execute(&document, None, &JsonMap::new(), root).unwrap();
        assert_eq!(executed.errors, []);
        let data = executed.data.unwrap();
        assert!(data.values().all(|value| !value.is_null()), "{data:?}");
    }
}
