//! What an invalid document is refused with.

use super::*;

/// The messages, each after its line.
fn refusal(text: &str, variables: &Value) -> Vec<String> {
    let (Refusal::Document(invalid) | Refusal::Variables(invalid)) = execute(text, variables).unwrap_err()
    else {
        panic!("{text} names no operation")
    };
    invalid.iter().map(|invalid| format!("{}: {}", invalid.at.line, invalid.message)).collect()
}

#[test]
fn each_rule_has_the_message_of_the_reference_implementation() {
    let table = [
        ("{ book(id: 1) { name } }", "Cannot query field \"name\" on type \"Book\"."),
        ("{ book(id: 1) }", "Field \"book\" of type \"Book\" must have a selection of subfields."),
        (
            "{ broken { id } }",
            "Field \"broken\" must not have a selection since type \"String\" has no subfields.",
        ),
        ("{ book(id: 1, page: 2) { id } }", "Unknown argument \"page\" on field \"Query.book\"."),
        ("{ book { id } }", "Argument \"id\" of required type \"ID!\" was not provided."),
        ("{ book(id: null) { id } }", "Expected value of type \"ID!\", found null."),
        ("{ book(id: 1, edition: \"x\") { id } }", "Int cannot represent non-integer value: \"x\""),
        ("{ book(id: 1, edition: 5000000000) { id } }", "Int cannot represent non-integer value: 5000000000"),
        ("{ search(filter: {title: 5}) { id } }", "String cannot represent a non string value: 5"),
        (
            "{ search(filter: {title: EN}) { id } }",
            "String cannot represent a non string value: {\"EN\":null}",
        ),
        (
            "{ search(filter: {below: 1}) { id } }",
            "Field \"title\" of required type \"String!\" was not provided.",
        ),
        ("{ search(filter: {title: \"a\", x: 1}) { id } }", "Field \"x\" is not defined by type \"Filter\"."),
        ("{ search(filter: 5) { id } }", "Expected value of type \"Filter\", found 5."),
        ("{ search(limits: [1, \"a\"]) { id } }", "Int cannot represent non-integer value: \"a\""),
        ("{ ...F }", "Unknown fragment \"F\"."),
        ("{ ...F } fragment F on Query { ...F }", "Cannot spread fragment \"F\" within itself."),
        ("{ ... on Shelf { id } }", "Unknown type \"Shelf\"."),
        (
            "{ ...F } fragment F on Book { id }",
            "Fragment cannot be spread here as objects of type \"Query\" can never be of type \"Book\".",
        ),
        ("{ broken @shout }", "Unknown directive \"@shout\"."),
        ("{ broken @skip }", "Argument \"if\" of required type \"Boolean!\" was not provided."),
        ("{ a: broken a: __typename }", "Fields \"a\" conflict because they are different."),
        ("{ book(id: 1) { id } book(id: 2) { id } }", "Fields \"book\" conflict because they are different."),
        ("{ book(id: 1, edition: $x) { id } }", "Variable \"$x\" is not defined."),
        (
            "query Q($x: ID) { book(id: $x) { id } }",
            "Argument \"id\" of required type \"ID!\" was not provided.",
        ),
        ("query Q($x: ID) { broken }", "Variable \"$x\" is never used."),
        ("mutation M { broken }", "Schema is not configured for mutation operations."),
        ("subscription S { broken }", "Schema is not configured for subscription operations."),
    ];
    for (text, message) in table {
        assert_eq!(refusal(text, &json!({})), [format!("1: {message}")], "{text}");
    }
}

#[test]
fn all_errors_are_reported_in_the_order_of_their_places() {
    let text = "query Q {\n  nothing\n  book(id: 1) {\n    name\n    author { age }\n    id { x }\n  }\n}";
    let lines = refusal(text, &json!({}));
    let lines: Vec<&str> = lines.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(lines, ["2", "4", "5", "6"]);
}

#[test]
fn values_of_variables_have_their_types() {
    let table = [
        (json!({}), "Variable \"$f\" of required type \"Filter!\" was not provided."),
        (
            json!({ "f": null }),
            "Variable \"$f\" got invalid value null; Expected value of type \"Filter!\", found null.",
        ),
        (
            json!({ "f": 5 }),
            "Variable \"$f\" got invalid value 5; Expected value of type \"Filter\", found 5.",
        ),
        (
            json!({ "f": {} }),
            "Variable \"$f\" got invalid value {}; Field \"title\" of required type \"String!\" was not provided.",
        ),
        (
            json!({ "f": { "title": "a", "x": 1 } }),
            "Variable \"$f\" got invalid value {\"title\":\"a\",\"x\":1}; Field \"x\" is not defined by type \"Filter\".",
        ),
        (
            json!({ "f": { "title": true } }),
            "Variable \"$f\" got invalid value {\"title\":true}; String cannot represent a non string value: true",
        ),
    ];
    for (variables, message) in table {
        let text = "query Q($f: Filter!) { search(filter: $f) { id } }";
        assert_eq!(refusal(text, &variables), [format!("1: {message}")], "{variables}");
    }
}

#[test]
fn deep_fragments_end() {
    let chain = (0..1_000).map(|i| format!("fragment F{i} on Query {{ ...F{} }}", i + 1));
    let text =
        format!("{{ ...F0 }} {} fragment F1000 on Query {{ broken }}", chain.collect::<Vec<_>>().join(" "));
    assert!(refusal(&text, &json!({})).contains(&"1: Fragment \"F50\" is nested too deeply.".to_owned()));
}
