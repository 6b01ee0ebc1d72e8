//! Execution of a valid operation: the response has the selected fields, and an error for each field that has no value.

use serde_json::{Map, Value as Json, json};

use super::object::{Arguments, Node, Object};
use super::schema::Schema;
use super::select::select;
use super::syntax::{Argument, Directive, Document, Field, SelectionSet, named};
use super::values::{self, json as value_of};

/// The data of a response, and its errors as JSON.
#[derive(Debug)]
pub(in crate::graphql) struct Executed {
    pub(in crate::graphql) data: Json,
    pub(in crate::graphql) errors: Vec<Json>,
}

pub(super) fn execute(
    (schema, document): (&Schema, &Document),
    variables: &Map<String, Json>,
    root: &dyn Object,
    selection: &SelectionSet,
) -> Executed {
    let mut execution = Execution { schema, document, variables, path: Vec::new(), errors: Vec::new() };
    let data = execution.object("Query", root, &[selection]);
    Executed { data, errors: execution.errors }
}

struct Execution<'a> {
    schema: &'a Schema,
    document: &'a Document,
    variables: &'a Map<String, Json>,
    /// The path of the current field: response keys and list indices.
    path: Vec<Json>,
    errors: Vec<Json>,
}

impl Execution<'_> {
    fn object(&mut self, kind: &str, object: &dyn Object, sets: &[&SelectionSet]) -> Json {
        let (document, variables) = (self.document, self.variables);
        let selected = select(document, sets, &|directives| is_included(directives, variables));
        let members = selected.into_iter().filter_map(|selected| {
            let field = *selected.fields.first()?;
            self.path.push(selected.key.into());
            let value = self.field(kind, object, field, &selected.sets());
            self.path.pop();
            Some((selected.key.to_owned(), value))
        });
        Json::Object(members.collect())
    }

    fn field(&mut self, kind: &str, object: &dyn Object, field: &Field, sets: &[&SelectionSet]) -> Json {
        if field.name == "__typename" {
            return kind.into();
        }
        let schema = self.schema;
        let mut definitions = schema.object(kind).into_iter().flat_map(|object| &object.fields);
        let definition = definitions.find(|definition| definition.name == field.name);
        let node = definition.and_then(|definition| {
            let arguments = self.arguments(&definition.arguments, field);
            Some((named(&definition.field_type), object.field(&field.name, &arguments)?))
        });
        let Some((kind, node)) = node else {
            let message = format!("{kind}.{} has no value", field.name);
            let extensions = json!({ "code": "INTERNAL_SERVER_ERROR" });
            self.errors.push(json!({ "message": message, "path": self.path, "extensions": extensions }));
            return Json::Null;
        };
        self.value(kind, &node, sets)
    }

    fn value(&mut self, kind: &str, node: &Node<'_>, sets: &[&SelectionSet]) -> Json {
        match node {
            Node::Plain(value) => self.plain(kind, value, sets),
            Node::Borrowed(value) => self.plain(kind, value, sets),
            Node::Object(object) => self.object(kind, object.as_ref(), sets),
            Node::List(nodes) => self.list(nodes, |execution, node| execution.value(kind, node, sets)),
        }
    }

    fn plain(&mut self, kind: &str, value: &Json, sets: &[&SelectionSet]) -> Json {
        match value {
            Json::Array(items) => self.list(items, |execution, item| execution.plain(kind, item, sets)),
            Json::Object(members) => self.object(kind, members, sets),
            scalar => scalar.clone(),
        }
    }

    fn list<T>(&mut self, items: &[T], mut value: impl FnMut(&mut Self, &T) -> Json) -> Json {
        let values = items.iter().enumerate().map(|(index, item)| {
            self.path.push(index.into());
            let value = value(self, item);
            self.path.pop();
            value
        });
        Json::Array(values.collect())
    }

    fn arguments(&self, definitions: &[Argument], field: &Field) -> Arguments {
        let values = definitions.iter().filter_map(|definition| {
            let given = field.arguments.iter().find(|(name, _)| *name == definition.name);
            let given =
                given.and_then(|(_, value)| value_of(value, &mut |name| self.variables.get(name).cloned()));
            Some((definition.name.clone(), values::member(self.schema, "Argument", definition, given).ok()??))
        });
        Arguments::new(values.collect())
    }
}

/// What `@skip` and `@include` say about a selection.
fn is_included(directives: &[Directive], variables: &Map<String, Json>) -> bool {
    directives.iter().all(|directive| {
        let condition = directive.arguments.iter().find(|(name, _)| name == "if");
        let value =
            condition.and_then(|(_, value)| value_of(value, &mut |name| variables.get(name).cloned()));
        let holds = value.and_then(|value| value.as_bool()).unwrap_or_default();
        holds == (directive.name == "include")
    })
}
