//! The engine with a schema of its own.

use apollo_compiler::response::JsonMap;
use serde_json::{Value, json};

use super::*;

const SCHEMA: &str = "
  type Query {
    book(id: ID!, edition: Int = 1): Book
    search(filter: Filter, limits: [Int!] = [10]): [Book!]!
    broken: String
  }
  type Book { id: ID! title: String price: Float author: Author! }
  type Author { name: String! inPrint: Boolean! }
  input Filter { title: String! below: Float = 20.5 }
";

/// The root: a search finds one book, with its arguments as the title.
struct Library;

impl Object for Library {
    fn field(&self, name: &str, arguments: &Arguments) -> Option<Node<'_>> {
        let book = |title: String| {
            let author = json!({ "name": "Ada", "inPrint": true });
            members(&json!({ "id": "b1", "title": title, "price": 9.5, "author": author }))
        };
        Some(match name {
            "book" => {
                let (id, edition) = (arguments.get::<Value>("id"), arguments.get::<i32>("edition"));
                Node::object((id != json!("none")).then(|| book(format!("{id} {edition}"))))
            }
            "search" => {
                let (filter, limits) =
                    (arguments.get::<Value>("filter"), arguments.get::<Vec<i32>>("limits"));
                Node::list([book(format!("{filter} {limits:?}"))])
            }
            _ => return None,
        })
    }
}

fn execute(text: &str, variables: &Value) -> Result<ExecutionResponse, Refusal> {
    let engine = Engine::new(SCHEMA);
    let document = engine.read(text).map_err(Refusal::Document)?;
    let variables: JsonMap = serde_json::from_value(variables.clone()).unwrap();
    engine.execute(&document, None, &variables, Box::new(Library))
}

/// The messages, each after its position.
fn refusal(text: &str, variables: &Value) -> Vec<String> {
    let (Refusal::Document(errors) | Refusal::Operation(errors) | Refusal::Variables(errors)) =
        execute(text, variables).unwrap_err();
    let position = |error: &GraphQLError| error.locations.first().map_or((0, 0), |at| (at.line, at.column));
    let lines = errors.iter().map(|error| {
        let (line, column) = position(error);
        format!("{line}:{column} {}", error.message)
    });
    lines.collect()
}

#[test]
fn objects_get_their_arguments_and_become_the_selected_fields() {
    let text = "query Q($t: String = \"x\", $n: Int) {
                  book(id: 1) { __typename id author { n: name inPrint } } none: book(id: \"none\") { id }
                  a: search { title } b: search(filter: {title: $t}, limits: 3) { title }
                  c: book(id: 2, edition: $n) { title } }";
    let executed = execute(text, &json!({})).unwrap();
    let author = json!({ "n": "Ada", "inPrint": true });
    let expected = json!({
        "book": { "__typename": "Book", "id": "b1", "author": author },
        "none": null,
        "a": [{ "title": "null [10]" }],
        "b": [{ "title": "{\"below\":20.5,\"title\":\"x\"} [3]" }],
        "c": { "title": "2 1" }, // an absent variable leaves the default
    });
    assert_eq!(serde_json::to_value(&executed).unwrap(), json!({ "data": expected }));
}

#[test]
fn documents_that_clients_repeat_are_read_once_and_only_some_are_kept() {
    let engine = Engine::new(SCHEMA);
    let read = |number: usize| engine.read(&format!("{{ book(id: {number}) {{ id }} }}")).unwrap();
    let title = |read: &Read| {
        let executed = engine.execute(read, None, &JsonMap::new(), Box::new(Library)).unwrap();
        serde_json::to_value(&executed).unwrap()
    };
    let first = read(0);
    assert_eq!(title(&first), title(&read(0)));
    assert!(Arc::ptr_eq(&first, &read(0)));
    for number in 0..10 * KEPT {
        assert_eq!(title(&read(number)), json!({ "data": { "book": { "id": "b1" } } }));
        assert!(engine.read.lock().len() <= KEPT);
    }
}

#[test]
fn a_field_without_a_value_fails_alone() {
    let executed = execute("{ x: broken book(id: 1) { id } }", &json!({})).unwrap();
    assert_eq!(serde_json::to_value(executed.data).unwrap(), json!({ "x": null, "book": { "id": "b1" } }));
    let [error] = executed.errors.as_slice() else { panic!("{:?}", executed.errors) };
    assert_eq!(error.message, "resolver error: unexpected field name: broken in type Query");
    assert_eq!(serde_json::to_value(&error.path).unwrap(), json!(["x"]));
}

