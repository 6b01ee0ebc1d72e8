//! The text formats, one series a line: text 0.0.4, as described on
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>, and OpenMetrics 1.0, as described on
//! <https://prometheus.io/docs/specs/om/open_metrics_spec/>.

use super::blocks::Blocks;
use super::number::{canonical, number};
use super::output::Output;
use super::unit::unit;
use crate::catalog::{Declaration, Identity, Kind, Observations, Sink};
use crate::instruments::Exemplar;
use crate::snapshot::UnixTime;

/// The format of the lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dialect {
    Text,
    OpenMetrics,
}

/// Writes families as lines. A family without series is left out.
#[derive(Debug)]
pub(super) struct Lines {
    out: Output,
    dialect: Dialect,
    blocks: Blocks,
    /// The family whose first series is still to come.
    pending: Option<Declaration>,
    /// The family's name, and without the suffix of counters.
    name: &'static str,
    stem: &'static str,
    kind: Kind,
}

impl Lines {
    pub(super) fn new(dialect: Dialect, out: Output) -> Self {
        let (pending, name, stem, kind) = (None, "", "", Kind::Gauge);
        Self { out, dialect, blocks: Blocks::default(), pending, name, stem, kind }
    }

    /// The text, after its last line.
    pub(super) fn finish(mut self) -> Output {
        if self.dialect == Dialect::OpenMetrics {
            self.out.bytes.extend_from_slice(b"# EOF\n");
        }
        self.out
    }

    fn header(&mut self) {
        let Some(Declaration { name, help, kind, suffix, subject: _ }) = self.pending.take() else { return };
        let out = &mut self.out.bytes;
        let is_open = self.dialect == Dialect::OpenMetrics;
        let name = if is_open { self.stem } else { name };
        push(out, &[b"# HELP ", name.as_bytes(), b" "]);
        escape(out, help, is_open);
        push(out, &[b"\n# TYPE ", name.as_bytes(), b" ", kind.as_str().as_bytes(), b"\n"]);
        if let Some(unit) = suffix.and_then(unit).filter(|_| is_open) {
            push(out, &[b"# UNIT ", name.as_bytes(), b" ", unit.as_bytes(), b"\n"]);
        }
    }

    /// One line: the family's name with a suffix, the labels, for a bucket its upper bound, the value, and an exemplar.
    fn line(&mut self, suffix: &str, labels: Labels<'_>, value: f64, exemplar: Option<&Exemplar>) {
        let out = &mut self.out.bytes;
        push(out, &[self.name.as_bytes(), suffix.as_bytes()]);
        labels.write(out, &mut self.blocks, self.dialect);
        number(out, value);
        if let Some(exemplar) = exemplar.filter(|_| self.dialect == Dialect::OpenMetrics) {
            write_exemplar(out, exemplar);
        }
        out.push(b'\n');
    }

    /// The time since which a counter or a histogram counts, which text 0.0.4 does not have.
    fn created(&mut self, labels: Labels<'_>) {
        let since = labels.identity.since.filter(|_| self.dialect == Dialect::OpenMetrics);
        if let Some(UnixTime(since)) = since {
            let out = &mut self.out.bytes;
            push(out, &[self.stem.as_bytes(), b"_created"]);
            labels.write(out, &mut self.blocks, self.dialect);
            number(out, since);
            out.push(b'\n');
        }
    }
}

impl Sink for Lines {
    fn begin(&mut self, family: &Declaration) {
        self.blocks.begin(family.subject);
        self.pending = Some(*family);
        (self.name, self.kind) = (family.name, family.kind);
        self.stem = match family.kind {
            Kind::Counter => family.name.strip_suffix("_total").unwrap_or(family.name),
            Kind::Gauge | Kind::Histogram | Kind::Summary => family.name,
        };
    }

    fn sample(&mut self, identity: Identity<'_>, own: &[(&str, &str)], value: f64) {
        self.header();
        let labels = Labels { identity, own, bound: None };
        self.line("", labels, value, None);
        if self.kind == Kind::Counter {
            self.created(labels);
        }
        self.out.spill();
    }

    #[expect(clippy::cast_precision_loss, reason = "exact up to 2^53")]
    fn histogram(&mut self, identity: Identity<'_>, own: &[(&str, &str)], observations: &Observations<'_>) {
        self.header();
        let labels = Labels { identity, own, bound: None };
        for bucket in &observations.buckets {
            let labels = Labels { bound: Some(bucket.bound), ..labels };
            self.line("_bucket", labels, bucket.count as f64, bucket.exemplar);
        }
        self.line("_sum", labels, observations.sum, None);
        self.line("_count", labels, observations.count as f64, None);
        self.created(labels);
        self.out.spill();
    }
}

/// The labels of a series.
#[derive(Clone, Copy)]
struct Labels<'a> {
    identity: Identity<'a>,
    own: &'a [(&'a str, &'a str)],
    /// The upper bound of a bucket.
    bound: Option<f64>,
}

impl Labels<'_> {
    /// Writes them, and the space after them.
    fn write(&self, out: &mut Vec<u8>, blocks: &mut Blocks, dialect: Dialect) {
        let block = blocks.of(self.identity, |out, identity| pairs(out, identity.labels, b'{'));
        out.extend_from_slice(block);
        let mut separator = if block.is_empty() { b'{' } else { b',' };
        if !self.own.is_empty() {
            pairs(out, self.own, separator);
            separator = b',';
        }
        if let Some(bound) = self.bound {
            out.push(separator);
            separator = b',';
            out.extend_from_slice(b"le=\"");
            match dialect {
                Dialect::Text => number(out, bound),
                Dialect::OpenMetrics => canonical(out, bound),
            }
            out.push(b'"');
        }
        out.extend_from_slice(if separator == b',' { b"} " } else { b" " });
    }
}

/// Writes labels, with this character before the first one.
fn pairs(out: &mut Vec<u8>, pairs: &[(&str, &str)], mut separator: u8) {
    for (name, value) in pairs {
        out.push(separator);
        separator = b',';
        push(out, &[name.as_bytes(), b"=\""]);
        escape(out, value, true);
        out.push(b'"');
    }
}

/// The ids of the trace have 48 digits, of the 128 characters that an exemplar may have.
fn write_exemplar(out: &mut Vec<u8>, exemplar: &Exemplar) {
    let Exemplar { trace, value, time } = exemplar;
    out.extend_from_slice(b" # ");
    pairs(out, &[("trace_id", trace.trace_id()), ("span_id", trace.span_id())], b'{');
    out.extend_from_slice(b"} ");
    number(out, value.as_secs_f64());
    out.push(b' ');
    number(out, time.0);
}

/// Escapes backslash and line feed, and quotation marks where they end a text. Everything else is UTF-8 as it is.
#[inline]
fn escape(out: &mut Vec<u8>, text: &str, quotes: bool) {
    let is_special = |byte: u8| byte == b'\\' || byte == b'\n' || (byte == b'"' && quotes);
    // Reads all bytes before it decides: without an early end, the compiler compares many at once.
    if !text.bytes().fold(false, |found, byte| found | is_special(byte)) {
        out.extend_from_slice(text.as_bytes());
        return;
    }
    for byte in text.bytes() {
        match byte {
            b'\n' => out.extend_from_slice(b"\\n"),
            special if is_special(special) => out.extend_from_slice(&[b'\\', special]),
            other => out.push(other),
        }
    }
}

fn push(out: &mut Vec<u8>, parts: &[&[u8]]) {
    for part in parts {
        out.extend_from_slice(part);
    }
}
