//! The recipes in CONTRIBUTING.md name places that exist, and no more of them than promised.

use std::path::Path;

fn page() -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("CONTRIBUTING.md")).unwrap()
}

/// The places in the table of a recipe.
fn places(recipe: &str) -> Vec<String> {
    let page = page();
    let (_, section) = page.split_once(&format!("## {recipe}\n")).unwrap();
    let section = section.split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    rows.map(str::to_owned).collect()
}

#[test]
fn every_place_of_a_recipe_exists() {
    for (recipe, most) in [("Add a metric", 1), ("Add a field of the REST API", 5), ("Add a finding", 7)] {
        let places = places(recipe);
        assert!(!places.is_empty() && places.len() <= most, "{recipe}: {places:?}");
        for place in places {
            let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(&place);
            assert!(path.exists(), "CONTRIBUTING.md, {recipe}: there is no {place}");
        }
    }
}

#[test]
fn every_path_on_the_page_exists() {
    let page = page();
    let quoted = page.split('`').skip(1).step_by(2);
    let is_path = |text: &&str| {
        let folders = ["src/", "crates/", "tests/", "docs/", "prometheus/", "grafana/"];
        folders.iter().any(|folder| text.starts_with(folder)) && !text.contains(' ')
    };
    let paths: Vec<_> = quoted.filter(is_path).collect();
    assert!(paths.len() > 10, "{paths:?}");
    for path in paths {
        assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(path).exists(), "there is no {path}");
    }
}

/// What the completeness test asks of a finding is what the recipe lists.
#[test]
fn the_recipe_of_a_finding_has_all_its_parts() {
    let parts = include_str!(
        "findings/snapshots/it__findings__complete__a_finding_without_anything_lacks_every_part.snap"
    );
    let places = places("Add a finding");
    for line in parts.lines().filter(|line| line.starts_with("a ") || line.starts_with("an ")) {
        let has = |place: &String| line.contains(place.as_str());
        assert!(places.iter().any(has), "CONTRIBUTING.md does not name the place of: {line}");
    }
}
