//! Both stores, step by step.

use super::{
    instance::{Answer, Instance, Progress, Statement},
    simulated::Simulated,
    step::Step,
};
use crate::{bounds::INSTANCES, contents::Contents, kept::Kept, servers::Verdict};
use messaging::store::{Outbox, OutboxRow, postgres::PgStore};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// Far more than there ever are.
const ALL: u32 = 1_000;

/// What has to happen now and then, or nothing was tried.
#[derive(Clone, Copy, Debug, Default)]
pub struct Seen {
    commits: usize,
    waits: usize,
    taken: usize,
    duplicates: usize,
}

impl Seen {
    pub fn add(&mut self, other: Self) {
        self.commits += other.commits;
        self.waits += other.waits;
        self.taken += other.taken;
        self.duplicates += other.duplicates;
    }

    /// Two who insert the same row at once are too rare to be asked for.
    pub fn check(self) {
        let all = [self.commits, self.waits, self.duplicates];
        assert!(all.iter().all(|count| *count > 0), "not tried: {self:?}");
    }
}

pub struct Duel<'a, P: Kept> {
    /// To look from outside.
    sql: &'a PgStore<P, P::Sql>,
    instances: Vec<Instance<P>>,
    simulated: Simulated<P>,
    /// What was committed when an instance began to wait.
    known: Vec<BTreeMap<String, String>>,
    claimed: Vec<Uuid>,
    now_ms: i64,
    pub seen: Seen,
}

impl<'a, P: Kept> Duel<'a, P> {
    pub fn begin(url: &str, sql: &'a PgStore<P, P::Sql>) -> Self {
        Self {
            sql,
            instances: (0..INSTANCES).map(|n| Instance::start(url, n)).collect(),
            simulated: Simulated::new(INSTANCES),
            known: vec![BTreeMap::new(); INSTANCES],
            claimed: Vec::new(),
            now_ms: 1_000_000,
            seen: Seen::default(),
        }
    }

    pub async fn fight(&mut self, steps: &[Step<P>]) -> Verdict {
        for step in steps {
            self.take(step).await?;
        }
        self.come_to_rest().await?;
        self.agree().await
    }

    async fn take(&mut self, step: &Step<P>) -> Verdict {
        self.now_ms += 1;
        match step {
            // Who waits can do nothing else.
            Step::Next { who, .. } | Step::Undo { who, .. } if self.instances[*who].waits() => {}
            // A statement that waits has seen some of what would go: SQL looks row by row.
            Step::Erase | Step::Prune { .. } if self.instances.iter().any(Instance::waits) => {}
            Step::Next { who, items } => {
                self.instances[*who].proceed(items);
                self.known[*who] = Contents::of_simulation::<P>(&self.simulated.database).rows;
                self.settle(*who).await?;
            }
            Step::Undo { who, politely } => self.undo(*who, *politely).await?,
            Step::Claim => {
                let sql = self
                    .sql
                    .outbox_claim(self.now_ms, ALL)
                    .await
                    .expect("claimed");
                let claim = self.simulated.store.outbox_claim(self.now_ms, ALL);
                let simulated = self.simulated.drive(claim).expect("claimed");
                prop_assert_eq!(ids(&sql), ids(&simulated), "claimed by SQL and simulated");
                self.claimed = sql.iter().map(OutboxRow::id).collect();
            }
            Step::Erase => {
                self.sql.outbox_delete(&self.claimed).await.expect("erased");
                let erase = self.simulated.store.outbox_delete(&self.claimed);
                self.simulated.drive(erase).expect("erased");
            }
            Step::Prune { older_than_ms } => {
                let before_ms = self.now_ms - older_than_ms;
                let sql = self.sql.inbox_prune(before_ms, ALL).await;
                let prune = self.simulated.store.inbox_prune(before_ms, ALL);
                prop_assert_eq!(
                    sql,
                    self.simulated.drive(prune),
                    "pruned by SQL and simulated"
                );
            }
            Step::Wait { ms } => self.now_ms += ms,
        }
        Ok(())
    }

    /// Until the statement of `who` is through or waits; whoever it let go on, too.
    async fn settle(&mut self, who: usize) -> Verdict {
        match self.instances[who].settle(self.sql.pool()).await {
            Progress::Idle => Ok(()),
            Progress::Waits => {
                self.seen.waits += 1;
                Ok(())
            }
            Progress::Through(statement, answer) => {
                self.through(who, statement, answer, false).await
            }
        }
    }

