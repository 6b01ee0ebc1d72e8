//! What a type expects of a value. Serde has no word for it, so that the types of this crate ask for a tuple struct with one
//! of these names, whose length is the limit of the value. Other libraries of serde use names in the same way.

/// What a type expects of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Expect {
    Number,
    Flag,
    Text,
    Id,
    OwnId,
    Object,
    NumberOrObject,
    List,
}

impl Expect {
    const ALL: [Self; 8] = [
        Self::Number,
        Self::Text,
        Self::Id,
        Self::OwnId,
        Self::Flag,
        Self::Object,
        Self::List,
        Self::NumberOrObject,
    ];

    /// The name of the tuple struct.
    pub(crate) const fn name(self) -> &'static str {
        self.row().0
    }

    /// The words for an error.
    pub(crate) const fn words(self) -> &'static str {
        self.row().1
    }

    /// The expectation with this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|expect| expect.name() == name)
    }

    const fn row(self) -> (&'static str, &'static str) {
        match self {
            Self::Number => ("$lenient::number", "a number"),
            Self::Flag => ("$lenient::flag", "true or false"),
            Self::Text => ("$lenient::text", "a text"),
            Self::Id => ("$lenient::id", "an id"),
            Self::OwnId => ("$lenient::own_id", "an id"),
            Self::Object => ("$lenient::object", "an object"),
            Self::NumberOrObject => ("$lenient::number_or_object", "a number or an object"),
            Self::List => ("$lenient::list", "a list"),
        }
    }
}
