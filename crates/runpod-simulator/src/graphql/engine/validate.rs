//! Validation of a document against a schema, with the messages of the reference implementation: clients are known to
//! parse them.

use std::collections::HashSet;

use graphql_parser::query::TypeCondition;
use serde_json::{Map, Value};

use super::schema::Schema;
use super::select::select;
use super::syntax::{
    Argument, Directive, Document, Field, Invalid, ObjectType, Operation, Pos, Selection, SelectionSet, Type,
    Value as Literal, fragments, named,
};
use super::values::{self, json};

/// How deep fragments may contain each other. The parser limits the depth of everything else.
const MAX_FRAGMENTS: usize = 50;

/// The errors of an operation and the fragments that it uses, in the order of their places.
pub(super) fn validate(
    (schema, document): (&Schema, &Document),
    operation: Operation<'_>,
    variables: &Map<String, Value>,
) -> Vec<Invalid> {
    let (used, inside, seen, invalid) = Default::default();
    let mut validation = Validation { schema, document, operation, variables, used, inside, seen, invalid };
    validation.operation();
    validation.invalid.sort_by_key(|error| (error.at.line, error.at.column));
    validation.invalid
}

struct Validation<'a> {
    schema: &'a Schema,
    document: &'a Document,
    operation: Operation<'a>,
    variables: &'a Map<String, Value>,
    /// The variables that occurred.
    used: HashSet<&'a str>,
    /// The fragments around the current selection, and all that occurred.
    inside: Vec<&'a str>,
    seen: HashSet<&'a str>,
    invalid: Vec<Invalid>,
}

impl<'a> Validation<'a> {
    fn refuse(&mut self, message: String, at: Pos) {
        self.invalid.push(Invalid { message, at });
    }

    fn operation(&mut self) {
        let Operation { kind, at, variables, selection, .. } = self.operation;
        let Some(query) = self.schema.object("Query").filter(|_| kind == "query") else {
            self.refuse(format!("Schema is not configured for {kind} operations."), at);
            return;
        };
        self.set(query, selection);
        // Where something is unknown, so is what it uses; and fragments that contain themselves would have no end.
        if self.invalid.is_empty() {
            self.conflicts(&[selection]);
            let unused = variables.iter().filter(|variable| !self.used.contains(variable.name.as_str()));
            self.invalid.extend(unused.map(|variable| {
                let message = format!("Variable \"${}\" is never used.", variable.name);
                Invalid { message, at: variable.position }
            }));
        }
    }

    fn set(&mut self, kind: &'a ObjectType, set: &'a SelectionSet) {
        for item in &set.items {
            match item {
                Selection::Field(field) => {
                    self.directives(&field.directives);
                    self.field(kind, field);
                }
                Selection::InlineFragment(fragment) => {
                    self.directives(&fragment.directives);
                    let fits = fragment.type_condition.as_ref();
                    if fits.is_none_or(|condition| self.condition(kind, condition, fragment.position)) {
                        self.set(kind, &fragment.selection_set);
                    }
                }
                Selection::FragmentSpread(spread) => {
                    self.directives(&spread.directives);
                    self.spread(kind, &spread.fragment_name, spread.position);
                }
            }
        }
    }

    fn field(&mut self, kind: &'a ObjectType, field: &'a Field) {
        let (name, at, owner) = (&field.name, field.position, &kind.name);
        let has_selection = !field.selection_set.items.is_empty();
        if name == "__typename" && !has_selection {
            return;
        }
        let Some(definition) = kind.fields.iter().find(|definition| definition.name == *name) else {
            self.refuse(format!("Cannot query field \"{name}\" on type \"{owner}\"."), at);
            return;
        };
        self.arguments(&format!("field \"{owner}.{name}\""), &definition.arguments, &field.arguments, at);
        let result = &definition.field_type;
        match (self.schema.object(named(result)), has_selection) {
            (Some(object), true) => self.set(object, &field.selection_set),
            (Some(_), false) => self.refuse(
                format!("Field \"{name}\" of type \"{result}\" must have a selection of subfields."),
                at,
            ),
            (None, true) => self.refuse(
                format!(
                    "Field \"{name}\" must not have a selection since type \"{result}\" has no subfields."
                ),
                at,
            ),
            (None, false) => {}
        }
    }

