//! A schema: its types by name.

use std::collections::HashMap;

use graphql_parser::schema::{Definition, ParseError, TypeDefinition, parse_schema};

use super::syntax::{Argument, ObjectType};

/// A schema whose root is the type `Query`.
#[derive(Debug)]
pub(super) struct Schema {
    objects: HashMap<String, ObjectType>,
    inputs: HashMap<String, Vec<Argument>>,
}

impl Schema {
    /// Reads a schema in the schema definition language.
    pub(super) fn parse(text: &str) -> Result<Self, ParseError> {
        let (mut objects, mut inputs) = (HashMap::new(), HashMap::new());
        for definition in parse_schema::<String>(text)?.into_static().definitions {
            match definition {
                Definition::TypeDefinition(TypeDefinition::Object(object)) => {
                    objects.insert(object.name.clone(), object);
                }
                Definition::TypeDefinition(TypeDefinition::InputObject(input)) => {
                    inputs.insert(input.name, input.fields);
                }
                _ => {}
            }
        }
        Ok(Self { objects, inputs })
    }

    /// The object type of a name; `None` for scalars.
    pub(super) fn object(&self, name: &str) -> Option<&ObjectType> {
        self.objects.get(name)
    }

    /// The members of an input type; `None` for scalars.
    pub(super) fn input(&self, name: &str) -> Option<&[Argument]> {
        self.inputs.get(name).map(Vec::as_slice)
    }
}
