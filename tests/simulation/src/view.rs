//! The fold of order-view, from its own source: its crate has no library to take it from.

#[path = "../../../services/order-view/src/view.rs"]
mod source;

pub use source::{Glimpse, fold};
