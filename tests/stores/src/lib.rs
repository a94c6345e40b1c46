//! Tests only: the stores held against each other, in `tests/stores`.
