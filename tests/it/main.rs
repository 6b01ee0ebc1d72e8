//! The integration tests: one binary, so that the exporter is linked once.
