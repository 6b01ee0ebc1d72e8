//! The engine with a schema of its own.

use serde_json::{Map, Value, json};

use super::*;

mod execution;
mod refusals;

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

fn execute(text: &str, variables: &Value) -> Result<Executed, Refusal> {
    let document = graphql_parser::parse_query::<String>(text).unwrap().into_static();
    let variables: Map<String, Value> = serde_json::from_value(variables.clone()).unwrap();
    Engine::new(SCHEMA).execute(&document, None, variables, &Library)
}
