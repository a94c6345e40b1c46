//! The page of a generated run: what it says, how big it is, and what a real browser makes of it.

mod browser;
mod content;
mod generated;
