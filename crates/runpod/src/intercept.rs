//! Taking part in exchanges: a program can see each request with its answer, or answer in place of the server.
//!
//! What is made of them, such as files, does not belong here.

use std::fmt::Debug;

use percent_encoding::percent_decode_str;
use url::Url;

use crate::error::Reason;
use crate::operation::{Api, Operation, Outcome};

/// A request, without its key.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// The API.
    pub api: Api,
    /// The kind of request.
    pub operation: Operation,
    /// The URL.
    pub url: &'a Url,
    /// The base URL of the API.
    pub base: &'a Url,
    /// The JSON body of a POST; `None` for a GET.
    pub body: Option<&'a [u8]>,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// The headers, with names in lower case. Those that are not text are left out.
    pub headers: Vec<(String, String)>,
    /// The body, decompressed and without the keys; empty at the start of a stream.
    pub body: Vec<u8>,
}

/// Receives the parts of a stream as they arrive.
pub type Parts = Box<dyn FnMut(&[u8]) + Send + Sync>;

/// Takes part in exchanges. Methods are called while a request is handled and must not block.
pub trait Intercept: Debug + Send + Sync {
    /// Answers in place of the server; an error is why there is no answer, as [`Reason::Intercepted`]. `None` sends the request.
    fn answer(&self, _request: &Sent<'_>) -> Option<Result<Answered, Reason>> {
        None
    }

    /// The server has answered.
    fn answered(&self, _request: &Sent<'_>, _answer: Answered) {}

    /// The server did not answer.
    fn unanswered(&self, _request: &Sent<'_>, _reason: &Reason) {}

    /// The request was sent and has ended: how its answer was understood. A retry ends on its own.
    fn ended(&self, _request: &Sent<'_>, _outcome: Outcome) {}

    /// The server has opened a stream, whose parts go to the result.
    fn opened(&self, _request: &Sent<'_>, _answer: Answered) -> Option<Parts> {
        None
    }
}

impl Sent<'_> {
    /// The path below the base URL, decoded, without a leading slash.
    pub fn path(&self) -> String {
        let below = self.url.path().strip_prefix(self.base.path().trim_end_matches('/'));
        let path = below.unwrap_or(self.url.path()).trim_start_matches('/');
        percent_decode_str(path).decode_utf8_lossy().into_owned()
    }

    /// The parameters of the query, decoded.
    pub fn query(&self) -> Vec<(String, String)> {
        self.url.query_pairs().into_owned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::urls::below;

    #[test]
    fn the_path_is_below_the_base_and_decoded() {
        for base in ["http://host/v2", "http://host/v2/", "http://host"] {
            let base = Url::parse(base).unwrap();
            let url = below(&base, &["a%b", "\u{e4} c"], &[("d", "e f"), ("g", "&")]);
            let (api, operation) = (Api::Rest, Operation::Pods);
            let sent = Sent { api, operation, url: &url, base: &base, body: None };
            assert_eq!(sent.path(), "a%b/\u{e4} c");
            let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
            assert_eq!(sent.query(), [pair("d", "e f"), pair("g", "&")]);
        }
    }
}
