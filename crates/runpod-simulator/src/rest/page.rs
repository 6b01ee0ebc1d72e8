//! Lists in pages. A cursor remembers the last thing that was shown, not how many there were, so nothing is shown
//! twice or left out while things come and go.

use serde_json::{Value, json};

use super::Problem;
use super::query::Query;

/// What a page holds at most, and by default.
const LIMIT: usize = 1_000;

/// Turns the number inside a cursor into something that nobody is tempted to count with.
const VEIL: u64 = 0x9E37_79B9_7F4A_7C15;

/// The page that was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    /// It starts behind this.
    after: Option<u64>,
    /// Nothing for the whole list from a server without pages.
    limit: Option<usize>,
}

/// The things on a page.
#[derive(Debug)]
pub(super) struct Cut<T> {
    pub(super) items: Vec<T>,
    /// How the body speaks of its page, if it does.
    pagination: Option<Value>,
}

// === impl Page ===

impl Page {
    pub(super) fn read(query: &Query) -> Result<Self, Problem> {
        let limit = query.parse("limit", "a number from 1")?.unwrap_or(LIMIT);
        if limit == 0 {
            return Err(Problem::bad_query("limit: expected a number from 1, got \"0\""));
        }
        let cursor = query.get("cursor").map(|cursor| {
            let number = u64::from_str_radix(cursor, 16).ok();
            number
                .map(|number| number ^ VEIL)
                .ok_or_else(|| Problem::bad_query("cursor: not one of this API"))
        });
        Ok(Self { after: cursor.transpose()?, limit: Some(limit.min(LIMIT)) })
    }

    pub(super) fn whole() -> Self {
        Self { after: None, limit: None }
    }

    /// Cuts the page out of the list, whose items are numbered in their order. An item that is nothing takes a place
    /// and is not shown.
    pub(super) fn cut<T>(self, items: impl Iterator<Item = (u64, Option<T>)>) -> Cut<T> {
        let mut items =
            items.skip_while(|(number, _)| self.after.is_some_and(|after| *number <= after)).peekable();
        let mut last = None;
        let mut shown = Vec::new();
        for (number, item) in items.by_ref().take(self.limit.unwrap_or(usize::MAX)) {
            last = Some(number);
            shown.extend(item);
        }
        let next = last.filter(|_| items.peek().is_some()).map(|last| format!("{:016x}", last ^ VEIL));
        let pagination = json!({ "hasNextPage": next.is_some(), "nextCursor": next });
        Cut { items: shown, pagination: self.limit.map(|_| pagination) }
    }
}

// === impl Cut ===

impl<T> Cut<T> {
    /// Writes the things under `name` into the body, and about the page.
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
        /// Whatever the limit is, and whichever places are empty.
        #[test]
        fn every_item_is_on_one_page(
            places in proptest::collection::vec(any::<bool>(), 0..60),
            limit in 1..70_usize,
        ) {
            let list = || (0_u64..).zip(&places).map(|(number, shown)| (number, shown.then_some(number)));
            let mut seen = Vec::new();
            let mut cursor = String::new();
            for _ in 0..=places.len() {
                let page = Page::read(&Query::read(&format!("limit={limit}{cursor}"))).unwrap();
                let cut = page.cut(list());
                prop_assert!(cut.items.len() <= limit);
                let body = cut.write(json!({}), "items", Value::from);
                seen.extend(body["items"].as_array().unwrap().iter().filter_map(Value::as_u64));
                let Some(next) = body["pagination"]["nextCursor"].as_str() else { break };
                cursor = format!("&cursor={next}");
            }
            let all: Vec<u64> = list().filter_map(|(_, shown)| shown).collect();
            prop_assert_eq!(seen, all);
        }
    }

    #[test]
    fn what_goes_does_not_hide_what_stays() {
        let page = |text: &str| Page::read(&Query::read(text)).unwrap();
        let first = page("limit=2").cut([1, 2, 3, 4].map(|number| (number, Some(number))).into_iter());
        let body = first.write(json!({}), "items", Value::from);
        let cursor = body["pagination"]["nextCursor"].as_str().unwrap();
        // The last one shown is gone, and one before it.
        let next = page(&format!("limit=2&cursor={cursor}"));
        assert_eq!(next.cut([3, 4].map(|number| (number, Some(number))).into_iter()).items, [3, 4]);
    }
}
