//! How many of the spans that the flows demand there are, over all traces.

use std::fmt;

use crate::verdict::grouped;

#[derive(Default)]
pub struct Completeness {
    pub demanded: u64,
    pub missing: u64,
}

/// Rounded down: `100.0 %` lacks nothing.
impl fmt::Display for Completeness {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let found = self.demanded.saturating_sub(self.missing);
        let thousandths = found.saturating_mul(1_000) / self.demanded.max(1);
        let (percent, tenths) = (thousandths / 10, thousandths % 10);
        let demanded = grouped(self.demanded);
        write!(f, "{percent}.{tenths} % of {demanded} demanded spans")
    }
}
