//! Where in a document a value is. A path consists of names from the source code and of positions, never of text from the
//! document, so that it may be logged.

use std::fmt::{self, Write};
use std::hash::{DefaultHasher, Hash, Hasher};

/// One step of a path.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Segment {
    /// The document itself.
    Root,
    /// A field of a struct.
    Field(&'static str),
    /// A value of a map, whose key is text from the document.
    Key,
    /// An element of a list.
    Element(usize),
}

/// A path, as a list from its end to the root. It lives on the stack while the value is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Path<'a> {
    parent: Option<&'a Path<'a>>,
    segment: Segment,
}

impl Path<'_> {
    /// The path of the document.
    pub(crate) const ROOT: Path<'static> = Path { parent: None, segment: Segment::Root };

    /// The path of a value in this one.
    pub(crate) const fn child(&self, segment: Segment) -> Path<'_> {
        Path { parent: Some(self), segment }
    }

    /// Whether this is the path of the document.
    pub(crate) const fn is_root(&self) -> bool {
        self.parent.is_none()
    }

    /// Whether this is the path of an element of a list.
    pub(crate) const fn is_element(&self) -> bool {
        matches!(self.segment, Segment::Element(_))
    }

    /// A hash of the path in which all elements of a list are the same.
    pub(crate) fn pattern_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        let mut next = Some(self);
        while let Some(path) = next {
            match path.segment {
                Segment::Root => {}
                Segment::Field(name) => name.hash(&mut hasher),
                Segment::Key => 1_u8.hash(&mut hasher),
                Segment::Element(_) => 2_u8.hash(&mut hasher),
            }
            next = path.parent;
        }
        hasher.finish()
    }

    /// The path with its positions, such as `pods[3].gpu.count`.
    pub(crate) fn exact(&self) -> String {
        self.written(true)
    }

    /// The path without positions, such as `pods[].gpu.count`.
    pub(crate) fn pattern(&self) -> String {
        self.written(false)
    }

    fn written(&self, exact: bool) -> String {
        let mut text = String::new();
        match self.write(exact, &mut text) {
            Ok(()) if text.is_empty() => "the document".to_owned(),
            Ok(()) | Err(fmt::Error) => text,
        }
    }

    fn write(&self, exact: bool, text: &mut String) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.write(exact, text)?;
        }
        let dot = if text.is_empty() { "" } else { "." };
        match self.segment {
            Segment::Root => Ok(()),
            Segment::Field(name) => write!(text, "{dot}{name}"),
            Segment::Key => write!(text, "{dot}*"),
            Segment::Element(at) if exact => write!(text, "[{at}]"),
            Segment::Element(_) => text.write_str("[]"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_names_fields_and_positions() {
        let pods = Path::ROOT.child(Segment::Field("pods"));
        let pod = pods.child(Segment::Element(3));
        let count = pod.child(Segment::Field("count"));
        assert_eq!((count.exact(), count.pattern()), ("pods[3].count".to_owned(), "pods[].count".to_owned()));
        let other = pods.child(Segment::Element(4));
        assert_eq!(count.pattern_hash(), other.child(Segment::Field("count")).pattern_hash());
        assert_ne!(count.pattern_hash(), pod.pattern_hash());
        assert_eq!(Path::ROOT.exact(), "the document");
        assert_eq!(pods.child(Segment::Key).exact(), "pods.*");
    }
}
