//! The trace of a job: the header `traceparent` of its webhook, as <https://www.w3.org/TR/trace-context/> describes it.

use std::fmt::{self, Debug, Formatter};

/// Number of digits of the id of a trace.
const TRACE: usize = 32;

/// Number of digits of the id of a span.
const SPAN: usize = 16;

/// The ids of a trace and of a span in it, in lower-case hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Trace {
    trace: [u8; TRACE],
    span: [u8; SPAN],
}

impl Trace {
    /// Parses the value of the header. A later version may have more fields at the end.
    pub fn parse(header: &str) -> Option<Self> {
        let mut fields = header.trim().splitn(4, '-');
        let version: [u8; 2] = digits(fields.next()?)?;
        let (trace, span) = (digits(fields.next()?)?, digits(fields.next()?)?);
        let (flags, more) = fields.next()?.split_at_checked(2)?;
        let _flags: [u8; 2] = digits(flags)?;
        let may_have_more = version != *b"00" && more.starts_with('-');
        let is_valid = version != *b"ff" && (more.is_empty() || may_have_more);
        let has_ids = trace != [b'0'; TRACE] && span != [b'0'; SPAN];
        (is_valid && has_ids).then_some(Self { trace, span })
    }

    /// The id of the trace.
    pub fn trace_id(&self) -> &str {
        str::from_utf8(&self.trace).unwrap_or_default()
    }

    /// The id of the span.
    pub fn span_id(&self) -> &str {
        str::from_utf8(&self.span).unwrap_or_default()
    }
}

impl Debug for Trace {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.trace_id(), self.span_id())
    }
}

fn digits<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits: [u8; N] = text.as_bytes().try_into().ok()?;
    digits.iter().all(|digit| matches!(digit, b'0'..=b'9' | b'a'..=b'f')).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    const IDS: &str = "4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7";

    #[test]
    fn a_header_has_the_ids_of_a_trace_and_a_span() {
        for header in [
            format!("00-{IDS}-01"),
            format!("00-{IDS}-00"),
            format!(" 00-{IDS}-01 "),
            format!("cc-{IDS}-01"),
            format!("cc-{IDS}-01-what-comes-later"),
        ] {
            let trace = Trace::parse(&header).unwrap();
            assert_eq!(format!("{}-{}", trace.trace_id(), trace.span_id()), IDS, "{header}");
        }
    }

    #[test]
    fn a_header_that_is_not_valid_has_no_trace() {
        let zeros = |digits| "0".repeat(digits);
        for header in [
            String::new(),
            IDS.to_owned(),
            format!("00-{IDS}"),
            format!("00-{IDS}-1"),
            format!("00-{IDS}-01-more"),
            format!("cc-{IDS}-01more"),
            format!("ff-{IDS}-01"),
            format!("0-{IDS}-01"),
            format!("00-{}-01", IDS.to_uppercase()),
            format!("00-{}-01", &IDS[1..]),
            format!("00-{}-00f067aa0ba902b7-01", zeros(TRACE)),
            format!("00-4bf92f3577b34da6a3ce929d0e0e4736-{}-01", zeros(SPAN)),
            format!("00-{IDS}-0é"),
            "é".repeat(55),
        ] {
            assert_eq!(Trace::parse(&header), None, "{header}");
        }
    }
}
