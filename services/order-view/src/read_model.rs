//! The seam to the read side's database: the projector's row and the orders, together.

use crate::{lease::Projecting, view::Glimpse};
use messaging::store::{CommitError, StoreError};
use orders_contract::OrderId;
use std::{collections::BTreeMap, future::Future};

pub trait ReadModel: Send + Sync + 'static {
    type Tx: Transaction;
    /// The projector's row as it was committed last. It waits for nobody and holds nobody up.
    fn look(&self) -> impl Future<Output = Result<Projecting, StoreError>> + Send;
    fn begin(&self) -> impl Future<Output = Result<Self::Tx, StoreError>> + Send;
}

/// One transaction. Dropping it undoes it.
pub trait Transaction: Send {
    /// The projector's row. Nobody else reads it for a change until the end.
    fn projecting(&mut self) -> impl Future<Output = Result<Projecting, StoreError>> + Send;
    fn keep(&mut self, row: &Projecting) -> impl Future<Output = Result<(), StoreError>> + Send;
    /// Guarded by version: what is known already, or newer, stays. Whoever waits for one
    /// of these orders is told.
    fn show(
        &mut self,
        glimpses: &BTreeMap<OrderId, Glimpse>,
    ) -> impl Future<Output = Result<(), StoreError>> + Send;
    fn commit(self) -> impl Future<Output = Result<(), CommitError>> + Send;
}
