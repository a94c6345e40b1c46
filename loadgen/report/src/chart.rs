//! Charts as inline SVG. What is drawn stretches with the page; what is written stands beside it in HTML and does not.
//!
//! Every chart says its numbers in words too, for those who cannot see it.

pub mod axis;
pub mod bands;
pub mod bars;
pub mod heat_map;
pub mod lines;
pub mod scale;
pub mod sequence;
pub mod waterfall;
