//! Whether our own load holds more the longer it lasts: it is weighed after a fifth of the orders, and after each fifth
//! more.

use std::path::Path;
use std::time::Duration;

use super::ours::{command, said};
use super::process;
use super::stub::Stub;
use super::{Ask, REQUESTS_AN_ORDER};
use crate::run::{BenchError, say};

/// To start, to drain, and for a machine that is busy.
const BEYOND: Duration = Duration::from_secs(120);
const MARKS: u64 = 5;

#[derive(Clone, Debug)]
pub struct Memory {
    /// Requests a second.
    pub rate: u32,
    /// Orders that had ended, and KiB resident then.
    pub marks: Vec<(u64, u64)>,
    pub history_bytes: u64,
}

pub async fn measure(
    stub: &Stub,
    rate: u32,
    orders: u64,
    dir: &Path,
) -> Result<Memory, BenchError> {
    say(&format!("memory over {orders} orders"));
    let ask = Ask {
        url: stub.url.clone(),
        rate,
        length: Duration::from_secs_f64(orders as f64 * REQUESTS_AN_ORDER / f64::from(rate)),
        dir: dir.to_owned(),
    };
    // The last of them may be dropped where the machine stalls: a mark before it.
    let marks: Vec<u64> = (1..=MARKS)
        .map(|nth| orders * nth / MARKS - orders / 100)
        .collect();
    let ended = process::run("loadgen", command(&ask, &marks)?, ask.length + BEYOND).await?;
    let said = said(&ended.printed).ok_or_else(|| {
        let what = format!("it says nothing that is understood: {}", ended.printed);
        BenchError::Process("loadgen".into(), what)
    })?;
    Ok(Memory {
        rate,
        marks: said.marks,
        history_bytes: said.history_bytes,
    })
}
