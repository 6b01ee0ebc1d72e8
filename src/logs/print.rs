//! Prints lines as text or JSON.

use std::collections::HashMap;
use std::io::{self, Write};
use std::sync::Arc;

use anstyle::{AnsiColor, Style};
use serde_json::json;

use super::{Level, Line};
use program::text::{Visible, visible_json, without_colors};

/// The colors of worker ids. Red and yellow are left to levels.
const COLORS: [AnsiColor; 6] = [
    AnsiColor::Cyan,
    AnsiColor::Green,
    AnsiColor::Magenta,
    AnsiColor::Blue,
    AnsiColor::BrightCyan,
    AnsiColor::BrightMagenta,
];

/// Prints lines.
#[derive(Debug)]
pub(crate) struct Printer<W> {
    out: W,
    json: bool,
    /// The color of each worker, assigned in order of appearance.
    colors: HashMap<Arc<str>, AnsiColor>,
}

impl<W: Write> Printer<W> {
    /// A printer of colored text, or of JSON with one object per line. `out` must strip the colors if it cannot show them.
    pub(crate) fn new(out: W, json: bool) -> Self {
        Self { out, json, colors: HashMap::new() }
    }

    /// Prints a line.
    pub(crate) fn print(&mut self, line: &Line) -> io::Result<()> {
        if self.json { self.object(line) } else { self.text(line) }?;
        self.out.flush()
    }

    fn object(&mut self, line: &Line) -> io::Result<()> {
        let Line { timestamp, source, level, worker, text, is_oversized: _, id: _ } = line;
        let ts = timestamp.map(|timestamp| timestamp.to_string());
        let (source, level) = (source.as_str(), level.as_str());
        let object =
            json!({ "ts": ts, "worker": worker.as_deref(), "source": source, "level": level, "line": text });
        writeln!(self.out, "{}", visible_json(&object.to_string()))
    }

    fn text(&mut self, line: &Line) -> io::Result<()> {
        let dim = Style::new().dimmed();
        if let Some(timestamp) = line.timestamp {
            write!(self.out, "{dim}{timestamp}{dim:#} ")?;
        }
        if let Some(worker) = &line.worker {
            let color = self.color(worker).on_default();
            write!(self.out, "{color}{}{color:#} ", Visible(worker))?;
        }
        let style = match line.level {
            Level::Fatal | Level::Error => AnsiColor::Red.on_default(),
            Level::Warn => AnsiColor::Yellow.on_default(),
            Level::Trace | Level::Debug => dim,
            Level::Info | Level::Unknown => Style::new(),
        };
        // Programs color their logs. A color that does not end with its line would reach the lines of other workers.
        writeln!(self.out, "{style}{}{style:#}", Visible(&without_colors(&line.text)))
    }

    fn color(&mut self, worker: &Arc<str>) -> AnsiColor {
        let next = COLORS.into_iter().cycle().nth(self.colors.len() % COLORS.len());
        let next = next.unwrap_or(AnsiColor::Cyan);
        *self.colors.entry(Arc::clone(worker)).or_insert(next)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::logs::Stream;

    fn line(worker: Option<&str>) -> Line {
        Line {
            timestamp: Some("2026-08-06T17:43:02.47Z".parse().unwrap()),
            source: Stream::Container,
            level: Level::Error,
            worker: worker.map(Arc::from),
            text: "no \"GPU\"".to_owned(),
            is_oversized: false,
            id: None,
        }
    }

    fn printed(json: bool, line: &Line) -> String {
        let mut out = Vec::new();
        Printer::new(anstream::StripStream::new(&mut out), json).print(line).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn text_and_json() {
        assert_eq!(printed(false, &line(Some("w1"))), "2026-08-06T17:43:02.47Z w1 no \"GPU\"\n");
        assert_eq!(printed(false, &line(None)), "2026-08-06T17:43:02.47Z no \"GPU\"\n");
        let object: serde_json::Value = serde_json::from_str(&printed(true, &line(Some("w1")))).unwrap();
        let ts = "2026-08-06T17:43:02.47Z";
        let expected =
            json!({"ts": ts, "worker": "w1", "source": "container", "level": "error", "line": "no \"GPU\""});
        assert_eq!(object, expected);
    }

    #[test]
    fn workers_and_levels_have_colors() {
        let mut printer = Printer::new(Vec::new(), false);
        for worker in ["a", "b", "a"] {
            printer.print(&line(Some(worker))).unwrap();
        }
        let text = String::from_utf8(printer.out).unwrap();
        assert_eq!(text.matches("\u{1b}[36ma\u{1b}[0m").count(), 2, "{text:?}");
        assert!(text.contains("\u{1b}[32mb\u{1b}[0m") && text.contains("\u{1b}[31mno"), "{text:?}");
    }

    /// Whether a terminal obeys a character. The colors of the printer itself are removed before.
    fn is_obeyed(character: char) -> bool {
        let is_mark = matches!(character, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
        is_mark || (character.is_control() && character != '\t')
    }

    proptest! {
        #[test]
        fn any_line_is_one_line_that_a_terminal_shows(
            text in any::<String>(), codes in prop::collection::vec("[\u{0}-\u{1f}\u{7f}-\u{9f}\u{200e}-\u{202e}\u{2066}-\u{2069}m\\[0-9;]", 0..20), worker in any::<String>(),
        ) {
            let text = codes.join(&text);
            let line = Line { text: text.clone(), worker: Some(Arc::from(worker)), ..line(None) };
            let printed = without_colors(&printed(false, &line)).into_owned();
            let (shown, end) = printed.split_at(printed.len() - 1);
            prop_assert!(end == "\n" && !shown.contains(is_obeyed), "{shown:?}");
            let json = self::printed(true, &line);
            prop_assert!(!json.trim_end_matches('\n').contains(is_obeyed), "{json:?}");
            prop_assert_eq!(&serde_json::from_str::<serde_json::Value>(&json).unwrap()["line"], &text);
        }
    }

    #[test]
    fn colors_of_programs_are_removed_and_commands_are_shown() {
        let line =
            |text: &str| Line { text: text.to_owned(), level: Level::Info, timestamp: None, ..line(None) };
        assert_eq!(printed(false, &line("\x1b[32mINFO\x1b[0m ready\x1b[2J")), "INFO ready\\u{1b}[2J\n");
        assert_eq!(printed(false, &line("a\r\nw-2 forged")), "a\\r\\nw-2 forged\n");
    }
}
