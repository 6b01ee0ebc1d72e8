//! A request and its answer, as they were sent and received, without the key.

use std::collections::BTreeMap;

use jiff::Timestamp;

/// A request. Its path is relative to the base URL of the API, so that no host is in a recording.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Request {
    /// The name of the API, which is also that of its folder.
    pub api: String,
    /// What is requested, in one word.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path below the base URL, decoded, without a leading slash.
    pub path: String,
    /// The parameters of the query, decoded. The client sends each name once.
    pub query: BTreeMap<String, String>,
    /// The GraphQL document of a POST.
    pub document: Option<String>,
}

impl Request {
    /// A GET without a query.
    pub fn get(api: &str, operation: &str, path: &str) -> Self {
        let [api, operation, path] = [api, operation, path].map(str::to_owned);
        Self { api, operation, method: "GET".to_owned(), path, query: BTreeMap::new(), document: None }
    }
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers, with names in lower case. One in several lines is joined by commas.
    pub headers: BTreeMap<String, String>,
    /// The body, decompressed.
    pub body: Vec<u8>,
}

/// A request and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exchange {
    /// When it ended.
    pub time: Timestamp,
    /// The request.
    pub request: Request,
    /// The answer, or in one word why there was none, for example `timeout`.
    pub answer: Result<Answer, String>,
}

impl Answer {
    /// An answer with these headers, whose names are in lower case.
    pub fn new(status: u16, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Self {
        let headers = headers.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        Self { status, headers, body: body.into() }
    }
}
