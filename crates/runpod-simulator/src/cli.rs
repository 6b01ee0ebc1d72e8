//! The flags of the command line.
