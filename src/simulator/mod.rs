//! A Runpod that fits in the process.
