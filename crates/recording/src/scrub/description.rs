//! The public description of the REST API (OpenAPI), which is requested without a key and is the same for every user. The names in
//! it are kept: its paths, the fields of its schemas and its parameters. Of its texts, the words that say what a number is.

use std::collections::BTreeSet;

use super::json::{Token, tokens};
use super::walk::{Rules, walk};
use super::{Kind, Scrubber, fields, forms};

/// The words of descriptions from which the reader learns the unit and the kind of a number.
const WORDS: &str = "a an the of in on for to and or by per is are was its it with as from at all each \
                     millisecond milliseconds ms second seconds s minute minutes hour hours day days bytes gigabytes GB MB \
                     dollars USD percent percentage ratio number count counts total sum rate unit units value time times \
                     average avg mean median minimum maximum min max percentile percentiles p50 p70 p75 p90 p95 p98 p99 50th 70th \
                     75th 90th 95th 98th 99th delay queue execution cold start starts startup worker workers request requests job \
                     jobs completed failed retried cancelled errors latency duration interval bucket window timestamp start end \
                     spent waiting running GPU CPU memory disk storage endpoint endpoints pod pods";

/// Maximum length of a name.
const MAX_NAME: usize = 100;

/// The names of members in a description.
#[derive(Debug, Default)]
pub(super) struct Names(BTreeSet<String>);

impl Names {
    /// All names of members, which are the paths and the fields among them.
    pub(super) fn of(description: &[u8]) -> Self {
        let text = String::from_utf8_lossy(description);
        let mut names = BTreeSet::new();
        let mut last = None;
        for token in tokens(&text).map_while(|token| token) {
            match (token, last.take()) {
                (Token::Mark(':'), Some(name)) => {
                    names.insert(name);
                }
                (Token::Text(text), _) if is_name(&text) => last = Some(text),
                _ => {}
            }
        }
        Self(names)
    }

    /// The names of fields, and the words in paths.
    pub(super) fn public(&self) -> BTreeSet<String> {
        let segments = self.0.iter().filter(|name| name.starts_with('/')).flat_map(|path| path.split('/'));
        let names = self.0.iter().map(String::as_str).chain(segments);
        let is_word = |name: &&str| !name.is_empty() && !name.contains(['/', '{']);
        names.filter(is_word).map(str::to_owned).collect()
    }
}

/// Whether a text can be a path or the name of a field. Anything else is not part of an API.
fn is_name(text: &str) -> bool {
    text.len() <= MAX_NAME
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"_-/{}.$".contains(&byte))
}

struct Description<'a> {
    scrubber: &'a Scrubber,
    names: Names,
}

impl Rules for Description<'_> {
    fn name(&self, name: &str) -> String {
        let is_word = is_name(name);
        if is_word { name.to_owned() } else { self.scrubber.name(name) }
    }

    fn value(&self, field: &str, text: &str) -> String {
        let target = text.strip_prefix("#/").and_then(|path| path.rsplit('/').next());
        let is_reference = field == "$ref" && target.is_some_and(|name| self.names.0.contains(name));
        let is_version = ["openapi", "version"].contains(&field) && forms::is_version(text);
        let is_known = || self.names.0.contains(text) || fields::is_known(text);
        let is_member = ["required", "name", "propertyName"].contains(&field) && is_known();
        let is_value = ["enum", "const"].contains(&field) && fields::is_any_value(text);
        if is_reference || is_version || is_member || is_value {
            return text.to_owned();
        }
        if ["description", "summary", "title"].contains(&field) {
            let is_kept =
                |word: &str| WORDS.split_ascii_whitespace().any(|kept| kept.eq_ignore_ascii_case(word));
            return self.scrubber.words(Kind::Text, field, text, is_kept);
        }
        self.scrubber.value(field, text)
    }

    fn literal(&self, _field: &str, literal: &str) -> String {
        literal.to_owned()
    }
}

impl Scrubber {
    /// A description.
    pub(super) fn description(&self, body: &[u8]) -> Vec<u8> {
        let rules = Description { scrubber: self, names: Names::of(body) };
        match walk(&String::from_utf8_lossy(body), &rules) {
            Some(walked) => walked.into_bytes(),
            None => self.body(body),
        }
    }
}
