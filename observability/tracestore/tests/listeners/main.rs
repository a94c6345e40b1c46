//! The listeners of the embedded store beyond what Jaeger's API says: refusals, pages, limits.

mod harness;
mod otlp;
mod pages;
mod search;
