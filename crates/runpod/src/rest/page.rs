//! Lists in pages: the name that the list has in a response, and the cursor of the next page.

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::wire::{Flag, List, Text, rest as wire};

/// A page of a list.
pub(super) trait Page: DeserializeOwned + Send + 'static {
    type Element;

    /// The elements and the cursor of the next page; `None` for the last page, or from a server without pages.
    fn split(self) -> (List<Self::Element>, Option<String>);
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pagination {
    next_cursor: Text,
    has_next_page: Flag,
}

impl Pagination {
    fn next(self) -> Option<String> {
        let Self { next_cursor, has_next_page } = self;
        next_cursor.0.filter(|_| has_next_page.0 == Some(true))
    }
}

macro_rules! page {
    ($page:ident { $key:ident: $element:ty }) => {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        pub(super) struct $page {
            #[serde(default)]
            $key: List<$element>,
            #[serde(default)]
            pagination: Option<Pagination>,
        }

        impl Page for $page {
            type Element = $element;
            fn split(self) -> (List<$element>, Option<String>) {
                (self.$key, self.pagination.and_then(Pagination::next))
            }
        }
    };
}

page!(Endpoints { endpoints: wire::Endpoint });
page!(Pods { pods: wire::Pod });
page!(Volumes { network_volumes: wire::Volume });
page!(Gpus { gpus: wire::GpuType });
