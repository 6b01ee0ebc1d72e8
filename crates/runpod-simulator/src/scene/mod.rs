//! Scenes: things that happen to people's accounts, each under a name, to be seen in an exporter, an alert or a
//! dashboard. The closed set of them is [`SCENES`]; what is played is up to the stage.
//!
//! A scene says what differs in the world, or how the APIs break. How the world then goes on, and what an answer looks
//! like, is not decided here; nor what is wrong: findings are names in the documentation, which the tests hold against
//! an exporter.

use std::fmt::{self, Debug, Display, Formatter};
use std::time::Duration;

use super::world::Conditions;

pub(crate) use self::stage::Stage;
pub use self::table::SCENES;

mod stage;
mod table;

/// Something that happens to the first endpoint, the first pod, the account or the APIs.
pub struct Scene {
    /// What it is called.
    pub name: &'static str,
    /// What happens, in a sentence.
    pub story: &'static str,
    /// What an exporter finds of it, by the values of the label `finding`. More may follow from it.
    pub found: &'static [&'static str],
    /// How long after its beginning it happens, where something has to be seen before.
    after: Duration,
    /// What differs in the world.
    world: fn(&mut Conditions<'_>),
    /// How the APIs break: rules as on the command line, with `{endpoint_id}` for the first endpoint.
    faults: &'static [&'static str],
}

/// No scene has that name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct UnknownScene(String);

impl Scene {
    /// The scene of that name.
    pub fn named(name: &str) -> Result<&'static Self, UnknownScene> {
        SCENES.iter().find(|scene| scene.name == name).ok_or_else(|| UnknownScene(name.to_owned()))
    }

    /// All of them as a table for people, in Markdown.
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

impl Debug for Scene {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

impl Display for UnknownScene {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        let names: Vec<_> = SCENES.iter().map(|scene| scene.name).collect();
        write!(f, "unknown scene {name:?}")?;
        let likeness = |other: &&&str| strsim::jaro_winkler(name, other);
        let nearest = names.iter().max_by(|one, other| likeness(one).total_cmp(&likeness(other)));
        if let Some(nearest) = nearest.filter(|nearest| likeness(nearest) > ALIKE) {
            write!(f, "; did you mean {nearest}?")?;
        }
        write!(f, " (known: {})", names.join(", "))
    }
}

/// From here on a name is taken for a slip of the pen.
const ALIKE: f64 = 0.8;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::faults::Rule;
    use super::*;

    #[test]
    fn every_name_is_there_once_and_every_rule_can_be_read() {
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
    fn a_slip_of_the_pen_is_told_what_was_meant() {
        let told = |name| Scene::named(name).unwrap_err().to_string();
        assert!(
            told("crash-lop").contains("did you mean crash-loop? (known: healthy, "),
            "{}",
            told("crash-lop")
        );
        assert!(!told("xyzzy").contains("did you mean"));
    }
}
