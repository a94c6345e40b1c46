//! The harness against an agent that is a stub: what it asks for, and what its journal keeps.

mod interrupted;
mod kills;
mod late;
mod stub;
