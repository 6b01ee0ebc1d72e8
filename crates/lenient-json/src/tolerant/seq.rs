//! Lists with a maximum number of elements.

use serde::de::{DeserializeSeed, IgnoredAny, SeqAccess};

use super::{Context, TolerantSeed};
use crate::path::Segment;

/// Access to the elements of a list. A type stores as many as the limit, and reads the next one only to learn that there are
/// more; the others are skipped here.
pub(super) struct TolerantSeq<'a, A> {
    inner: A,
    limit: usize,
    context: Context<'a>,
    at: usize,
}

impl<'a, A> TolerantSeq<'a, A> {
    pub(super) const fn new(inner: A, limit: usize, context: Context<'a>) -> Self {
        Self { inner, limit, context, at: 0 }
    }
}

impl<'de, A: SeqAccess<'de>> SeqAccess<'de> for TolerantSeq<'_, A> {
    type Error = A::Error;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, A::Error> {
        if self.at > self.limit {
            let mut left_out = 1;
            while self.inner.next_element::<IgnoredAny>()?.is_some() {
                left_out += 1;
            }
            self.context.notes.borrow_mut().left_out(self.context.at, self.limit, left_out);
            return Ok(None);
        }
        let at = self.context.at.child(Segment::Element(self.at));
        let context = Context { at: &at, notes: self.context.notes };
        self.at += 1;
        self.inner.next_element_seed(TolerantSeed { seed, context })
    }
}
