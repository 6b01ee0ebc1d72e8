//! The two GraphQL schemas that the simulator can have, by name.

use strum::{Display, EnumString};

/// A GraphQL schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Display, EnumString)]
#[strum(serialize_all = "lowercase", parse_err_ty = ShapeError, parse_err_fn = ShapeError::new)]
pub enum Shape {
    /// As observed on api.runpod.io.
    #[default]
    Live,
    /// As described in monitoring guides, and in gateways that follow them.
    Documented,
}

/// The text is neither `live` nor `documented`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown shape {0:?}: expected live or documented")]
pub struct ShapeError(String);

impl ShapeError {
    fn new(text: &str) -> Self {
        Self(text.to_owned())
    }
}
