//! Which fields a server does not have in any document: a field that a list lacks may be in the single object.

use super::negotiate::Negotiated;

/// The paths that are neither in the list, whose elements are at `list_root`, nor in the single object at `detail_root`.
pub(super) fn missing(
    list: &Negotiated,
    list_root: &str,
    detail: &Negotiated,
    detail_root: &str,
) -> Vec<String> {
    let leaves = detail.leaves(detail_root).unwrap_or_default();
    let is_in_detail = |path: &String| {
        let below = path.strip_prefix(list_root).and_then(|path| path.strip_prefix('.'));
        below.is_some_and(|path| {
            let is_below = |leaf: &String| leaf.strip_prefix(path).is_some_and(|rest| rest.starts_with('.'));
            leaves.iter().any(|leaf| leaf == path || is_below(leaf))
        })
    };
    list.unsupported().into_iter().filter(|path| !is_in_detail(path)).collect()
}

/// Whether one of these fields, which are named below `root`, is among the missing paths.
pub(super) fn lacks(missing: &[String], root: &str, fields: &[&str]) -> bool {
    let is = |path: &String, field: &str| {
        let below = path.strip_prefix(root).and_then(|path| path.strip_prefix('.'));
        *path == root || below == Some(field)
    };
    missing.iter().any(|path| fields.iter().any(|field| is(path, field)))
}
