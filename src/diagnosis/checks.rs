//! The list of checks of a subject. One entry declares the file of a check and calls it.

/// Declares a module for each check, and the list `CHECKS` of their functions, in the order in which findings are reported.
/// A module may contain several checks.
macro_rules! checks {
    ($input:ty; $($module:ident: $($check:ident),+;)+) => {
        $(mod $module;)+

        const CHECKS: &[fn(&$input) -> Option<$crate::diagnosis::finding::Found>] = &[$($($module::$check),+),+];
    };
}

pub(super) use checks;
