//! Families to bytes. What a family is and which exist does not belong here.

mod text;

use crate::catalog::Family;
use crate::catalog::ScrapeResult;

pub use text::Text;

/// The `Content-Type` of the text format.
pub(crate) const CONTENT_TYPE: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Writes the series that a scrape has of these families, in text format 0.0.4.
pub fn text(families: impl IntoIterator<Item = &'static dyn Family>, scrape: &ScrapeResult) -> String {
    let mut text = Text::default();
    for family in families {
        family.expose(scrape, &mut text);
    }
    text.finish()
}
