//! The schemas and the objects behind them have the same fields.

use std::sync::Arc;

use clock::ManualClock;
use graphql_parser::schema::{Definition, ObjectType, Type, TypeDefinition, parse_schema};
use jiff::Timestamp;
use serde_json::{Map, Value};

use super::*;
use crate::{Options, Simulator};

type Object = ObjectType<'static, String>;

fn objects(schema: &str) -> Vec<Object> {
    let definitions = parse_schema::<String>(schema).unwrap().into_static().definitions;
    let objects = definitions.into_iter().filter_map(|definition| match definition {
        Definition::TypeDefinition(TypeDefinition::Object(object)) => Some(object),
        _ => None,
    });
    objects.collect()
}

fn object<'a>(all: &'a [Object], kind: &Type<'_, String>) -> Option<&'a Object> {
    match kind {
        Type::NamedType(name) => all.iter().find(|object| object.name == *name),
        Type::ListType(inner) | Type::NonNullType(inner) => object(all, inner),
    }
}

/// Every field of the type and below.
fn everything(all: &[Object], kind: &Object, world: &World) -> String {
    let fields = kind.fields.iter().map(|field| {
        let name = field.name.as_str();
        let arguments = match name {
            "endpoint" => format!("(id: \"{}\")", world.endpoints()[0].configuration().id),
            "pod" => format!("(input: {{podId: \"{}\"}})", world.pods()[0].id),
            _ => String::new(),
        };
        let below = object(all, &field.field_type).map(|below| everything(all, below, world));
        format!("{name}{arguments} {}", below.unwrap_or_default())
    });
    format!("{{ {} }}", fields.collect::<Vec<_>>().join(" "))
}

/// Whether the value has the type.
fn assert_fits(all: &[Object], kind: &Type<'_, String>, value: &Value, path: &str) {
    match (kind, value) {
        (Type::NonNullType(inner), value) => {
            assert!(!value.is_null(), "{path} is null");
            assert_fits(all, inner, value, path);
        }
        (_, Value::Null) => {}
        (Type::ListType(inner), Value::Array(items)) => {
            for item in items {
                assert_fits(all, inner, item, path);
            }
        }
        (Type::NamedType(_), Value::Object(members)) => {
            for field in &object(all, kind).unwrap().fields {
                let path = format!("{path}.{}", field.name);
                assert_fits(all, &field.field_type, &members[&field.name], &path);
            }
        }
        (Type::NamedType(name), value) => {
            let fits = match name.as_str() {
                "Boolean" => value.is_boolean(),
                "Float" => value.is_number(),
                "Int" => value.is_u64(),
                "String" => value.is_string(),
                _ => false,
            };
            assert!(fits, "{path} is {value}, not {name}");
        }
        (Type::ListType(_), value) => panic!("{path} is {value}"),
    }
}

#[test]
fn every_field_of_a_schema_has_a_value_of_its_type() {
    let clock = Arc::new(ManualClock::new(Timestamp::constant(1_795_000_000, 0)));
    let world = Simulator::new(&Options::default(), clock).world().clone();
    for (shape, schema) in [(Shape::Live, live::SCHEMA), (Shape::Documented, documented::SCHEMA)] {
        let all = objects(schema);
        let query = Type::NamedType("Query".to_owned());
        let text = everything(&all, object(&all, &query).unwrap(), &world);
        let document = graphql_parser::parse_query::<String>(&text).unwrap().into_static();
        let root = root(shape, world.clone(), Identity::Owner);
        let executed = Engine::new(schema).execute(&document, None, Map::new(), root.as_ref()).unwrap();
        assert_eq!(executed.errors, Vec::<Value>::new());
        assert_fits(&all, &query, &executed.data, "Query");
    }
}
