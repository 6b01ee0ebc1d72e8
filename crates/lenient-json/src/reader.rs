//! A reader that repairs a document while it is received.

use std::io::{self, Read};

use crate::repair::Repair;

/// Number of bytes that are read and repaired at a time.
const PIECE: usize = 8 * 1024;

/// Repairs what another reader returns.
#[derive(Debug)]
pub(crate) struct RepairReader<R> {
    inner: R,
    repair: Repair,
    piece: Box<[u8]>,
    ready: Vec<u8>,
    /// Number of bytes of `ready` that were returned.
    used: usize,
    ended: bool,
}

impl<R: Read> RepairReader<R> {
    pub(crate) fn new(inner: R) -> Self {
        let piece = vec![0; PIECE].into_boxed_slice();
        Self { inner, repair: Repair::default(), piece, ready: Vec::new(), used: 0, ended: false }
    }

    /// Reads and repairs until there is something to return, or the document ends.
    fn fill(&mut self) -> io::Result<()> {
        while self.used == self.ready.len() && !self.ended {
            self.ready.clear();
            self.used = 0;
            match self.inner.read(&mut self.piece)? {
                0 => {
                    self.ended = true;
                    self.repair.finish(&mut self.ready);
                }
                length => self.repair.feed(self.piece.get(..length).unwrap_or_default(), &mut self.ready),
            }
        }
        Ok(())
    }
}

impl<R: Read> Read for RepairReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.fill()?;
        let mut rest = self.ready.get(self.used..).unwrap_or_default();
        let length = rest.read(buffer)?;
        self.used += length;
        Ok(length)
    }
}
