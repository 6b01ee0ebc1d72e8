//! Network volumes.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

/// The network volumes.
pub(in crate::graphql) static VOLUMES: Document = Document {
    operation: Operation::Volumes,
    name: "Volumes",
    optional: false,
    root: Field::with(
        "myself",
        &[Form::Object(&[Field::with(
            "networkVolumes",
            &[Form::Object(&[
                Field::scalar("id"),
                Field::scalar("name"),
                Field::scalar("size"),
                Field::scalar("dataCenterId"),
            ])],
        )])],
    ),
};
