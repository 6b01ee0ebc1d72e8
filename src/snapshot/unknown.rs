//! Values of Runpod's closed sets that the code does not know: kept, and counted, never fatal.

/// A value that the code does not know. The value itself is not here: it is no label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown {
    /// The field that had it, in the words of the API, such as `pod.desiredStatus`.
    pub field: &'static str,
}

/// Lower-cases a value of a closed set, and notes it if it is not in the set.
pub(super) fn lower(
    field: &'static str,
    known: &[&str],
    value: Option<&str>,
    unknown: &mut Vec<Unknown>,
) -> Option<String> {
    let value = value?.to_lowercase();
    if !known.contains(&value.as_str()) {
        unknown.push(Unknown { field });
    }
    Some(value)
}
