//! Merging of the values of two sources: each value comes from the first source that has it.

use std::collections::BTreeMap;
use std::sync::Arc;

/// A value that may be missing, in whole or in part.
pub(crate) trait Merge: Sized {
    /// This value, and what it lacks from `fallback`.
    #[must_use]
    fn or(self, fallback: Self) -> Self;
}

impl<T> Merge for Option<T> {
    fn or(self, fallback: Self) -> Self {
        Self::or(self, fallback)
    }
}

impl Merge for bool {
    fn or(self, fallback: Self) -> Self {
        self || fallback
    }
}

impl Merge for Arc<str> {
    fn or(self, fallback: Self) -> Self {
        if self.is_empty() { fallback } else { self }
    }
}

/// A list is not merged: two sources identify its elements differently.
impl<T> Merge for Vec<T> {
    fn or(self, fallback: Self) -> Self {
        if self.is_empty() { fallback } else { self }
    }
}

impl<K: Ord, V> Merge for BTreeMap<K, V> {
    fn or(self, mut fallback: Self) -> Self {
        fallback.extend(self);
        fallback
    }
}

/// Defines a struct and merges it field by field, so that a new field needs no line but its own.
macro_rules! mergeable {
    (
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $type:ty,)*
        }
    ) => {
        $(#[$meta])*
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $type,)*
        }

        impl $crate::snapshot::Merge for $name {
            fn or(self, fallback: Self) -> Self {
                Self { $($field: $crate::snapshot::Merge::or(self.$field, fallback.$field),)* }
            }
        }
    };
}
pub(super) use mergeable;

#[cfg(test)]
mod tests {
    use super::*;

    mergeable! {
        #[derive(Debug, Clone, PartialEq)]
        struct Pair {
            one: Option<u8>,
            list: Vec<u8>,
            map: BTreeMap<u8, u8>,
        }
    }

    #[test]
    fn the_first_source_takes_precedence_field_by_field() {
        let first = Pair { one: None, list: vec![1], map: [(1, 1), (2, 1)].into() };
        let second = Pair { one: Some(2), list: vec![2, 2], map: [(2, 2), (3, 2)].into() };
        let merged = Pair { one: Some(2), list: vec![1], map: [(1, 1), (2, 1), (3, 2)].into() };
        assert_eq!(first.or(second), merged);
    }
}
