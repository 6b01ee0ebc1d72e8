//! GPU types with prices and availability. Public: requested without a key.

use crate::graphql::document::{Document, Field, Form};
use crate::operation::Operation;

/// The list of GPU types. Without a key the API accepts no variables, so that the arguments are in the document.
pub(in crate::graphql) static GPU_TYPES: Document = Document {
    operation: Operation::Gpus,
    name: "GpuTypes",
    optional: false,
    root: Field::with(
        "gpuTypes",
        &[Form::Object(&[
            Field::scalar("id"),
            Field::scalar("securePrice"),
            Field::scalar("communityPrice"),
            Field::with("lowestPrice", &[Form::Object(&[Field::scalar("stockStatus")])])
                .arguments("(input: {gpuCount: 1})"),
        ])],
    ),
};
