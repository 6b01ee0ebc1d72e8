//! Damaged documents: what is damaged is unknown and noted, and everything else is read.
#![expect(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::sync::Arc;

use lenient_json::{
    Checked, Decoded, Flag, Id, List, Map, Name, Notes, Number, NumberOr, OwnId, Problem, Text, Texts,
    from_reader, from_slice, object, value,
};
use serde::Deserialize;
use serde_json::json;

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Pod {
    id: Id,
    name: Name,
    image: Text,
    cost: Number,
    listed: Flag,
    #[serde(deserialize_with = "object")]
    gpu: Option<Gpu>,
    runtime: NumberOr<Gpu>,
    places: Texts,
    gpus: List<Gpu, 2>,
    parts: Map<Number>,
    status: Checked<Text>,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default, rename_all = "camelCase")]
struct Gpu {
    gpu_count: Number,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Document {
    pods: List<Pod, 5>,
}

fn pod(document: impl AsRef<[u8]>) -> (Pod, Notes) {
    let Decoded { value, notes } = from_slice(document.as_ref()).unwrap();
    (value, notes)
}

fn paths(notes: &Notes) -> Vec<&str> {
    notes.examples().iter().map(|note| &*note.path).collect()
}

const WHOLE: &str = r#"{"id":"a","name":"n","image":"i","cost":0.5,"listed":true,"gpu":{"gpuCount":1},"runtime":{"gpuCount":2},
"places":["x","y"],"gpus":[{"gpuCount":3}],"parts":{"p":1},"status":"S","unknown":[{"deep":[1,"\ud800"]}]}"#;

#[test]
fn a_whole_document_has_no_notes() {
    let (whole, notes) = pod(WHOLE);
    assert!(notes.is_empty(), "{notes:?}");
    assert_eq!((whole.id.0.as_deref(), whole.cost.0, whole.listed.0), (Some("a"), Some(0.5), Some(true)));
    assert_eq!(whole.runtime, NumberOr::Object(Gpu { gpu_count: Number(Some(2.0)) }));
    assert_eq!(whole.places.0.unwrap(), ["x", "y"].map(Arc::from));
    assert!(whole.gpus.is_complete());
    assert_eq!(whole.parts.0["p"], Number(Some(1.0)));
    assert_eq!(whole.status.0.unwrap().0.as_deref(), Some("S"));
}

/// Each field once with a value of each type.
#[test]
fn a_value_of_another_type_costs_itself() {
    let whole: serde_json::Value = value(WHOLE.as_bytes()).unwrap();
    let others = [json!("text"), json!(7), json!(true), json!([1]), json!({"a": {"b": 1}})];
    let mut count = 0;
    for field in whole.as_object().unwrap().keys().filter(|field| *field != "unknown") {
        for other in &others {
            let mut document = whole.clone();
            document[field] = other.clone();
            let (damaged, notes) = pod(document.to_string());
            document.as_object_mut().unwrap().remove(field);
            let (without, _) = pod(document.to_string());
            let fits = match field.as_str() {
                "id" | "name" | "image" | "status" => other.is_string(),
                "cost" => other.is_number(),
                "listed" => other.is_boolean(),
                "runtime" => other.is_number() || other.is_object(),
                "places" | "gpus" => other.is_array(),
                _ => other.is_object(),
            };
            if fits {
                continue;
            }
            count += 1;
            assert_eq!(paths(&notes), [field.as_str()], "{other}");
            let expected = Pod { status: damaged.status.clone(), gpus: damaged.gpus.clone(), ..without };
            assert_eq!(damaged, expected, "{field}: {other}");
            if field == "status" {
                assert!(damaged.status.0.is_err());
            }
        }
    }
    assert_eq!(count, 43);
}

#[test]
fn null_and_missing_are_unknown_and_not_noted() {
    let (nulls, notes) = pod(
        r#"{"id":null,"cost":null,"gpu":null,"runtime":null,"places":null,"gpus":null,"parts":null,"status":null}"#,
    );
    assert!(nulls.gpus.is_null() && notes.is_empty());
    assert_eq!(Pod { gpus: List::default(), ..nulls }, Pod::default());
}

