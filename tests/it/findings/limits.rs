//! A finding and an alert use the same number. Limits are written in `src/diagnosis/limit.rs`; rules contain them as well,
//! because a rule has no constants.

use std::collections::BTreeSet;
use std::time::Duration;

use regex::Regex;
use runpod_exporter::testing::diagnosis::{Limit, Place, Value};
use runpod_exporter::testing::settings::{Collector, Signal};

use super::numbers::number;
use super::{ALERT_ONLY, Rule, amounts, limits_of, on_page, range, ranges_of_alert, rule, rules, short};

/// What to do about a difference.
const FIX: &str = "change the rule, or the limit in src/diagnosis/limit.rs and run: make docs dashboards";

/// The numbers of a rule in comparisons, in ranges and in its `for`, without 0 and 1: those compare with nothing and all.
fn contained(rule: &Rule) -> [Vec<String>; 3] {
    let find = |pattern: &str| {
        let pattern = Regex::new(pattern).unwrap();
        let found: BTreeSet<String> =
            pattern.captures_iter(&rule.expr).map(|found| found[1].to_owned()).collect();
        found.into_iter().filter(|number| !matches!(number.as_str(), "0" | "1")).collect::<Vec<_>>()
    };
    [find(r"[<>=]=?\s*(?:bool\s+)?(\d+(?:\.\d+)?)"), find(r"\[(\w+)\]"), rule.lasts.iter().cloned().collect()]
}

/// The numbers that a rule should contain, by place. An alert may have any `for`, unless a limit says which.
fn expected(name: &str) -> [Vec<String>; 3] {
    let mut places = [const { BTreeSet::new() }; 3];
    let mut add = |place: Place, of: &dyn Fn(usize) -> String| {
        let index = match place {
            Place::Comparison(_) => 0,
            Place::Window(_) => 1,
            Place::For(_) => 2,
        };
        if rule(place) == name {
            places[index].insert(of(index));
        }
    };
    for limit in Limit::ALL {
        let value = limit.row().value;
        for place in limit.row().rules {
            add(*place, &|index| if index == 0 { number(value) } else { range(value).unwrap() });
        }
    }
    for (place, number) in ALERT_ONLY {
        add(*place, &|_| (*number).to_owned());
    }
    places.map(|numbers| numbers.into_iter().collect())
}

#[test]
fn the_rules_contain_the_limits_of_the_findings() {
    let mut problems = Vec::new();
    for rule in rules() {
        let Rule { file, name, severity, .. } = &rule;
        let [comparisons, windows, lasts] = contained(&rule);
        let [limits, ranges, must_last] = expected(name);
        let mut compare = |what, found: &[String], expected: &[String]| {
            if found != expected {
                let limits: Vec<_> = limits_of(name)
                    .iter()
                    .map(|limit| format!("{} {}", limit.as_str(), short(limit.row().value)))
                    .collect();
                problems.push(format!(
                    "{file}: {name} {severity}: {what} {found:?}, the limits are {expected:?} ({}); {FIX}",
                    limits.join(", ")
                ));
            }
        };
        compare("compares with", &comparisons, &limits);
        compare("has the ranges", &windows, &ranges);
        if !must_last.is_empty() {
            compare("has for", &lasts, &must_last);
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn every_place_is_a_rule() {
    let rules = rules();
    let places = Limit::ALL
        .iter()
        .flat_map(|limit| limit.row().rules)
        .chain(ALERT_ONLY.iter().map(|(place, _)| place));
    for place in places {
        assert!(rules.iter().any(|found| found.name == rule(*place)), "there is no rule for {place:?}");
    }
}

/// The names of a rule and of the recorded series that it depends on.
fn used_by<'a>(name: &'a str, all: &'a [Rule]) -> BTreeSet<&'a str> {
    let mut used = BTreeSet::from([name]);
    loop {
        let is_needed = |other: &&Rule| {
            let mut users = all.iter().filter(|user| used.contains(user.name.as_str()));
            !other.is_alert && users.any(|user| user.expr.contains(&other.name))
        };
        let more: Vec<&str> = all.iter().filter(is_needed).map(|other| other.name.as_str()).collect();
        let before = used.len();
        used.extend(more);
        if used.len() == before {
            return used;
        }
    }
}

#[test]
fn the_texts_of_the_alerts_contain_no_other_numbers() {
    let mut problems = Vec::new();
    let all = rules();
    for Rule { file, name, text, lasts, .. } in &all {
        let mut known: Vec<String> = limits_of(name).iter().map(|limit| short(limit.row().value)).collect();
        for used in used_by(name, &all) {
            known.extend(ranges_of_alert(used).into_iter().map(str::to_owned));
        }
        known.extend(lasts.clone());
        let own = ALERT_ONLY.iter().filter(|(place, _)| rule(*place) == name);
        for number in own.filter_map(|(_, number)| number.parse::<f64>().ok()) {
            known.push(short(Value::Ratio(number)));
            known.extend(Duration::try_from_secs_f64(number).ok().map(|seconds| short(Value::Time(seconds))));
        }
        for amount in amounts(text).into_iter().filter(|amount| !known.contains(amount)) {
            problems
                .push(format!("{file}: the text of {name} says {amount}, its limits are {known:?}; {FIX}"));
        }
    }
    assert!(problems.is_empty(), "{}", problems.join("\n"));
}

#[test]
fn the_alerts_compare_with_the_signals_of_the_findings() {
    let signal = Regex::new(r#"signal="(\w+)""#).unwrap();
    for Rule { file, name, expr, is_alert, .. } in rules().into_iter().filter(|rule| rule.is_alert) {
        let found: BTreeSet<&str> =
            signal.captures_iter(&expr).map(|found| found.extract::<1>().1[0]).collect();
        let signals: BTreeSet<&str> = on_page(&name)
            .iter()
            .flat_map(|finding| finding.row().signals)
            .map(|signal| signal.as_str())
            .collect();
        assert!(
            is_alert && found.is_subset(&signals),
            "{file}: {name} compares with {found:?}, its findings with {signals:?}"
        );
    }
    let alerts: String = rules().into_iter().map(|rule| rule.expr).collect();
    for signal in Signal::ALL {
        assert!(
            alerts.contains(&format!("signal=\"{}\"", signal.as_str())),
            "no alert compares with {signal:?}"
        );
    }
}

#[test]
fn data_of_the_same_collectors_is_read_at_every_scrape() {
    let live: Vec<_> = Collector::ALL
        .iter()
        .filter(|collector| collector.is_live())
        .map(|collector| collector.as_str())
        .collect();
    let live: BTreeSet<_> = live.into_iter().collect();
    let matcher = Regex::new(r#"collector[=!]~"([^"]+)""#).unwrap();
    let rule = rules().into_iter().find(|rule| rule.name == "RunpodDataStale").unwrap();
    let mut found = 0;
    for captures in matcher.captures_iter(&rule.expr) {
        let selected: BTreeSet<_> = captures.extract::<1>().1[0].split('|').collect();
        assert_eq!(
            selected, live,
            "{}: {} selects other collectors than src/settings/collector.rs",
            rule.file, rule.name
        );
        found += 1;
    }
    assert_eq!(found, 2, "{}", rule.expr);
}
