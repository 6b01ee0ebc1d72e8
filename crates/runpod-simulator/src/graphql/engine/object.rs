//! What a schema is executed on: objects whose fields are computed when they are selected.

use apollo_compiler::resolvers::{FieldError, ObjectValue, ResolveInfo, ResolvedValue};
use apollo_compiler::response::serde_json_bytes::{from_value, to_value};
use apollo_compiler::response::{JsonMap, JsonValue};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// An object with fields.
pub(in crate::graphql) trait Object: Send + Sync {
    /// The value of a field; `None` if the object lacks a field of its type, which is a bug.
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>>;
}

/// The value of a field.
pub(in crate::graphql) enum Node<'a> {
    Plain(JsonValue),
    Object(Box<dyn Object + 'a>),
    List(Vec<Node<'a>>),
}

/// The arguments of a field, with their defaults.
#[derive(Debug)]
pub(in crate::graphql) struct Arguments(JsonMap);

/// An object and the name of its type.
pub(super) struct Typed<'a> {
    pub(super) kind: &'a str,
    pub(super) object: Box<dyn Object + 'a>,
}

impl<'a> Node<'a> {
    /// A value without computed fields.
    pub(in crate::graphql) fn plain(value: impl Serialize) -> Self {
        Self::Plain(to_value(value).unwrap_or_default())
    }

    pub(in crate::graphql) fn null() -> Self {
        Self::Plain(JsonValue::Null)
    }

    /// An object, or null.
    pub(in crate::graphql) fn object(object: Option<impl Object + 'a>) -> Self {
        object.map_or_else(Self::null, |object| Self::Object(Box::new(object)))
    }

    /// A list of objects.
    pub(in crate::graphql) fn list(objects: impl IntoIterator<Item = impl Object + 'a>) -> Self {
        Self::List(objects.into_iter().map(|object| Self::Object(Box::new(object))).collect())
    }

    /// The value as one of the type, or of lists of it.
    fn resolved(self, kind: &'a str) -> ResolvedValue<'a> {
        match self {
            Self::Plain(JsonValue::Array(items)) => {
                ResolvedValue::list(items.into_iter().map(|item| Self::Plain(item).resolved(kind)))
            }
            Self::Plain(JsonValue::Object(members)) => {
                ResolvedValue::object(Typed { kind, object: Box::new(members) })
            }
            Self::Plain(scalar) => ResolvedValue::leaf(scalar),
            Self::Object(object) => ResolvedValue::object(Typed { kind, object }),
            Self::List(nodes) => ResolvedValue::list(nodes.into_iter().map(|node| node.resolved(kind))),
        }
    }
}

impl Arguments {
    /// The value of an argument. The schema made sure that it has the right type.
    pub(in crate::graphql) fn get<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let value = self.0.get(name).cloned().map(from_value);
        value.and_then(Result::ok).unwrap_or_default()
    }
}

impl ObjectValue for Typed<'_> {
    fn type_name(&self) -> &str {
        self.kind
    }

    fn resolve_field<'a>(&'a self, info: &'a ResolveInfo<'a>) -> Result<ResolvedValue<'a>, FieldError> {
        let arguments = Arguments(info.arguments().clone());
        let node = self.object.field(info.field_name(), &arguments);
        let node = node.ok_or_else(|| self.unknown_field_error(info))?;
        Ok(node.resolved(info.field_definition().ty.inner_named_type()))
    }
}

/// The fields of a struct, as the members of a JSON object.
pub(in crate::graphql) fn members(value: &impl Serialize) -> JsonMap {
    match to_value(value) {
        Ok(JsonValue::Object(members)) => members,
        _ => JsonMap::new(),
    }
}

/// An object without computed fields.
impl Object for JsonMap {
    fn field(&self, name: &str, _: &Arguments) -> Option<Node<'_>> {
        self.get(name).cloned().map(Node::Plain)
    }
}
