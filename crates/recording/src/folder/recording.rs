//! A recording that is read: its answers, by request. Writing one is in `write.rs`, what may be read of a folder in `check.rs`.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use parking_lot::Mutex;

use super::check::{content, problem};
use super::index::{Entry, FORMAT, Format, INDEX, Index, Summary};
use crate::exchange::{Answer, Request};
use crate::scrub::is_timestamp;

/// A recording. A request that was sent several times, as after a failure, gets its answers in their order, and then
/// the last one again and again.
#[derive(Debug)]
pub struct Recording {
    root: PathBuf,
    summary: Summary,
    by_request: BTreeMap<Key, Replies>,
}

/// What distinguishes a request from others. Times in the query do not: they depend on when it is sent.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    api: String,
    method: String,
    path: String,
    query: BTreeMap<String, String>,
    document: Option<String>,
}

#[derive(Debug)]
struct Replies {
    answers: Vec<Result<Answer, String>>,
    /// The number of requests so far.
    sent: Mutex<usize>,
}

/// A request that the recording has no answer for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the recording {} has {problem} {request}", folder.display())]
pub struct Missing {
    folder: PathBuf,
    problem: String,
    request: String,
    failure: Option<String>,
}

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// There is no index.
    #[error("{} is not a recording: it has no {INDEX}", .0.display())]
    NoIndex(PathBuf),
    /// A file cannot be read.
    #[error("cannot read {}: {cause}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Why.
        cause: io::Error,
    },
    /// The index cannot be read.
    #[error("{} is not the index of a recording: {cause}; record it again", path.display())]
    Index {
        /// The index.
        path: PathBuf,
        /// Why.
        cause: serde_json::Error,
    },
    /// The index is that of another version.
    #[error("{}: its format is {found}, and this version reads format {FORMAT}", path.display())]
    Format {
        /// The index.
        path: PathBuf,
        /// The version in it.
        found: u32,
    },
    /// An answer that HTTP does not allow.
    #[error("{}: exchange {number} has {problem}; record it again", path.display())]
    Answer {
        /// The index.
        path: PathBuf,
        /// The position of the exchange, from 1.
        number: usize,
        /// What is wrong.
        problem: String,
    },
}

impl Recording {
    /// Reads a recording.
    ///
    /// # Errors
    /// Fails if the folder has no index of this version, or a file of the index is missing or cannot be one of a recording.
    pub fn open(root: &Path) -> Result<Self, OpenError> {
        let path = root.join(INDEX);
        let text = match content(root, INDEX) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(OpenError::NoIndex(root.to_owned()));
            }
            text => text.map_err(|cause| OpenError::Io { path: path.clone(), cause })?,
        };
        let unreadable = |cause| OpenError::Index { path: path.clone(), cause };
        // Before the rest, which has another shape in another format.
        let Format { format } = serde_json::from_slice(&text).map_err(unreadable)?;
        if format != FORMAT {
            return Err(OpenError::Format { path, found: format });
        }
        let Index { summary, exchanges, .. } = serde_json::from_slice(&text).map_err(unreadable)?;
        let mut by_request: BTreeMap<Key, Replies> = BTreeMap::new();
        for (number, entry) in (1..).zip(exchanges) {
            if let Some(problem) = problem(&entry) {
                return Err(OpenError::Answer { path, number, problem });
            }
            let (key, answer) = read(root, entry)?;
            let replies =
                by_request.entry(key).or_insert_with(|| Replies { answers: Vec::new(), sent: Mutex::new(0) });
            replies.answers.push(answer);
        }
        Ok(Self { root: root.to_owned(), summary, by_request })
    }

    /// What the index says about the recording as a whole.
    pub const fn summary(&self) -> &Summary {
        &self.summary
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.root
    }

    /// The answer to a request.
    ///
    /// # Errors
    /// Fails if the recording has no such request, or if it had no answer when it was recorded.
    pub fn answer(&self, request: &Request) -> Result<Answer, Missing> {
        let missing = |problem: String, failure: Option<&String>| {
            let (folder, failure) = (self.root.clone(), failure.cloned());
            Missing { folder, problem, request: shown(request), failure }
        };
        let none = || missing("no answer to".to_owned(), None);
        let replies = self.by_request.get(&Key::of(request));
        let replies = replies.ok_or_else(none)?;
        let mut sent = replies.sent.lock();
        let answer = replies.answers.get(*sent).or(replies.answers.last());
        *sent = sent.saturating_add(1);
        match answer {
            Some(Ok(answer)) => Ok(answer.clone()),
            Some(Err(failure)) => {
                Err(missing(format!("a failure ({failure}) in place of an answer to"), Some(failure)))
            }
            None => Err(none()),
        }
    }
}

impl Missing {
    /// Why there was no answer when it was recorded, in one word; `None` if there was no such request.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

impl Key {
    fn of(request: &Request) -> Self {
        let Request { api, operation: _, method, path, query, document } = request.clone();
        let untimed = |(name, value): (String, String)| {
            let value = if is_timestamp(&value) { String::new() } else { value };
            (name, value)
        };
        Self { api, method, path, query: query.into_iter().map(untimed).collect(), document }
    }
}

/// The request of an entry, and its answer with the content of its file.
fn read(root: &Path, entry: Entry) -> Result<(Key, Result<Answer, String>), OpenError> {
    let file =
        |name: String| content(root, &name).map_err(|cause| OpenError::Io { path: root.join(&name), cause });
    let Entry { api, operation, method, path, query, document, status, failure, headers, body, .. } = entry;
    let document = document.map(file).transpose()?;
    let document = document.map(|document| String::from_utf8_lossy(&document).into_owned());
    let body = body.map(file).transpose()?.unwrap_or_default();
    let answer = match status {
        Some(status) => Ok(Answer { status, headers, body }),
        None => Err(failure.unwrap_or_default()),
    };
    Ok((Key::of(&Request { api, operation, method, path, query, document }), answer))
}

/// A request as a message names it.
fn shown(request: &Request) -> String {
    let Request { api, operation, method, path, query, .. } = request;
    let query: Vec<_> = query.iter().map(|(name, value)| format!("{name}={value}")).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    format!("{method} /{path}{query} of {api} ({operation})")
}
