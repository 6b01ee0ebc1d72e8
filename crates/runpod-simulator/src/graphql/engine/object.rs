//! What a schema is executed on: objects whose fields are computed when they are selected.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// An object with fields.
pub(in crate::graphql) trait Object: Send + Sync {
    /// The value of a field; `None` if the object lacks a field of its type, which is a bug.
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>>;
}

/// The value of a field.
pub(in crate::graphql) enum Node<'a> {
    Plain(Value),
    Borrowed(&'a Value),
    Object(Box<dyn Object + 'a>),
    List(Vec<Node<'a>>),
}

/// The arguments of a field, with their defaults.
#[derive(Debug, Default)]
pub(in crate::graphql) struct Arguments(Map<String, Value>);

impl<'a> Node<'a> {
    /// A value without computed fields.
    pub(in crate::graphql) fn plain(value: impl Serialize) -> Self {
        Self::Plain(serde_json::to_value(value).unwrap_or_default())
    }

    pub(in crate::graphql) fn null() -> Self {
        Self::Plain(Value::Null)
    }

    /// An object, or null.
    pub(in crate::graphql) fn object(object: Option<impl Object + 'a>) -> Self {
        object.map_or_else(Self::null, |object| Self::Object(Box::new(object)))
    }

    /// A list of objects.
    pub(in crate::graphql) fn list(objects: impl IntoIterator<Item = impl Object + 'a>) -> Self {
        Self::List(objects.into_iter().map(|object| Self::Object(Box::new(object))).collect())
    }
}

impl Arguments {
    pub(super) fn new(values: Map<String, Value>) -> Self {
        Self(values)
    }

    /// The value of an argument. The schema made sure that it has the right type.
    pub(in crate::graphql) fn get<T: DeserializeOwned + Default>(&self, name: &str) -> T {
        let value = self.0.get(name).cloned().map(serde_json::from_value);
        value.and_then(Result::ok).unwrap_or_default()
    }
}

/// The fields of a struct, as the members of a JSON object.
pub(in crate::graphql) fn members(value: &impl Serialize) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(members)) => members,
        _ => Map::new(),
    }
}

/// An object without computed fields.
impl Object for Map<String, Value> {
    fn field(&self, name: &str, _: &Arguments) -> Option<Node<'_>> {
        self.get(name).map(Node::Borrowed)
    }
}
