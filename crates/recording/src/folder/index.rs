//! The index of a recording: `recording.json`. The bodies that it names are files of their own.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::exchange::{Exchange, Request};

/// The version of the layout. A reader of another version does not understand it.
pub(super) const FORMAT: u32 = 1;

/// The name of the index.
pub(super) const INDEX: &str = "recording.json";

/// What an index of any version has.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(super) struct Format {
    pub(super) format: u32,
}

/// The index.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Index {
    pub(super) format: u32,
    pub(super) summary: Summary,
    pub(super) exchanges: Vec<Entry>,
}

/// What the index says about the recording as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// When the recording began.
    pub time: Timestamp,
    /// The program and its version.
    pub program: String,
}

/// A request and its answer, whose bodies are in files.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// When the exchange ended.
    pub time: Timestamp,
    /// The name of the API.
    pub api: String,
    /// What was requested, in one word.
    pub operation: String,
    /// The HTTP method.
    pub method: String,
    /// The path below the base URL of the API.
    pub path: String,
    /// The parameters of the query.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub query: BTreeMap<String, String>,
    /// The file with the GraphQL document of the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<String>,
    /// The HTTP status; absent if there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failure: Option<String>,
    /// The headers of the answer.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub headers: BTreeMap<String, String>,
    /// The file with the body of the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body: Option<String>,
    /// The size of the body as it was received, in bytes.
    #[serde(default)]
    pub bytes: usize,
}

impl Entry {
    /// The entry of an exchange; its bodies are in these files.
    pub(super) fn new(
        exchange: &Exchange,
        document: Option<String>,
        body: Option<String>,
        bytes: usize,
    ) -> Self {
        let Exchange { time, request, answer } = exchange;
        let Request { api, operation, method, path, query, document: _ } = request.clone();
        let (status, headers) =
            answer.as_ref().map_or_else(|_| (None, BTreeMap::new()), |a| (Some(a.status), a.headers.clone()));
        let failure = answer.as_ref().err().cloned();
        Self {
            time: *time,
            api,
            operation,
            method,
            path,
            query,
            document,
            status,
            failure,
            headers,
            body,
            bytes,
        }
    }
}
