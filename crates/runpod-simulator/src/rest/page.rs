//! Pagination. A cursor contains the last item of a page instead of an offset, so that no item is repeated or skipped
//! while items are added and removed.

use serde_json::{Value, json};

use super::query::Query;
use crate::problem::Problem;

/// Maximum and default number of items on a page.
const LIMIT: usize = 1_000;

/// Obfuscates the number in a cursor, so that clients treat cursors as opaque.
const CURSOR_MASK: u64 = 0x9E37_79B9_7F4A_7C15;

/// The requested page.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// It starts after the item with this number.
    after: Option<u64>,
    /// `None` for the complete list of a server without pagination.
    limit: Option<usize>,
}

/// The items on a page.
#[derive(Debug)]
pub(super) struct PageItems<T> {
    pub(super) items: Vec<T>,
    /// The `pagination` field of the body.
    pagination: Option<Value>,
}

// === impl Page ===

impl Page {
    pub(super) fn parse(query: &Query) -> Result<Self, Problem> {
        const EXPECTED: &str = "a number from 1 to 1000";
        let limit = query.parse("limit", EXPECTED)?.unwrap_or(LIMIT);
        if !(1..=LIMIT).contains(&limit) {
            return Err(Problem::bad_query(format!("limit: expected {EXPECTED}, got \"{limit}\"")));
        }
        let cursor = query.get("cursor").map(|cursor| {
            let number = u64::from_str_radix(cursor, 16).ok();
            number
                .map(|number| number ^ CURSOR_MASK)
                .ok_or_else(|| Problem::bad_query("cursor: not one of this API"))
        });
        Ok(Self { after: cursor.transpose()?, limit: Some(limit) })
    }

    pub(super) fn whole() -> Self {
        Self { after: None, limit: None }
    }

    /// Selects the page from a list whose items have increasing numbers. `None` takes up a place on the page without being
    /// shown.
    pub(super) fn select<T>(self, items: impl Iterator<Item = (u64, Option<T>)>) -> PageItems<T> {
        let mut items =
            items.skip_while(|(number, _)| self.after.is_some_and(|after| *number <= after)).peekable();
        let mut last = None;
        let mut shown = Vec::new();
        for (number, item) in items.by_ref().take(self.limit.unwrap_or(usize::MAX)) {
            last = Some(number);
            shown.extend(item);
        }
        let next = last.filter(|_| items.peek().is_some()).map(|last| format!("{:016x}", last ^ CURSOR_MASK));
        let pagination = json!({ "hasNextPage": next.is_some(), "nextCursor": next });
        PageItems { items: shown, pagination: self.limit.map(|_| pagination) }
    }
}

// === impl PageItems ===

impl<T> PageItems<T> {
    /// Adds the items as `name` to the body, and `pagination`.
    pub(super) fn write(self, mut body: Value, name: &str, write: impl FnMut(T) -> Value) -> Value {
        if let Some(fields) = body.as_object_mut() {
            fields.insert(name.to_owned(), self.items.into_iter().map(write).collect());
            fields.extend(self.pagination.map(|pagination| ("pagination".to_owned(), pagination)));
        }
        body
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// For every limit and every combination of hidden items.
        #[test]
        fn every_item_is_on_one_page(
            places in proptest::collection::vec(any::<bool>(), 0..60),
            limit in 1..70_usize,
        ) {
            let list = || (0_u64..).zip(&places).map(|(number, shown)| (number, shown.then_some(number)));
            let mut seen = Vec::new();
            let mut cursor = String::new();
            for _ in 0..=places.len() {
                let page = Page::parse(&Query::parse_all(&format!("limit={limit}{cursor}"))).unwrap();
                let page = page.select(list());
                prop_assert!(page.items.len() <= limit);
                let body = page.write(json!({}), "items", Value::from);
                seen.extend(body["items"].as_array().unwrap().iter().filter_map(Value::as_u64));
                let Some(next) = body["pagination"]["nextCursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let all: Vec<u64> = list().filter_map(|(_, shown)| shown).collect();
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn a_removed_item_does_not_hide_others() {
        let page = |text: &str| Page::parse(&Query::parse_all(text)).unwrap();
        let first = page("limit=2").select([1, 2, 3, 4].map(|number| (number, Some(number))).into_iter());
        let body = first.write(json!({}), "items", Value::from);
        let cursor = body["pagination"]["nextCursor"].as_str().unwrap();
        // The last item of the page and one before it were removed.
        let next = page(&format!("limit=2&cursor={cursor}"));
        assert_eq!(next.select([3, 4].map(|number| (number, Some(number))).into_iter()).items, [3, 4]);
    }
}