#[test]
fn clients_find_the_messages_of_the_reference_implementation() {
    let table = [
        ("{ book(id: 1) { name } }", "1:17 Cannot query field \"name\" on type \"Book\"."),
        ("{ a: book(id: 1) }", "1:3 Field \"book\" must have a selection of subfields."),
        (
            "{ b : broken { id } }",
            "1:3 Field \"broken\" must not have a selection since type \"String\" has no subfields.",
        ),
        ("{ book(id: 1, page: 2) { id } }", "1:15 Unknown argument \"page\" on field \"Query.book\"."),
        ("{ book { id } }", "1:3 The required argument \"Query.book(id:)\" is not provided."),
        ("{ book(id: 1, edition: \"x\") { id } }", "1:24 Expected value of type Int, found a string."),
        (
            "{ book(id: 1, edition: 5000000000) { id } }",
            "1:24 Int cannot represent non 32-bit signed integer value.",
        ),
        ("{ search(filter: {title: \"a\", x: 1}) { id } }", "1:34 Field \"x\" does not exist on \"Filter\"."),
        (
            "{ search(filter: {below: 1}) { id } }",
            "1:18 The required field \"Filter.title\" is not provided.",
        ),
        ("{ ...F }", "1:3 Unknown fragment \"F\"."),
        (
            "{ ... on Shelf { id } }",
            "1:10 Type condition \"Shelf\" of inline fragment is not a type defined in the schema.",
        ),
        ("{ broken @shout }", "1:10 Cannot find directive \"@shout\" in this document."),
        ("{ book(id: 1, edition: $x) { id } }", "1:24 Variable \"$x\" is not defined."),
        ("query Q($x: ID) { broken }", "1:9 Variable \"$x\" is never used."),
        ("query Q($x: ID) { nothing(id: $x) }", "1:19 Cannot query field \"nothing\" on type \"Query\"."),
        ("{ broken } fragment F on Book { id }", "1:12 Fragment \"F\" must be used in an operation."),
        ("mutation M { broken }", "1:1 \"mutation\" root operation type is not defined."),
        ("{ broken", "1:9 Syntax Error: Expected R_CURLY, got EOF."),
        (
            "{ book(id: 1) { id } book(id: 2) { id } }",
            "1:22 Operation must not provide conflicting field arguments for the same name \"book\".",
        ),
    ];
    for (text, message) in table {
        assert_eq!(refusal(text, &json!({})), [message], "{text}");
    }
}

#[test]
fn all_errors_are_reported_in_the_order_of_their_places() {
    let text = "query Q {\n  nothing\n  book(id: 1) {\n    name\n    author { age }\n    id { x }\n  }\n}";
    let errors = refusal(text, &json!({}));
    let lines: Vec<&str> = errors.iter().filter_map(|line| line.split(':').next()).collect();
    assert_eq!(lines, ["2", "4", "5", "6"]);
}

#[test]
fn values_of_variables_have_their_types() {
    let table = [
        (json!({}), "1:9 Variable \"$f\" of required type \"Filter!\" was not provided."),
        (json!({ "f": null }), "0:0 Null value for variable f of non-null type Filter!."),
        (json!({ "f": 5 }), "0:0 Could not coerce variable f: 5 to type Filter."),
        (json!({ "f": {} }), "0:0 Missing value for non-null input object field Filter.title."),
        (json!({ "f": { "title": "a", "x": 1 } }), "0:0 Input object has key x not in type Filter."),
    ];
    for (variables, message) in table {
        let text = "query Q($f: Filter!) { search(filter: $f) { id } }";
        assert_eq!(refusal(text, &variables), [message], "{variables}");
    }
}

#[test]
fn deep_documents_are_refused() {
    let chain = (0..1_000).map(|i| format!("fragment F{i} on Query {{ ...F{} }}", i + 1));
    let fragments =
        format!("{{ ...F0 }} {} fragment F1000 on Query {{ broken }}", chain.collect::<Vec<_>>().join(" "));
    let fields = format!("{}{}", "{ a ".repeat(100_000), "}".repeat(100_000));
    let endless = "{ ...F } fragment F on Query { ...F }".to_owned();
    for text in [fragments, fields, endless] {
        assert!(!refusal(&text, &json!({})).is_empty());
    }
}
