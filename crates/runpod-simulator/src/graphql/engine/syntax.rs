//! The syntax trees of documents and schemas, with owned texts.

use graphql_parser::{query, schema};

pub(in crate::graphql) use graphql_parser::Pos;

pub(in crate::graphql) type Document = query::Document<'static, String>;
pub(in crate::graphql) type Fragment = query::FragmentDefinition<'static, String>;
pub(in crate::graphql) type SelectionSet = query::SelectionSet<'static, String>;
pub(super) type Selection = query::Selection<'static, String>;
pub(super) type Field = query::Field<'static, String>;
pub(super) type Directive = query::Directive<'static, String>;
pub(super) type Variable = query::VariableDefinition<'static, String>;
pub(super) type Value = query::Value<'static, String>;
pub(super) type Type = query::Type<'static, String>;
pub(super) type ObjectType = schema::ObjectType<'static, String>;
pub(super) type Argument = schema::InputValue<'static, String>;

/// An operation of a document.
#[derive(Debug, Clone, Copy)]
pub(in crate::graphql) struct Operation<'a> {
    pub(in crate::graphql) name: Option<&'a str>,
    pub(super) kind: &'static str,
    pub(super) at: Pos,
    pub(super) variables: &'a [Variable],
    pub(in crate::graphql) selection: &'a SelectionSet,
}

/// The operations of a document, in its order.
pub(in crate::graphql) fn operations(document: &Document) -> impl Iterator<Item = Operation<'_>> {
    use query::OperationDefinition::{Mutation, Query, SelectionSet, Subscription};
    document.definitions.iter().filter_map(|definition| {
        let query::Definition::Operation(operation) = definition else { return None };
        let (kind, at, name, variables, selection) = match operation {
            SelectionSet(set) => ("query", set.span.0, None, [].as_slice(), set),
            Query(q) => {
                ("query", q.position, q.name.as_deref(), q.variable_definitions.as_slice(), &q.selection_set)
            }
            Mutation(m) => (
                "mutation",
                m.position,
                m.name.as_deref(),
                m.variable_definitions.as_slice(),
                &m.selection_set,
            ),
            Subscription(s) => (
                "subscription",
                s.position,
                s.name.as_deref(),
                s.variable_definitions.as_slice(),
                &s.selection_set,
            ),
        };
        Some(Operation { name, kind, at, variables, selection })
    })
}

pub(in crate::graphql) fn fragments(document: &Document) -> impl Iterator<Item = &Fragment> {
    document.definitions.iter().filter_map(|definition| match definition {
        query::Definition::Fragment(fragment) => Some(fragment),
        query::Definition::Operation(_) => None,
    })
}

/// The name in `[Name!]!`.
pub(super) fn named(kind: &Type) -> &str {
    match kind {
        Type::NamedType(name) => name,
        Type::ListType(inner) | Type::NonNullType(inner) => named(inner),
    }
}

/// An error of a document, and its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::graphql) struct Invalid {
    pub(in crate::graphql) message: String,
    pub(in crate::graphql) at: Pos,
}
