//! The part of a request behind the question mark. What is unknown there is ignored, as Runpod ignores it.

use std::str::FromStr;

use super::Problem;

/// The parameters of a request.
#[derive(Debug)]
pub(super) struct Query(Vec<(String, String)>);

impl Query {
    pub(super) fn read(text: &str) -> Self {
        Self(url::form_urlencoded::parse(text.as_bytes()).into_owned().collect())
    }

    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(this, _)| this == name).map(|(_, value)| value.as_str())
    }

    /// A parameter that has to be of a kind; `expected` says which.
    pub(super) fn parse<T: FromStr>(&self, name: &str, expected: &str) -> Result<Option<T>, Problem> {
        let Some(text) = self.get(name) else { return Ok(None) };
        let value = text.parse().ok();
        value
            .map(Some)
            .ok_or_else(|| Problem::bad_query(format!("{name}: expected {expected}, got {text:?}")))
    }

    /// The values between the commas. Each has to be one of `allowed`.
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
