//! The protobuf format: messages of the type `io.prometheus.client.MetricFamily`, each after its length, as described on
//! <https://prometheus.io/docs/instrumenting/exposition_formats/>. It is the only one with native histograms.

use super::blocks::Blocks;
use super::output::Output;
use super::unit::unit;
use super::wire::{double, integer, message, signed, text, varint, zigzag};
use crate::catalog::{Bucket, Declaration, Identity, Kind, Observations, Sink};
use crate::instruments::{Exemplar, Native, SCHEMA, ZERO_THRESHOLD};
use crate::snapshot::UnixTime;

/// Writes families as messages. A family without series is left out.
#[derive(Debug)]
pub(super) struct Messages {
    out: Output,
    blocks: Blocks,
    /// The family that is written, and its series so far.
    family: Option<Declaration>,
    metrics: Vec<u8>,
    scratch: Vec<u8>,
}

impl Messages {
    pub(super) fn new(out: Output) -> Self {
        let (metrics, scratch) = (Vec::new(), Vec::new());
        Self { out, blocks: Blocks::default(), family: None, metrics, scratch }
    }

    /// The messages, after the last family.
    pub(super) fn finish(mut self) -> Output {
        self.end_of_family();
        self.out
    }

    /// The length of a message is before it, so that it is written when all of its series are known.
    fn end_of_family(&mut self) {
        let Some(family) = self.family.take().filter(|_| !self.metrics.is_empty()) else { return };
        let Declaration { name, help, kind, suffix, subject: _ } = family;
        let mut header = Vec::new();
        text(&mut header, 1, name);
        text(&mut header, 2, help);
        integer(&mut header, 3, message_type(kind));
        let mut footer = Vec::new();
        if let Some(unit) = suffix.and_then(unit) {
            text(&mut footer, 5, unit);
        }
        varint(&mut self.out.bytes, (header.len() + self.metrics.len() + footer.len()) as u64);
        for part in [&header, &self.metrics, &footer] {
            self.out.bytes.extend_from_slice(part);
        }
        self.metrics.clear();
        self.out.spill();
    }

    /// Writes one series, whose value `write` writes.
    fn metric(&mut self, identity: Identity<'_>, own: &[(&str, &str)], write: impl FnOnce(&mut Vec<u8>)) {
        let Self { blocks, metrics, scratch, .. } = self;
        scratch.clear();
        let block = blocks.of(identity, |out, identity| pairs(out, identity.labels));
        scratch.extend_from_slice(block);
        pairs(scratch, own);
        write(scratch);
        varint(metrics, 4 << 3 | 2);
        varint(metrics, scratch.len() as u64);
        metrics.extend_from_slice(scratch);
    }
}

/// The number of a type. A summary would need a sum and a count, which Runpod does not report: its percentiles are gauges.
const fn message_type(kind: Kind) -> u64 {
    match kind {
        Kind::Counter => 0,
        Kind::Gauge | Kind::Summary => 1,
        Kind::Histogram => 4,
    }
}

impl Sink for Messages {
    fn begin(&mut self, family: &Declaration) {
        self.end_of_family();
        self.blocks.begin(family.subject);
        self.family = Some(*family);
    }

    fn sample(&mut self, identity: Identity<'_>, own: &[(&str, &str)], value: f64) {
        let is_counter = self.family.is_some_and(|family| family.kind == Kind::Counter);
        self.metric(identity, own, |out| {
            let field = if is_counter { 3 } else { 2 };
            message(out, field, |out| {
                double(out, 1, value);
                if let Some(since) = identity.since.filter(|_| is_counter) {
                    timestamp(out, 3, since);
                }
            });
        });
    }

    fn histogram(&mut self, identity: Identity<'_>, own: &[(&str, &str)], observations: &Observations<'_>) {
        self.metric(identity, own, |out| {
            message(out, 7, |out| {
                integer(out, 1, observations.count);
                double(out, 2, observations.sum);
                for bucket in &observations.buckets {
                    message(out, 3, |out| classic(out, *bucket));
                }
                native(out, observations.native);
                if let Some(since) = identity.since {
                    timestamp(out, 15, since);
                }
            });
        });
    }
}

fn classic(out: &mut Vec<u8>, Bucket { bound, count, exemplar }: Bucket<'_>) {
    integer(out, 1, count);
    double(out, 2, bound);
    if let Some(Exemplar { trace, value, time }) = exemplar {
        message(out, 3, |out| {
            pairs(out, &[("trace_id", trace.trace_id()), ("span_id", trace.span_id())]);
            double(out, 2, value.as_secs_f64());
            timestamp(out, 3, *time);
        });
    }
}

/// The buckets of exponential width: spans of consecutive ones, and for each the difference to the one before it.
fn native(out: &mut Vec<u8>, native: &Native) {
    signed(out, 5, SCHEMA.into());
    double(out, 6, ZERO_THRESHOLD);
    integer(out, 7, native.zero());
    let spans = native.spans();
    let mut end = 0_i64;
    for span in &spans {
        let (first, length) = (i64::from(span.first), span.counts.len());
        message(out, 12, |out| {
            signed(out, 1, first.saturating_sub(end));
            integer(out, 2, length as u64);
        });
        end = first.saturating_add(i64::try_from(length).unwrap_or_default());
    }
    message(out, 13, |out| {
        let mut before = 0;
        for count in spans.iter().flat_map(|span| &span.counts) {
            let count = i64::try_from(*count).unwrap_or(i64::MAX);
            varint(out, zigzag(count.saturating_sub(before)));
            before = count;
        }
    });
}

fn pairs(out: &mut Vec<u8>, pairs: &[(&str, &str)]) {
    for (name, value) in pairs {
        message(out, 1, |out| {
            text(out, 1, name);
            text(out, 2, value);
        });
    }
}

#[expect(clippy::cast_possible_truncation, reason = "a point in time is checked when it is read")]
#[expect(clippy::cast_sign_loss, reason = "the fraction of the floor is not negative")]
fn timestamp(out: &mut Vec<u8>, field: u64, UnixTime(time): UnixTime) {
    let seconds = time.floor();
    message(out, field, |out| {
        integer(out, 1, seconds as u64);
        integer(out, 2, ((time - seconds) * 1e9) as u64);
    });
}
