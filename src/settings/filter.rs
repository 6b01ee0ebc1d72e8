//! Which endpoints and pods are read at all.

use regex::Regex;

/// Patterns over names and ids. What a pattern excludes is out, whatever includes it.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// One of these must match, if there are any.
    include: Vec<Regex>,
    /// None of these may.
    exclude: Vec<Regex>,
}

impl Filter {
    /// Reads patterns as Prometheus reads them: RE2-like regular expressions that must match the whole name.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, regex::Error> {
        let anchored = |pattern: &String| Regex::new(&format!("^(?:{pattern})$"));
        let read = |patterns: &[String]| patterns.iter().map(anchored).collect::<Result<Vec<_>, _>>();
        Ok(Self { include: read(include)?, exclude: read(exclude)? })
    }

    /// Whether something with this name and this id is read.
    pub fn admits(&self, name: &str, id: &str) -> bool {
        let matches = |pattern: &Regex| pattern.is_match(name) || pattern.is_match(id);
        (self.include.is_empty() || self.include.iter().any(matches)) && !self.exclude.iter().any(matches)
    }
}

/// Two filters are the same if they were written the same.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        fn written(patterns: &[Regex]) -> impl Iterator<Item = &str> {
            patterns.iter().map(Regex::as_str)
        }
        written(&self.include).eq(written(&other.include))
            && written(&self.exclude).eq(written(&other.exclude))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filter(include: &[&str], exclude: &[&str]) -> Filter {
        let owned =
            |patterns: &[&str]| patterns.iter().map(|pattern| (*pattern).to_owned()).collect::<Vec<_>>();
        Filter::new(&owned(include), &owned(exclude)).unwrap()
    }

    #[test]
    fn patterns_match_the_whole_name_or_the_whole_id() {
        let prod = filter(&["prod-.*", "abc123"], &[".*-old"]);
        assert!(prod.admits("prod-llama", "x"));
        assert!(prod.admits("anything", "abc123"));
        assert!(!prod.admits("my-prod-llama", "x"));
        assert!(!prod.admits("prod-llama-old", "x"));
        assert!(filter(&[], &[]).admits("", ""));
        assert!(!filter(&["a|b"], &[]).admits("ab", "x"), "an alternative is anchored as a whole");
    }
}