    fn spread(&mut self, kind: &'a ObjectType, name: &'a str, at: Pos) {
        let Some(fragment) = fragments(self.document).find(|fragment| fragment.name == name) else {
            self.refuse(format!("Unknown fragment \"{name}\"."), at);
            return;
        };
        if self.inside.contains(&name) {
            self.refuse(format!("Cannot spread fragment \"{name}\" within itself."), at);
        } else if self.inside.len() >= MAX_FRAGMENTS {
            self.refuse(format!("Fragment \"{name}\" is nested too deeply."), at);
        } else {
            let is_new = self.seen.insert(name);
            if self.condition(kind, &fragment.type_condition, at) && is_new {
                self.inside.push(name);
                self.directives(&fragment.directives);
                self.set(kind, &fragment.selection_set);
                self.inside.pop();
            }
        }
    }

    /// Checks the arguments of a field or directive, whose `owner` is named as in `field "Query.pod"`.
    fn arguments(&mut self, owner: &str, definitions: &[Argument], given: &'a [(String, Literal)], at: Pos) {
        for (name, _) in given.iter().filter(|(name, _)| !definitions.iter().any(|known| known.name == *name))
        {
            self.refuse(format!("Unknown argument \"{name}\" on {owner}."), at);
        }
        for definition in definitions {
            let given = given.iter().find(|(name, _)| *name == definition.name);
            let value = given.and_then(|(_, value)| json(value, &mut |name| self.variable(name, at)));
            if let Err(message) = values::member(self.schema, "Argument", definition, value) {
                self.refuse(message, at);
            }
        }
    }

    fn variable(&mut self, name: &'a str, at: Pos) -> Option<Value> {
        self.used.insert(name);
        if !self.operation.variables.iter().any(|variable| variable.name == name) {
            self.refuse(format!("Variable \"${name}\" is not defined."), at);
        }
        self.variables.get(name).cloned()
    }

    /// Whether a fragment on a type can be used on another one. There are no interfaces, so that they have to be equal.
    fn condition(&mut self, kind: &ObjectType, condition: &TypeCondition<'static, String>, at: Pos) -> bool {
        let TypeCondition::On(on) = condition;
        let message = match self.schema.object(on) {
            None => format!("Unknown type \"{on}\"."),
            Some(_) if *on == kind.name => return true,
            Some(_) => {
                let kind = &kind.name;
                format!(
                    "Fragment cannot be spread here as objects of type \"{kind}\" can never be of type \"{on}\"."
                )
            }
        };
        self.refuse(message, at);
        false
    }

    fn directives(&mut self, directives: &'a [Directive]) {
        for directive in directives {
            let (name, at) = (&directive.name, directive.position);
            if name == "skip" || name == "include" {
                self.arguments(&format!("directive \"@{name}\""), &[condition()], &directive.arguments, at);
            } else {
                self.refuse(format!("Unknown directive \"@{name}\"."), at);
            }
        }
    }

    /// Fields of one response key have to be one field with equal arguments.
    fn conflicts(&mut self, sets: &[&'a SelectionSet]) {
        for selected in select(self.document, sets, &|_| true) {
            let Some((first, others)) = selected.fields.split_first() else { continue };
            let is_same = |other: &&&Field| first.name == other.name && first.arguments == other.arguments;
            if let Some(other) = others.iter().find(|other| !is_same(other)) {
                let key = selected.key;
                self.refuse(format!("Fields \"{key}\" conflict because they are different."), other.position);
            }
            self.conflicts(&selected.sets());
        }
    }
}

/// The argument of `@skip` and `@include`.
fn condition() -> Argument {
    let value_type = Type::NonNullType(Box::new(Type::NamedType("Boolean".to_owned())));
    let (position, description, default_value, directives) = Default::default();
    Argument { position, description, name: "if".to_owned(), value_type, default_value, directives }
}
