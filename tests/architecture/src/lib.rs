//! The layering rules of ARCHITECTURE.md, as tests over `cargo metadata`.
