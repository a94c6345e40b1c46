//! The three kinds of metric a crate can declare, each a `static`.
//!
//! They hold no state of their own, so that a `const` list can be made of their declarations; the numbers are in
//! the process's recorder, and without one (a unit test) they go nowhere.

use crate::declaration::{Declaration, Kind, Unit};
use crate::series::{COUNTERS, GAUGES, HISTOGRAMS};

/// Counts what happened.
#[derive(Debug)]
pub struct Counter(Declaration);

impl Counter {
    pub const fn new(
        name: &'static str,
        unit: Unit,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self(declare(Kind::Counter, name, unit, labels, meaning))
    }

    pub const fn declaration(&self) -> Declaration {
        self.0
    }

    /// Adds `n`; one value for each declared label. Adding 0 makes the series visible from the start.
    pub fn add(&self, n: u64, values: &[&str]) {
        COUNTERS.with(&self.0, values, |counter| counter.increment(n));
    }
}

/// Says how much there is now.
#[derive(Debug)]
pub struct Gauge(Declaration);

impl Gauge {
    pub const fn new(
        name: &'static str,
        unit: Unit,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self(declare(Kind::Gauge, name, unit, labels, meaning))
    }

    pub const fn declaration(&self) -> Declaration {
        self.0
    }

    /// Sets the value; one value for each declared label.
    pub fn set(&self, value: f64, values: &[&str]) {
        GAUGES.with(&self.0, values, |gauge| gauge.set(value));
    }
}

/// Says how values are distributed; the buckets follow from the unit.
#[derive(Debug)]
pub struct Histogram(Declaration);

impl Histogram {
    pub const fn new(
        name: &'static str,
        unit: Unit,
        labels: &'static [&'static str],
        meaning: &'static str,
    ) -> Self {
        Self(declare(Kind::Histogram, name, unit, labels, meaning))
    }

    pub const fn declaration(&self) -> Declaration {
        self.0
    }

    /// Records one value; one value for each declared label.
    pub fn record(&self, value: f64, values: &[&str]) {
        HISTOGRAMS.with(&self.0, values, |histogram| histogram.record(value));
    }
}

const fn declare(
    kind: Kind,
    name: &'static str,
    unit: Unit,
    labels: &'static [&'static str],
    meaning: &'static str,
) -> Declaration {
    Declaration {
        name,
        kind,
        unit,
        labels,
        meaning,
    }
    .checked()
}
