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
        let Line { timestamp, source, level, worker, text, id: _ } = line;
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
    use super::*;
    use crate::logs::Stream;

    fn line(worker: Option<&str>) -> Line {
        Line {
            timestamp: Some("2026-08-06T17:43:02.47Z".parse().unwrap()),
            source: Stream::Container,
            level: Level::Error,
            worker: worker.map(Arc::from),
            text: "no \"GPU\"".to_owned(),
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
}
