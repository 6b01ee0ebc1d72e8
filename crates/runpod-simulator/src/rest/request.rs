//! A request to the REST API, and the checks that all of its operations share.

use axum::http::StatusCode;

use super::options::RestOptions;
use super::page::Page;
use super::query::Query;
use crate::api::Operation;
use crate::problem::Problem;
use crate::world::World;

/// Everything that an answer depends on.
pub(super) struct RestRequest<'a> {
    pub(super) world: &'a World,
    pub(super) options: &'a RestOptions,
    pub(super) query: Query,
    /// The `Host` header: the address under which the client reaches the simulator.
    pub(super) host: &'a str,
    /// The `Last-Event-ID` header: where a stream resumes.
    pub(super) last_event_id: Option<&'a str>,
}

impl RestRequest<'_> {
    /// Fails if the key lacks the scope for the operation.
    pub(super) fn check_scope(&self, operation: Operation) -> Result<(), Problem> {
        let forbidden = self.options.forbidden.contains(&operation);
        if forbidden { Err(Problem::new(StatusCode::FORBIDDEN, "access denied")) } else { Ok(()) }
    }

    /// The requested page. A server without pagination ignores the parameters.
    pub(super) fn page(&self) -> Result<Page, Problem> {
        if self.options.pagination { Page::parse(&self.query) } else { Ok(Page::whole()) }
    }
}
