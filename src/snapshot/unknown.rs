//! Values of Runpod's closed sets that this exporter does not know, which are kept and counted, and never an error; and numbers that
//! contradict others, which are not used.

/// A value that is not known, or contradicts others. Its text is not kept here, because it is not a label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unknown {
    /// The field that had it, as the API names it, such as `pod.desiredStatus`.
    pub field: &'static str,
}