    async fn through(
        &mut self,
        who: usize,
        statement: Statement<P>,
        answer: Answer<P::State>,
        waited: bool,
    ) -> Verdict {
        let simulated = self.simulated.execute(who, &statement);
        let complete = self.compare(who, &answer, &simulated, waited)?;
        if answer == Answer::Taken || !complete {
            self.seen.taken += usize::from(answer == Answer::Taken);
            return Box::pin(self.undo(who, true)).await;
        }
        if let (Statement::Find(_), Answer::Found(found)) = (&statement, &answer) {
            self.seen.duplicates += found.len();
        }
        self.instances[who].plan(&statement, &answer, self.now_ms);
        if matches!(statement, Statement::Commit) {
            self.seen.commits += 1;
            Box::pin(self.let_go()).await?;
            self.agree().await?;
        }
        Ok(())
    }

    /// Whether the transaction may go on.
    fn compare(
        &self,
        who: usize,
        sql: &Answer<P::State>,
        simulated: &Answer<P::State>,
        waited: bool,
    ) -> Result<bool, TestCaseError> {
        let (Answer::Loaded(sql), Answer::Loaded(simulated), true) = (sql, simulated, waited)
        else {
            prop_assert_eq!(sql, simulated, "{}: told by SQL and simulated", who);
            return Ok(true);
        };
        // SQL loads table after table. What was inserted while it waited at one may be
        // missing in what it had read before, and so may what it would have led to; a save
        // would then find the key taken.
        let leads_to = P::leads_to(simulated);
        let (sql, simulated) = (P::rows(sql), P::rows(simulated));
        for (key, row) in &sql {
            prop_assert_eq!(
                Some(row),
                simulated.get(key),
                "{}: {} after a wait",
                who,
                key
            );
        }
        let missing: Vec<_> = simulated
            .keys()
            .filter(|key| !sql.contains_key(*key))
            .collect();
        let is_new = |key: &String| !self.known[who].contains_key(key);
        let led_to: BTreeSet<&String> = (missing.iter())
            .filter(|key| is_new(key))
            .filter_map(|key| leads_to.get(*key))
            .flatten()
            .collect();
        for key in &missing {
            prop_assert!(
                is_new(key) || led_to.contains(key),
                "{who}: {key} was there before"
            );
        }
        Ok(missing.is_empty())
    }

    async fn undo(&mut self, who: usize, politely: bool) -> Verdict {
        if self.instances[who].undo(self.sql.pool(), politely).await {
            self.simulated.undo(who);
            self.let_go().await?;
        }
        Ok(())
    }

    /// A transaction has ended: those who waited for it go on, and nobody else. One whose
    /// statement failed has ended as well, and may be whom the others waited for.
    async fn let_go(&mut self) -> Verdict {
        let mut all = Vec::new();
        for (who, instance) in self.instances.iter_mut().enumerate() {
            if let Progress::Through(statement, answer) = instance.settle(self.sql.pool()).await {
                all.push((who, statement, answer));
            }
        }
        all.sort_by_key(|(_, _, answer)| *answer != Answer::Taken);
        for (who, statement, answer) in all {
            self.through(who, statement, answer, true).await?;
        }
        Ok(())
    }

    /// Everything open is given up.
    async fn come_to_rest(&mut self) -> Verdict {
        while self.instances.iter().any(Instance::is_open) {
            for who in 0..self.instances.len() {
                if !self.instances[who].waits() {
                    self.undo(who, true).await?;
                }
            }
            self.let_go().await?;
        }
        Ok(())
    }

    /// Rows can be looked at while nobody has them locked.
    async fn agree(&self) -> Verdict {
        if !self.instances.iter().any(Instance::is_open) {
            let sql = Contents::of_sql(self.sql).await;
            let simulated = Contents::of_simulation::<P>(&self.simulated.database);
            prop_assert_eq!(sql, simulated, "kept by SQL and simulated");
        }
        Ok(())
    }
}

fn ids(rows: &[OutboxRow]) -> BTreeSet<Uuid> {
    rows.iter().map(OutboxRow::id).collect()
}
