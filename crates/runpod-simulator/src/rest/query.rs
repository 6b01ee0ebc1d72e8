//! Query parameters. Unknown ones are ignored, as Runpod does.

use std::str::FromStr;

use crate::problem::Problem;

/// The parameters of a request.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn parse_all(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(this, _)| this == name).map(|(_, value)| value.as_str())
    }

    /// A parameter of a type, which `expected` describes.
    pub(super) fn parse<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let value = text.parse().ok();
        value
            .map(Some)
            .ok_or_else(|| Problem::bad_query(format!("{name}: expected {expected}, got {text:?}")))
    }

    /// A comma-separated list of values. Each has to be one of `allowed`.
    pub(super) fn list(&self, name: &str, allowed: &[&str]) -> Result<Vec<&str>, Problem> {
        let values: Vec<&str> = self.get(name).into_iter().flat_map(|text| text.split(',')).collect();
        match values.iter().find(|value| !allowed.contains(value)) {
            Some(value) => {
                let allowed = allowed.join(", ");
                Err(Problem::bad_query(format!("{name}: {value:?} is not one of {allowed}")))
            }
            None => Ok(values),
        }
    }
}
