//! Selects the endpoints and pods that are read.

use regex::Regex;

/// Patterns for names and ids. Exclusion takes precedence over inclusion.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// If there are any, one of these must match.
    include: Vec<Regex>,
    /// None of these may match.
    exclude: Vec<Regex>,
}

impl Filter {
    /// Compiles patterns with the rules of Prometheus: RE2-like regular expressions that match the whole name or id.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Self, regex::Error> {
        let anchored = |pattern: &String| Regex::new(&format!("^(?:{pattern})$"));
        let compile = |patterns: &[String]| patterns.iter().map(anchored).collect::<Result<Vec<_>, _>>();
        Ok(Self { include: compile(include)?, exclude: compile(exclude)? })
    }

    /// Whether an endpoint or pod with this name and id is read.
    pub fn admits(&self, name: &str, id: &str) -> bool {
        let matches = |pattern: &Regex| pattern.is_match(name) || pattern.is_match(id);
        (self.include.is_empty() || self.include.iter().any(matches)) && !self.exclude.iter().any(matches)
    }
}

/// Filters are equal if their patterns have the same text.
impl PartialEq for Filter {
    fn eq(&self, other: &Self) -> bool {
        fn texts(patterns: &[Regex]) -> impl Iterator<Item = &str> {
            patterns.iter().map(Regex::as_str)
        }
        texts(&self.include).eq(texts(&other.include)) && texts(&self.exclude).eq(texts(&other.exclude))
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
        assert!(!filter(&["a|b"], &[]).admits("ab", "x"), "the whole alternation is anchored");
    }
}
