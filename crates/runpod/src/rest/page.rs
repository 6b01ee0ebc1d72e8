//! Lists in pages: the name that the list has in a response, and the cursor of the next page.

use lenient_json::{Checked, CheckedObject};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::wire::{Flag, List, MAX_OBJECTS, Text, rest as wire};

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

impl Pagination {
    fn next(self) -> Next {
        let Self { next_cursor, has_next_page } = self;
        match (has_next_page.0, next_cursor.0) {
            (Ok(Flag(Some(true))), Some(cursor)) if !cursor.is_empty() => Next::Page((*cursor).to_owned()),
            (Ok(Flag(Some(true))) | Err(_), _) => Next::Lost,
            (Ok(Flag(Some(false) | None)), _) => Next::End,
        }
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
                let next = match self.pagination.0 {
                    Ok(pagination) => pagination.map_or(Next::End, Pagination::next),
                    Err(_) => Next::Lost,
                };
                (self.$key, next)
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
