//! Where names are in the description of the API (OpenAPI): some are those of fields, some keywords, and in examples they are data.

/// What the names of members are at a place of a description.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Keywords of OpenAPI.
    Keywords,
    /// The same, of a parameter, whose `name` is that of a field.
    Parameter,
    /// That name.
    ParameterName,
    /// Paths and fields.
    Fields,
    /// The kinds of components.
    Components,
    /// Components of a kind, which references name.
    Component,
    /// The same, if they are parameters.
    ComponentParameters,
    /// Statuses and types of bodies.
    Answers,
    /// Anything: examples, default values and extensions, which are not part of the API.
    Data,
}

impl Place {
    /// The place of a member's value.
    pub(super) fn enter(self, field: &str) -> Self {
        let is_keyword = matches!(self, Self::Keywords | Self::Parameter);
        match (self, field) {
            (Self::Data, _) => Self::Data,
            (_, "example" | "examples" | "default" | "enum" | "const") if is_keyword => Self::Data,
            (Self::Parameter, "name") => Self::ParameterName,
            (Self::Components, "examples") => Self::Data,
            (Self::Components, "parameters") => Self::ComponentParameters,
            (Self::Components, _) => Self::Component,
            (Self::ComponentParameters, _) => Self::Parameter,
            (_, "x-unit" | "x-units") if is_keyword => Self::Keywords,
            _ if is_keyword && field.starts_with("x-") => Self::Data,
            (_, "properties" | "paths") if is_keyword => Self::Fields,
            (_, "components") if is_keyword => Self::Components,
            (_, "parameters") if is_keyword => Self::Parameter,
            (_, "responses" | "content") if is_keyword => Self::Answers,
            _ => Self::Keywords,
        }
    }
}
