//! How many orders ended with which latency in which second.

use super::second_of;
use super::seconds::Seconds;

/// Columns: more than the widest terminal has.
const SECONDS_KEPT: usize = 600;
/// From 1 ms to 100 s: below it is the machine's noise, and a watch gives up before 100 s.
pub const DECADES: usize = 5;
/// 1, 2, 5, 10: the steps of a decade are equally wide on a log scale, nearly.
pub const ROWS_PER_DECADE: usize = 3;
/// One below and one above.
pub const ROWS: usize = DECADES * ROWS_PER_DECADE + 2;

/// The lower bounds of the rows but the first.
const BOUNDS_US: [u64; ROWS - 1] = [
    1_000,
    2_000,
    5_000,
    10_000,
    20_000,
    50_000,
    100_000,
    200_000,
    500_000,
    1_000_000,
    2_000_000,
    5_000_000,
    10_000_000,
    20_000_000,
    50_000_000,
    100_000_000,
];

/// Orders by row, the quickest first.
pub type Column = [u32; ROWS];

pub struct Heat {
    columns: Seconds<Column>,
}

impl Default for Heat {
    fn default() -> Self {
        Self {
            columns: Seconds::keeping(SECONDS_KEPT),
        }
    }
}

impl Heat {
    pub fn record(&mut self, at_us: u64, latency_us: u64) {
        if let Some(column) = self.columns.at(second_of(at_us)) {
            let row = BOUNDS_US.partition_point(|bound| *bound <= latency_us);
            column[row] = column[row].saturating_add(1);
        }
    }

    /// A second in which nothing ends has its column too.
    pub fn pass(&mut self, now_us: u64) {
        self.columns.at(second_of(now_us));
    }

    pub fn columns(&self, count: usize) -> impl ExactSizeIterator<Item = &Column> {
        self.columns.latest(count)
    }
}

/// The rows of a decade as one; the first and the last stay what they are.
pub fn by_decade(column: &Column) -> [u32; DECADES + 2] {
    let mut decades = [0; DECADES + 2];
    for (row, count) in column.iter().enumerate() {
        decades[row.div_ceil(ROWS_PER_DECADE)] += count;
    }
    decades
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(latencies_us: &[u64]) -> Column {
        let mut heat = Heat::default();
        latencies_us.iter().for_each(|us| heat.record(0, *us));
        *heat.columns(1).next().expect("a column")
    }

    fn row(latency_us: u64) -> usize {
        let column = column(&[latency_us]);
        column.iter().position(|count| *count == 1).expect("a row")
    }

    #[test]
    fn a_bound_belongs_to_the_row_above_it() {
        let rows = [0, 999, 1_000, 1_999, 2_000, 9_999, 10_000].map(row);
        assert_eq!(rows, [0, 0, 1, 1, 2, 3, 4]);
        assert_eq!([99_999_999, 100_000_000, u64::MAX].map(row), [15, 16, 16]);
    }

    #[test]
    fn a_decade_has_all_of_its_rows() {
        let all = column(&[500, 1_000, 2_000, 5_000, 10_000, 50_000_000, 100_000_000]);
        assert_eq!(by_decade(&all), [1, 3, 1, 0, 0, 1, 1]);
    }

    #[test]
    fn a_quiet_second_is_a_column() {
        let mut heat = Heat::default();
        heat.record(1_000_000, 5);
        heat.pass(3_500_000);
        let counts: Vec<u32> = heat.columns(9).map(|column| column.iter().sum()).collect();
        assert_eq!(counts, [1, 0, 0]);
    }
}
