//! What a valid document is answered with.

use super::*;

fn data(text: &str, variables: &Value) -> Value {
    let executed = execute(text, variables).unwrap();
    assert_eq!(executed.errors, Vec::<Value>::new());
    executed.data
}

#[test]
fn aliases_and_repeated_fields_are_merged() {
    assert_eq!(
        data(
            "{ a: book(id: 1) { id } b: book(id: \"none\") { id } a: book(id: 1) { n: title } }",
            &json!({})
        ),
        json!({ "a": { "id": "b1", "n": "1 1" }, "b": null })
    );
    assert_eq!(
        data("{ book(id: 1) { __typename author { __typename } } }", &json!({}))["book"]["__typename"],
        "Book"
    );
}

#[test]
fn fragments_are_their_fields() {
    let text = "query Q { book(id: 1) { ...B ... on Book { price } ... { id } } }
                fragment B on Book { author { ...A } author { name } }
                fragment A on Author { inPrint }";
    let author = json!({ "inPrint": true, "name": "Ada" });
    assert_eq!(data(text, &json!({})), json!({ "book": { "author": author, "price": 9.5, "id": "b1" } }));
}

#[test]
fn directives_skip_and_include() {
    let text = "query Q($yes: Boolean!, $no: Boolean = false) {
                  book(id: 1) { id @skip(if: $yes) title @include(if: $no) price @include(if: true) ...A @skip(if: $no) }
                }
                fragment A on Book { author @include(if: $yes) { name } }";
    let expected = json!({ "book": { "price": 9.5, "author": { "name": "Ada" } } });
    assert_eq!(data(text, &json!({ "yes": true })), expected);
}

#[test]
fn arguments_have_defaults_and_become_lists() {
    let title = |arguments: &str| {
        let text = format!("query Q($t: String = \"x\", $n: Int) {{ book(id: 1) {{ id title @include(if: true) }}
                            search{arguments} {{ title }} other: search(filter: {{title: $t}}, limits: [7]) {{ id }}
                            third: book(id: 2, edition: $n) {{ title }} }}");
        let data = data(&text, &json!({}));
        assert_eq!(data["third"]["title"], "2 1"); // an absent variable leaves the default
        data["search"][0]["title"].as_str().unwrap().to_owned()
    };
    assert_eq!(title(""), "null [10]");
    assert_eq!(title("(limits: 3)"), "null [3]");
    assert_eq!(title("(filter: {title: $t})"), "{\"below\":20.5,\"title\":\"x\"} [10]");
    assert_eq!(title("(filter: {title: \"y\", below: 3})"), "{\"below\":3,\"title\":\"y\"} [10]");
    assert_eq!(title("(filter: null, limits: [1, 2])"), "null [1, 2]");
}

#[test]
fn variables_are_inputs_and_lists() {
    let text = "query Q($f: Filter!, $l: [Int!]) { search(filter: $f, limits: $l) { title } }";
    let variables = json!({ "f": { "title": "z" }, "l": 4, "unused": 1 });
    assert_eq!(data(text, &variables)["search"][0]["title"], "{\"below\":20.5,\"title\":\"z\"} [4]");
}

#[test]
fn a_field_without_a_value_fails_alone() {
    let executed = execute("{ x: broken book(id: 1) { id } }", &json!({})).unwrap();
    assert_eq!(executed.data, json!({ "x": null, "book": { "id": "b1" } }));
    let code = json!({ "code": "INTERNAL_SERVER_ERROR" });
    assert_eq!(
        executed.errors,
        [json!({ "message": "Query.broken has no value", "path": ["x"], "extensions": code })]
    );
}
