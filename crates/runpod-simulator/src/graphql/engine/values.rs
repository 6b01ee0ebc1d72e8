//! Values of arguments and variables, and the types that they have to fit.

use serde_json::{Map, Value as Json};

use super::schema::Schema;
use super::syntax::{Argument, Invalid, Type, Value, Variable};

type Object = Map<String, Json>;

/// The values of the variables of an operation, or what is wrong with those that were sent.
pub(super) fn variables(schema: &Schema, all: &[Variable], mut sent: Object) -> Result<Object, Vec<Invalid>> {
    let (mut values, mut invalid) = (Map::new(), Vec::new());
    for variable in all {
        let Variable { name, var_type: kind, default_value, position } = variable;
        let value = sent.remove(name).or_else(|| constant(default_value.as_ref()));
        let message = match value.map(|value| (coerce(schema, kind, value.clone()), value)) {
            None if is_required(kind) => {
                format!("Variable \"${name}\" of required type \"{kind}\" was not provided.")
            }
            None => continue,
            Some((Ok(value), _)) => {
                values.insert(name.clone(), value);
                continue;
            }
            Some((Err(message), value)) => {
                format!("Variable \"${name}\" got invalid value {value}; {message}")
            }
        };
        invalid.push(Invalid { message, at: *position });
    }
    if invalid.is_empty() { Ok(values) } else { Err(invalid) }
}

/// The value of a `role`: an argument, or a field of an input type. `None` if it has none and needs none.
pub(super) fn member(
    schema: &Schema,
    role: &str,
    definition: &Argument,
    given: Option<Json>,
) -> Result<Option<Json>, String> {
    let Argument { name, value_type: kind, default_value, .. } = definition;
    match given.or_else(|| constant(default_value.as_ref())) {
        Some(value) => coerce(schema, kind, value).map(Some),
        None if is_required(kind) => {
            Err(format!("{role} \"{name}\" of required type \"{kind}\" was not provided."))
        }
        None => Ok(None),
    }
}

/// The value as one of the type: defaults are added, and a single value becomes a list where one is expected.
fn coerce(schema: &Schema, kind: &Type, value: Json) -> Result<Json, String> {
    match (kind, value) {
        (Type::NonNullType(_), Json::Null) => Err(format!("Expected value of type \"{kind}\", found null.")),
        (Type::NonNullType(inner), value) => coerce(schema, inner, value),
        (_, Json::Null) => Ok(Json::Null),
        (Type::ListType(inner), Json::Array(items)) => {
            items.into_iter().map(|item| coerce(schema, inner, item)).collect()
        }
        (Type::ListType(inner), item) => Ok(Json::Array(vec![coerce(schema, inner, item)?])),
        (Type::NamedType(name), value) => match (schema.input(name), value) {
            (Some(members), Json::Object(given)) => object(schema, name, members, given),
            (Some(_), value) => Err(format!("Expected value of type \"{name}\", found {value}.")),
            (None, value) => represent(name, value),
        },
    }
}

fn object(schema: &Schema, name: &str, members: &[Argument], mut given: Object) -> Result<Json, String> {
    let mut coerced = Map::new();
    for member in members {
        if let Some(value) = self::member(schema, "Field", member, given.remove(&member.name))? {
            coerced.insert(member.name.clone(), value);
        }
    }
    match given.keys().next() {
        Some(unknown) => Err(format!("Field \"{unknown}\" is not defined by type \"{name}\".")),
        None => Ok(Json::Object(coerced)),
    }
}

/// The value, if the scalar type has it. Types that are not built in have every value.
fn represent(scalar: &str, value: Json) -> Result<Json, String> {
    let (accepted, found) = match scalar {
        "Boolean" => (value.is_boolean(), "a non boolean value"),
        "Float" => (value.is_number(), "non numeric value"),
        "ID" => (value.is_string() || value.is_i64(), "value"),
        "Int" => (value.as_i64().is_some_and(|number| i32::try_from(number).is_ok()), "non-integer value"),
        "String" => (value.is_string(), "a non string value"),
        _ => (true, ""),
    };
    if accepted { Ok(value) } else { Err(format!("{scalar} cannot represent {found}: {value}")) }
}

fn is_required(kind: &Type) -> bool {
    matches!(kind, Type::NonNullType(_))
}

fn constant(value: Option<&Value>) -> Option<Json> {
    value.and_then(|value| json(value, &mut |_| None))
}

/// The value as JSON, with the value of each variable. `None` if it is a variable without one.
pub(super) fn json<'a>(value: &'a Value, variable: &mut dyn FnMut(&'a str) -> Option<Json>) -> Option<Json> {
    Some(match value {
        Value::Variable(name) => return variable(name),
        Value::Int(number) => number.as_i64().into(),
        Value::Float(number) => (*number).into(),
        Value::String(text) => text.as_str().into(),
        Value::Boolean(boolean) => (*boolean).into(),
        Value::Null => Json::Null,
        // There are no enumerations: an object is what no scalar type has.
        Value::Enum(name) => Json::Object(Map::from_iter([(name.clone(), Json::Null)])),
        Value::List(items) => items.iter().map(|item| json(item, variable).unwrap_or_default()).collect(),
        Value::Object(members) => {
            let members =
                members.iter().filter_map(|(name, value)| Some((name.clone(), json(value, variable)?)));
            Json::Object(members.collect())
        }
    })
}
