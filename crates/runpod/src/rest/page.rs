//! Lists in pages: the name that the list has in a response, and what follows a page.

use std::collections::{BTreeMap, HashSet};

use lenient_json::{Checked, CheckedObject};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::time::Instant;

use super::Rest;
use crate::error::{Reason, RequestError};
use crate::operation::Operation;
use crate::reply::{Reply, get};
use crate::urls::below;
use crate::wire::{Flag, List, MAX_OBJECTS, Text, rest as wire};

/// Maximum number of pages of a list. A page has 1000 elements by default.
const MAX_PAGES: usize = 50;

impl Rest {
    /// Reads every page of a list. If a page cannot be found, or there are too many elements, the reply has what was read.
    pub(super) async fn list<P: Page>(
        &self,
        operation: Operation,
        path: &[&str],
        query: &[(&str, &str)],
        deadline: Instant,
    ) -> Result<Reply<Vec<P::Element>>, RequestError> {
        let (mut elements, mut cursors) = (Vec::new(), HashSet::new());
        let mut call = self.call(operation, path, query, deadline);
        for page in 0..MAX_PAGES {
            if page > 0 {
                self.transport.quota().take();
            }
            let (list, next) = get::<P>(&self.transport, &call, Ok).await?.split();
            // A missing list is not an empty list: all endpoints or pods would seem to be deleted.
            let is_cut = list.is_cut();
            let no_list = || call.error(Reason::Decode { cause: "no list".into() });
            elements.extend(list.0.ok_or_else(no_list)?);
            let reason = match next {
                _ if is_cut || elements.len() > MAX_OBJECTS => Reason::too_many(),
                Next::End => return Ok(Reply::complete(elements)),
                Next::Page(cursor) if !cursors.contains(&cursor) => {
                    call.url = below(&self.base, path, &[query, &[("cursor", &cursor)]].concat());
                    cursors.insert(cursor);
                    continue;
                }
                Next::Page(_) => Reason::Incomplete { cause: "its pages repeat".into() },
                Next::Lost => Reason::lost_page(),
            };
            elements.truncate(MAX_OBJECTS);
            return Ok(Reply { value: elements, error: Some(call.error(reason)) });
        }
        Ok(Reply { value: elements, error: Some(call.error(Reason::too_many_pages())) })
    }
}

impl Reason {
    /// A list whose next page cannot be found.
    pub(super) fn lost_page() -> Self {
        Self::Incomplete { cause: "the next page has no cursor".into() }
    }

    /// A response with a next page, of an operation that takes no cursor.
    pub(super) fn no_cursor() -> Self {
        Self::Incomplete { cause: "it has more pages, and the description no parameter for them".into() }
    }

    /// A list with more pages than are read.
    pub(super) fn too_many_pages() -> Self {
        Self::Incomplete { cause: "it has too many pages".into() }
    }
}

/// A page of a list.
pub(super) trait Page: DeserializeOwned + Send + 'static {
    type Element;

    /// The elements, and what follows.
    fn split(self) -> (List<Self::Element, MAX_OBJECTS>, Next);
}

/// What follows a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// Nothing: it is the last page, or the server has no pages.
    End,
    /// The page with this cursor.
    Page(String),
    /// A page whose cursor is missing, or possibly one.
    Lost,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pagination {
    next_cursor: Text,
    has_next_page: Checked<Flag>,
}

impl Next {
    /// What follows a page with this pagination. The published description has neither field; Runpod's own clients read on as long as
    /// `hasNextPage` is true. A cursor without it is therefore no page, and without pagination there is one page.
    fn after(pagination: CheckedObject<Pagination>) -> Self {
        let Ok(pagination) = pagination.0 else { return Self::Lost };
        let Pagination { next_cursor, has_next_page } = pagination.unwrap_or_default();
        match (has_next_page.0, next_cursor.0) {
            (Ok(Flag(Some(true))), Some(cursor)) if !cursor.is_empty() => Self::Page((*cursor).to_owned()),
            (Ok(Flag(Some(true))) | Err(_), _) => Self::Lost,
            (Ok(Flag(Some(false) | None)), _) => Self::End,
        }
    }

    /// What follows a page whose structure only the API's description has. Its pagination may also be at the top.
    pub(super) fn after_response(response: &Value) -> Self {
        let own = || {
            let fields = ["nextCursor", "hasNextPage"].iter();
            fields.filter_map(|name| Some((*name, response.get(name)?))).collect::<BTreeMap<_, _>>()
        };
        let text = match response.get("pagination") {
            Some(pagination) => serde_json::to_vec(pagination),
            None => serde_json::to_vec(&own()),
        };
        let pagination = text.and_then(|text| lenient_json::from_slice(&text));
        pagination.map_or(Self::Lost, |pagination| Self::after(pagination.value))
    }
}

macro_rules! page {
    ($page:ident { $key:ident: $element:ty }) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $page {
            #[serde(default)]
            $key: List<$element, MAX_OBJECTS>,
            #[serde(default)]
            pagination: CheckedObject<Pagination>,
        }

        impl Page for $page {
            type Element = $element;
            fn split(self) -> (List<$element, MAX_OBJECTS>, Next) {
                (self.$key, Next::after(self.pagination))
            }
        }
    };
}

page!(Cpus { cpus: wire::CpuType });
page!(DataCenters { data_centers: wire::DataCenter });
page!(Endpoints { endpoints: wire::Endpoint });
page!(Pods { pods: wire::Pod });
page!(Volumes { network_volumes: wire::Volume });
page!(Clusters { clusters: wire::Cluster });
page!(Gpus { gpus: wire::GpuType });

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_is_followed_by_another_one_only_if_the_server_says_so() {
        let page = |cursor: &str| Next::Page(cursor.to_owned());
        for (pagination, next) in [
            (json!({"hasNextPage": true, "nextCursor": "a"}), page("a")),
            (json!({"hasNextPage": "true", "nextCursor": "a"}), page("a")),
            (json!({"hasNextPage": false, "nextCursor": "a"}), Next::End),
            (json!({"hasNextPage": null, "nextCursor": "a"}), Next::End),
            (json!({"nextCursor": "a"}), Next::End),
            (json!({}), Next::End),
            (json!({"hasNextPage": true}), Next::Lost),
            (json!({"hasNextPage": true, "nextCursor": ""}), Next::Lost),
            (json!({"hasNextPage": true, "nextCursor": 7}), Next::Lost),
            (json!({"hasNextPage": [true], "nextCursor": "a"}), Next::Lost),
        ] {
            let list = json!({"pods": [], "pagination": pagination});
            assert_eq!(Next::after_response(&list), next, "{pagination}");
            let read = lenient_json::from_slice::<Pods>(list.to_string().as_bytes()).unwrap();
            assert_eq!(read.value.split().1, next, "{pagination}");
            assert_eq!(Next::after_response(&pagination), next, "{pagination} at the top");
        }
        for (response, next) in [
            (json!({"pagination": null}), Next::End),
            (json!({"pagination": "there are more"}), Next::Lost),
            (json!([{"nextCursor": "a"}]), Next::End),
            (json!("text"), Next::End),
        ] {
            assert_eq!(Next::after_response(&response), next, "{response}");
        }
    }
}
