//! Scenes by name, and as a table.

use std::fmt::{self, Display, Formatter};

use super::definition::Scene;
use super::table::SCENES;

/// There is no scene of that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownScene(String);

impl Scene {
    /// The scene of that name.
    pub fn named(name: &str) -> Result<&'static Self, UnknownScene> {
        SCENES.iter().find(|scene| scene.name == name).ok_or_else(|| UnknownScene(name.to_owned()))
    }

    /// All scenes as a Markdown table.
    pub fn table() -> String {
        let row = |scene: &Self| {
            let found: Vec<_> = scene.found.iter().map(|name| format!("`{name}`")).collect();
            let found = if found.is_empty() { "none".to_owned() } else { found.join(", ") };
            format!("| `{}` | {} | {found} |\n", scene.name, scene.story)
        };
        let rows: String = SCENES.iter().map(row).collect();
        format!("| scene | situation | findings |\n|---|---|---|\n{rows}")
    }
}

impl Display for UnknownScene {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        let names: Vec<_> = SCENES.iter().map(|scene| scene.name).collect();
        write!(f, "unknown scene {name:?}")?;
        let similarity = |other: &&&str| strsim::jaro_winkler(name, other);
        let nearest = names.iter().max_by(|one, other| similarity(one).total_cmp(&similarity(other)));
        if let Some(nearest) = nearest.filter(|nearest| similarity(nearest) > SIMILAR) {
            write!(f, "; did you mean {nearest}?")?;
        }
        write!(f, " (known: {})", names.join(", "))
    }
}

/// The similarity from which a name counts as a typo of another one.
const SIMILAR: f64 = 0.8;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::faults::Rule;

    #[test]
    fn names_are_unique_and_every_rule_parses() {
        let names: BTreeSet<_> = SCENES.iter().map(|scene| scene.name).collect();
        assert_eq!(names.len(), SCENES.len());
        for scene in SCENES {
            assert!(scene.story.ends_with('.'), "{scene:?}");
            for fault in scene.faults {
                fault.replace("{endpoint_id}", "abc").parse::<Rule>().unwrap();
            }
        }
    }

    #[test]
    fn a_typo_gets_a_suggestion() {
        let message = |name| Scene::named(name).unwrap_err().to_string();
        assert!(
            message("crash-lop").contains("did you mean crash-loop? (known: healthy, "),
            "{}",
            message("crash-lop")
        );
        assert!(!message("xyzzy").contains("did you mean"));
    }
}
