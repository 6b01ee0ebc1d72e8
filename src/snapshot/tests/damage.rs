//! Each damage at each place of each recorded answer.

use std::collections::BTreeSet;

use strum::VariantArray;

use super::places::{Damage, Like, damaged, places, text};
use super::recorded::{Recorded, all};

type Lines = BTreeSet<String>;

/// Numbers that are made of several values, and are unknown if one of them is: `place` and the beginning of the line.
const MADE_OF_SEVERAL: &[(&str, &str)] = &[
    ("workers", "runpod_workers_placed{"),
    ("workers", "runpod_workers_stale{"),
    ("workers", "runpod_endpoint_rollout_workers{"),
    // An amount without a day or an owner belongs to any of them; a record that cannot be read, to any sum.
    ("records", "id "),
    ("records", "resource "),
    // If it is unknown which hour is the last one, so are its latencies.
    ("data", "runpod_reported_"),
];

/// Whether a line may be lost with this place although it does not need the value.
fn may_go(place: &str, line: &str) -> bool {
    let is_in = |name: &str| place.split('.').next() == Some(name);
    let is_amount = place.ends_with("Amount");
    MADE_OF_SEVERAL.iter().any(|(name, start)| is_in(name) && line.starts_with(start) && !is_amount)
}

/// Whether a line is an amount of money, which may be negative.
fn is_money(line: &str) -> bool {
    line.contains("dollars") || line.starts_with("resource ") || line.starts_with("id ")
}

struct Check<'a> {
    recorded: &'a Recorded,
    whole: &'a Lines,
    missing: &'a Lines,
}

impl Check<'_> {
    /// What is wrong with the facts of a damaged document.
    fn problem(&self, place: &str, damage: Damage, like: &Like, found: &Lines) -> Option<String> {
        let Self { recorded, whole, missing } = self;
        let expected = match like {
            Like::Whole => (*whole).clone(),
            Like::Missing => (*missing).clone(),
            Like::Document(document) => {
                (recorded.read)(document.to_string().as_bytes()).map(|(lines, _)| lines).unwrap_or_default()
            }
        };
        let invented: Vec<&String> = found
            .difference(&expected)
            .filter(|line| !(whole.contains(*line) || damage == Damage::Negative && is_money(line)))
            .collect();
        let lost: Vec<&String> = expected
            .intersection(whole)
            .filter(|line| !found.contains(*line) && !may_go(place, line))
            .collect();
        let is_right = invented.is_empty() && lost.is_empty();
        (!is_right)
            .then(|| format!("{} {place} {damage:?}: invented {invented:?}, lost {lost:?}", recorded.name))
    }
}

#[test]
fn exactly_what_is_damaged_is_lost() {
    let (mut places_count, mut damages_count, mut read_count) = (0, 0, 0);
    let mut problems = Vec::new();
    for recorded in all() {
        let bytes = recorded.document.to_string();
        let (whole, notes) = (recorded.read)(bytes.as_bytes()).unwrap();
        assert!(notes.is_empty(), "{}: nothing in a recorded answer is unreadable: {notes:?}", recorded.name);
        assert!(!whole.is_empty(), "{}", recorded.name);
        for place in places(&recorded.document) {
            places_count += 1;
            let lines =
                |document: &[u8]| (recorded.read)(document).map(|(lines, _)| lines).unwrap_or_default();
            let missing = lines(&damaged(&recorded.document, &place, Damage::Missing).unwrap().0);
            let check = Check { recorded: &recorded, whole: &whole, missing: &missing };
            read_count += u32::from(missing != whole);
            for damage in Damage::VARIANTS {
                let Some((document, like)) = damaged(&recorded.document, &place, *damage) else { continue };
                damages_count += 1;
                let found = lines(&document);
                problems.extend(check.problem(&text(&place), *damage, &like, &found));
            }
        }
    }
    println!("{places_count} places ({read_count} of them read), {damages_count} damages");
    assert!(problems.is_empty(), "{} problems:\n{}", problems.len(), problems.join("\n"));
    assert!(places_count > 500 && damages_count > 6_000, "{places_count} places, {damages_count} damages");
}

/// A value of another type is counted, if it is one that is read.
#[test]
fn what_is_damaged_is_noted() {
    let mut unnoticed = Vec::new();
    for recorded in all() {
        let bytes = recorded.document.to_string();
        let (whole, _) = (recorded.read)(bytes.as_bytes()).unwrap();
        for place in places(&recorded.document) {
            let missing = damaged(&recorded.document, &place, Damage::Missing).unwrap().0;
            let is_read = (recorded.read)(&missing).is_some_and(|(lines, _)| lines != whole);
            let Some((document, _)) = damaged(&recorded.document, &place, Damage::NotANumber) else {
                continue;
            };
            let noted = (recorded.read)(&document).is_none_or(|(_, notes)| notes.unreadable == 1);
            // The notes of a job are not kept.
            if is_read && !noted && !recorded.is_job() {
                unnoticed.push(format!("{} {}", recorded.name, text(&place)));
            }
        }
    }
    assert!(unnoticed.is_empty(), "{unnoticed:#?}");
}