#[test]
fn numbers_and_flags_may_be_text() {
    for (document, cost) in
        [("12", 12.0), ("12.0", 12.0), (r#""12""#, 12.0), (r#"" 0.74 ""#, 0.74), ("-0", 0.0)]
    {
        let (pod, notes) = pod(format!(r#"{{"cost":{document}}}"#));
        assert_eq!((pod.cost.0, notes.is_empty()), (Some(cost), true), "{document}");
    }
    for document in
        [r#""NaN""#, r#""inf""#, r#""""#, r#""1e999""#, r#""12 GB""#, "1e999", "NaN", "-Infinity", "0x1"]
    {
        let (pod, notes) = pod(format!(r#"{{"cost":{document},"name":"n"}}"#));
        assert_eq!(
            (pod.cost.0, pod.name.0.as_deref(), paths(&notes)),
            (None, Some("n"), vec!["cost"]),
            "{document}"
        );
    }
    assert_eq!(pod(r#"{"listed":"TRUE"}"#).0.listed.0, Some(true));
    assert_eq!(pod(r#"{"listed":"false"}"#).0.listed.0, Some(false));
    assert_eq!(paths(&pod(r#"{"listed":"yes"}"#).1), ["listed"]);
}

#[test]
fn a_repeated_field_counts_once() {
    let (pod, notes) =
        pod(r#"{"cost":1,"name":"n","cost":{"a":[2]},"name":"m","other":1,"other":2,"id":"a"}"#);
    assert_eq!((pod.cost.0, pod.name.0.as_deref(), pod.id.0.as_deref()), (Some(1.0), Some("n"), Some("a")));
    assert_eq!((paths(&notes), notes.unreadable), (vec!["cost", "name"], 2));
    assert!(notes.examples().iter().all(|note| note.problem == Problem::Repeated));
    let (map, notes) = self::pod(r#"{"parts":{"a":1,"b":2,"a":[3]}}"#);
    assert_eq!((map.parts.0["a"].0, paths(&notes)), (Some(1.0), vec!["parts.*"]));
}

#[test]
fn elements_that_cannot_be_read_are_left_out() {
    let document = br#"{"pods":[{"id":"a"},"oops",7,null,{"id":"b"}]}"#;
    let Decoded { value, notes } = from_slice::<Document>(document).unwrap();
    assert!(!value.pods.is_complete());
    let ids: Vec<_> = value.pods.0.unwrap().into_iter().map(|pod| pod.id.0.unwrap()).collect();
    assert_eq!((ids, notes.unreadable), (vec!["a".into(), "b".into()], 3));
    assert_eq!(paths(&notes), ["pods[1]"], "one example of each pattern");
    let (damaged, notes) = pod(r#"{"places":["x",7,null,"y"]}"#);
    assert_eq!((damaged.places.0.unwrap(), notes.unreadable), (vec!["x".into(), "y".into()], 1));
}

#[test]
fn a_list_has_a_limit_while_it_is_read() {
    let Decoded { value, notes } = from_slice::<Document>(
        format!(r#"{{"pods":[{}{{"id":"last"}}]}}"#, r#"{"id":"x"},"#.repeat(1_000_000)).as_bytes(),
    )
    .unwrap();
    assert_eq!((value.pods.is_complete(), value.pods.0.unwrap().len()), (false, 5));
    assert_eq!((notes.left_out, notes.unreadable), (999_996, 0));
    assert_eq!(
        notes.examples()[0].problem.to_string(),
        "there are more than 5 elements; the rest is left out"
    );
    let Decoded { value, notes } = from_slice::<Document>(br#"{"pods":[{},{},{},{},{}]}"#).unwrap();
    assert!(value.pods.is_complete() && notes.is_empty());
    let parts: serde_json::Map<_, _> = (0..2_000).map(|n| (n.to_string(), json!(n))).collect();
    let (many, notes) = pod(json!({"parts": parts, "id": "a"}).to_string());
    assert_eq!((many.parts.0.len(), notes.left_out, many.id.0.as_deref()), (1_024, 976, Some("a")));
}

#[test]
fn texts_have_a_limit() {
    let long = "ä".repeat(5_000);
    let (short, notes) = pod(json!({"name": long, "image": long, "id": "x".repeat(257)}).to_string());
    let (name, image) = (short.name.0.unwrap(), short.image.0.unwrap());
    assert_eq!((name.chars().count(), image.chars().count(), short.id.0), (256, 1_024, None));
    assert!(name.ends_with("ä…") && image.ends_with("ä…"));
    assert_eq!((notes.shortened, notes.unreadable), (2, 1));
    let (exact, notes) = pod(json!({"name": "ä".repeat(256), "id": "x".repeat(256)}).to_string());
    assert_eq!((exact.name.0.unwrap().chars().count(), exact.id.0.is_some()), (256, true));
    assert!(notes.is_empty());
}

#[test]
fn what_cannot_be_an_id_is_none() {
    for id in
        [r#""""#, r#"".""#, r#""..""#, r#""a\nb""#, r#""cut \ud83d""#, r#""\u2028""#, "7", r#""\u0000""#]
    {
        let (pod, notes) = pod(format!(r#"{{"id":{id},"name":"n"}}"#));
        assert_eq!((pod.id.0, pod.name.0.as_deref(), notes.unreadable), (None, Some("n"), 1), "{id}");
    }
    assert_eq!(pod(r#"{"id":"NVIDIA GeForce RTX 4090"}"#).0.id.0.unwrap(), "NVIDIA GeForce RTX 4090".into());
}

#[test]
fn text_that_is_not_unicode_is_repaired() {
    let documents: [&[u8]; 3] = [
        br#"{"name":"cut \ud83d","cost":1}"#,
        b"{\"name\":\"cut \xf0\x9f\",\"cost\":1}",
        b"\xef\xbb\xbf{\"name\":\"cut \xff\",\"cost\":1}",
    ];
    for document in documents {
        let (repaired, notes) = pod(document);
        assert_eq!((repaired.name.0.as_deref(), repaired.cost.0), (Some("cut \u{FFFD}"), Some(1.0)));
        assert!(notes.is_empty());
    }
    assert_eq!(pod("{\"name\":\"a\nb\",\"cost\":1}").0.name.0.as_deref(), Some("a\nb"));
}

#[test]
fn what_is_not_json_as_a_whole_is_an_error() {
    for document in
        ["", "{", r#"{"cost":1"#, r#"{"name":"x"#, r#"{"cost" 1}"#, "{} {}", r#"{"cost":1,}"#, "<html>"]
    {
        let result = from_slice::<Pod>(document.as_bytes());
        assert!(result.is_err(), "{document}: {result:?}");
    }
}

/// Values that no type reads are not followed into their depths, and those of another type are not either.
#[test]
fn depth_costs_nothing() {
    let deep =
        |open: &str, close: &str| [open.repeat(200_000), "1".to_owned(), close.repeat(200_000)].concat();
    let (list, map) = (deep("[", "]"), deep("{\"a\":", "}"));
    let (flat, notes) =
        pod(format!(r#"{{"other":{list},"cost":{map},"gpus":[{list}],"gpu":{list},"id":"a","name":NaN}}"#));
    assert_eq!((flat.id.0.as_deref(), notes.unreadable), (Some("a"), 4));
}

/// The second attempt reads no more than the first, and notes do not grow.
#[test]
fn many_damages_are_linear_and_their_notes_are_few() {
    let element = r#"{"gpuCount":[NaN,1e999],"gpuCount":7}"#;
    let list = |count: usize| format!(r#"{{"gpus":[{}7]}}"#, format!("{element},").repeat(count));
    let (_, notes) = pod(list(100_000));
    assert_eq!((notes.examples().len(), notes.left_out), (2, 99_999));
}

#[test]
fn a_document_is_read_while_it_is_received() {
    let seed = std::marker::PhantomData::<Pod>;
    let document =
        [b"\xef\xbb\xbf{\"name\":\"cut \xff\",\"x\":\"\\ud800\",\"cost\":NaN,\"gpus\":[{},7],\"id\":\"a\"}"];
    let Decoded { value, notes } = from_reader(&document[0][..], seed).unwrap();
    assert_eq!((value.name.0.as_deref(), value.id.0.as_deref()), (Some("cut \u{FFFD}"), Some("a")));
    assert_eq!(paths(&notes), ["cost", "gpus[1]"]);
}

#[test]
fn what_is_not_json_in_a_value_is_null() {
    assert_eq!(value(br#"{"a":[NaN,"\ud800",1]}"#).unwrap(), json!({"a": [null, "\u{FFFD}", 1]}));
    for text in ["hello", "hello world", "12 GB", "NaN", "{hello}"] {
        assert!(value(text.as_bytes()).is_err(), "{text}");
    }
}

#[test]
fn fields_that_the_type_does_not_have_are_counted() {
    #[derive(Debug, Default, Deserialize)]
    #[serde(default)]
    struct Counts {
        ready: Number,
        #[serde(rename = "$others")]
        others: u64,
    }
    for (document, ready, others) in [
        ("{}", None, 0),
        (r#"{"a":[1],"ready":3,"$others":9,"b":{}}"#, Some(3.0), 3),
        (r#"{"ready":1}"#, Some(1.0), 0),
    ] {
        let Decoded { value, notes } = from_slice::<Counts>(document.as_bytes()).unwrap();
        assert_eq!((value.ready.0, value.others, notes.is_empty()), (ready, others, true), "{document}");
    }
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Worker {
    name: Name,
    id: OwnId,
    #[serde(rename = "$others")]
    others: u64,
}

#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
#[serde(default)]
struct Workers {
    workers: List<Worker, 5>,
}

/// Nothing else would say that the object is lost.
#[test]
fn the_own_id_of_an_element_is_noted_if_it_is_null_or_missing() {
    let lost = [(r#"{"name":"n","x":1}"#, 1), (r#"{"name":"n","id":null,"x":1}"#, 1), ("{}", 0)];
    for (element, others) in lost.into_iter().chain([(r#"{"x":1,"id":5}"#, 1)]) {
        let document = format!(r#"{{"workers":[{{"id":"a"}},{element}]}}"#);
        let Decoded { value, notes } = from_slice::<Workers>(document.as_bytes()).unwrap();
        assert_eq!((paths(&notes), notes.unreadable), (vec!["workers[1].id"], 1), "{document}");
        let workers = value.workers.0.unwrap();
        assert_eq!((workers[1].id.0.as_deref(), workers[1].others), (None, others), "{document}");
    }
    let alone = from_slice::<Worker>(br#"{"name":"n"}"#).unwrap();
    assert!(alone.notes.is_empty(), "it may be known by how it was requested");
}

#[test]
fn an_element_that_is_null_is_noted() {
    let Decoded { value, notes } = from_slice::<Workers>(br#"{"workers":[null,{"id":"a"}]}"#).unwrap();
    assert_eq!((paths(&notes), notes.unreadable), (vec!["workers[0]"], 1));
    assert_eq!((value.workers.is_complete(), value.workers.0.unwrap().len()), (false, 1));
}

#[test]
fn a_list_that_is_not_one_differs_from_none() {
    for (document, is_unreadable, is_null) in [
        (r#"{"workers":"x"}"#, true, false),
        (r#"{"workers":{}}"#, true, false),
        (r#"{"workers":null}"#, false, true),
        ("{}", false, false),
        (r#"{"workers":[]}"#, false, false),
    ] {
        let workers = from_slice::<Workers>(document.as_bytes()).unwrap().value.workers;
        assert_eq!((workers.is_unreadable(), workers.is_null()), (is_unreadable, is_null), "{document}");
    }
}

#[test]
fn a_name_that_cannot_be_read_may_be_that_of_a_missing_field() {
    for name in ["stat\u{fffd}us", "\\ud83dstatus", "st\\u0000atus", "\u{feff}status"] {
        let (pod, notes) = pod(format!(r#"{{"id":"a","{name}":"S","cost":1}}"#));
        assert_eq!((pod.id.0.as_deref(), pod.cost.0), (Some("a"), Some(1.0)), "{name}");
        assert_eq!(pod.status, Checked(Err(lenient_json::Unreadable)), "{name}");
        assert!(!pod.gpus.is_complete() && pod.gpu.is_none(), "{name}");
        assert_eq!(notes.examples().len(), 1, "{name}: {notes:?}");
    }
    let (missing, notes) = pod(r#"{"id":"a","other":"S"}"#);
    assert_eq!((missing.status, notes.is_empty()), (Checked(Ok(Text(None))), true));
}
