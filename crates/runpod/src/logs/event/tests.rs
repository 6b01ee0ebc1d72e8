use proptest::prelude::*;

use super::*;

const LIMIT: usize = 64;

/// The events in these chunks, and the largest memory that was in use.
fn read_with_memory(chunks: &[&[u8]]) -> (Vec<Event>, usize) {
    let (mut events, mut found, mut memory) = (Events::new(LIMIT), Vec::new(), 0);
    for chunk in chunks {
        let mut chunk = Bytes::copy_from_slice(chunk);
        while let Some(event) = events.next(&mut chunk) {
            found.push(event);
        }
        memory = memory.max(events.lines.capacity() + events.event.data.capacity());
    }
    (found, memory)
}

fn read(text: &[u8]) -> Vec<Event> {
    read_with_memory(&[text]).0
}

fn event(id: Option<&str>, data: &str) -> Event {
    Event { id: id.map(str::to_owned), data: data.to_owned(), is_oversized: false }
}

/// The rules of the specification, one example each.
#[test]
fn events_are_interpreted_as_specified() {
    let one = |data| vec![event(None, data)];
    let table: [(&[u8], Vec<Event>); 25] = [
        (b"data: a\n\n", one("a")),
        (b"data:a\r\n\r\n", one("a")),
        (b"data:a\r\r", one("a")),
        (b"data:a\r\n\ndata:b\n\r", vec![event(None, "a"), event(None, "b")]),
        (b"\xEF\xBB\xBFdata: a\n\n", one("a")),
        (b"\xEF\xBB\xBF\xEF\xBB\xBFdata: a\n\n", vec![]),
        (b"\n\xEF\xBB\xBFdata: a\n\n", vec![]),
        (b"data: a\ndata:  b\n\n", one("a\n b")),
        (b"data\n\n", one("")),
        (b"data\ndata\n\n", one("\n")),
        (b"data: \n\n", one("")),
        (b": comment\ndata: a\n:\n\n", one("a")),
        (b":\n\n\n\n", vec![]),
        (b"id: 7\ndata: a\n\ndata: b\n\n", vec![event(Some("7"), "a"), event(None, "b")]),
        (b"id: 7\nid: 8\ndata: a\n\n", vec![event(Some("8"), "a")]),
        (b"id: 7\nid\ndata: a\n\n", one("a")),
        (b"id: 7\nid: 8\x009\ndata: a\n\n", vec![event(Some("7"), "a")]),
        (b"id: 7\n\ndata: a\n\n", one("a")),
        (b"event: x\nretry: 1e9\nretry: 99999999999999999999\ndata: a\n\n", one("a")),
        (b"unknown: x\nDATA: y\n data: z\ndata : z\ndata: a\n\n", one("a")),
        (b"data: a: b\n\n", one("a: b")),
        (b"data: \xFF\xC3\n\n", one("\u{FFFD}\u{FFFD}")),
        (b"id: \xF0\x9F\ndata: a\n\n", vec![event(Some("\u{FFFD}"), "a")]),
        (b"data: a\n", vec![]),
        (b"data: a\n\ndata: b", one("a")),
    ];
    for (text, expected) in table {
        assert_eq!(read(text), expected, "{}", String::from_utf8_lossy(text).escape_debug());
    }
}

#[test]
fn an_event_beyond_the_limit_is_left_out_and_the_others_stay() {
    let long = "x".repeat(10 * LIMIT);
    let oversized = |id: Option<&str>| Event { is_oversized: true, ..event(id, "") };
    let after = || event(None, "b");
    for (text, expected) in [
        (format!("id: 7\ndata: {long}\n\ndata: b\n\n"), vec![oversized(Some("7")), after()]),
        (
            format!("id: 7\n{}\ndata: b\n\n", "data: xxxxxxxx\n".repeat(LIMIT)),
            vec![oversized(Some("7")), after()],
        ),
        (format!("data: a\ndata: {long}\ndata: c\n\ndata: b\n\n"), vec![oversized(None), after()]),
        (format!("{}\ndata: b\n\n", "data\n".repeat(2 * LIMIT)), vec![oversized(None), after()]),
        (format!(": {long}\ndata: b\n\n"), vec![after()]),
        (format!("retry: {long}\ndata: b\n\n"), vec![after()]),
        (format!("{long}\ndata: b\n\n"), vec![after()]),
        (format!("id: 7\nid: {long}\ndata: b\n\n"), vec![after()]),
    ] {
        assert_eq!(read(text.as_bytes()), expected, "{}", text.escape_debug());
    }
}

#[test]
fn a_line_end_in_two_chunks_is_one() {
    let text = b"\xEF\xBB\xBFdata: a\r\ndata: b\r\n\r\n";
    for cut in 0..text.len() {
        let (before, after) = text.split_at(cut);
        assert_eq!(read_with_memory(&[before, b"", after]).0, [event(None, "a\nb")], "cut at {cut}");
    }
}

fn field() -> impl Strategy<Value = Vec<u8>> {
    let name = prop::sample::select(vec![
        "data",
        "data",
        "data",
        "id",
        "event",
        "retry",
        "",
        "other",
        "data: {\"line\"",
    ]);
    let end = prop::sample::select(vec!["\n", "\r", "\r\n", "\n\n", "\r\n\r\n", "\r\r"]);
    (name, ":? ?", prop::collection::vec(any::<u8>(), 0..20), end).prop_map(|(name, colon, value, end)| {
        [name.as_bytes(), colon.as_bytes(), &value, end.as_bytes()].concat()
    })
}

/// Random bytes, mixed with the parts that a decoder has rules for.
fn stream() -> impl Strategy<Value = Vec<u8>> {
    let bytes = prop::collection::vec(any::<u8>(), 0..30);
    let long = (1..5 * LIMIT).prop_map(|length| vec![b'x'; length]);
    let part = prop_oneof![4 => field(), 1 => bytes, 1 => long, 1 => Just(b"\xEF\xBB\xBF".to_vec())];
    prop::collection::vec(part, 0..30).prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn any_bytes_in_any_chunks_give_the_same_events_in_bounded_memory(
        stream in stream(),
        cuts in prop::collection::vec(0..12_usize, 0..200),
    ) {
        let mut chunks = Vec::new();
        let mut rest = &*stream;
        for cut in cuts {
            let (chunk, after) = rest.split_at(cut.min(rest.len()));
            chunks.push(chunk);
            rest = after;
        }
        chunks.push(rest);
        let (events, memory) = read_with_memory(&chunks);
        prop_assert_eq!(events, read(&stream));
        prop_assert!(memory <= 4 * LIMIT, "{} bytes", memory);
    }

    #[test]
    fn a_line_that_never_ends_is_not_kept(chunks in prop::collection::vec(1..500_usize, 1..100)) {
        let chunks: Vec<Vec<u8>> = chunks.into_iter().map(|length| vec![b'x'; length]).collect();
        let chunks: Vec<&[u8]> = chunks.iter().map(Vec::as_slice).collect();
        let (events, memory) = read_with_memory(&chunks);
        prop_assert!(events.is_empty() && memory <= 4 * LIMIT, "{} bytes", memory);
    }
}
