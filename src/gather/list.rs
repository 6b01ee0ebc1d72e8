//! Lists of objects with ids.

use std::sync::Arc;

use hashbrown::{HashMap, HashSet};

/// The objects with an id, each id once: of repeated objects, the first.
pub(super) fn unique<T>(list: Vec<T>, id: impl Fn(&T) -> Option<&Arc<str>>) -> Vec<T> {
    let mut seen = HashSet::with_capacity(list.len());
    let mut is_new = |object: &T| id(object).is_some_and(|id| !id.is_empty() && seen.insert(Arc::clone(id)));
    list.into_iter().filter(|object| is_new(object)).collect()
}

/// The objects with an id, by id.
pub(super) fn by_id<T>(list: Vec<T>, id: impl Fn(&T) -> Option<Arc<str>>) -> HashMap<Arc<str>, T> {
    let mut objects = HashMap::with_capacity(list.len());
    objects.extend(list.into_iter().filter_map(|object| Some((id(&object)?, object))));
    objects
}
