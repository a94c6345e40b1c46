//! What the files come to: the measured orders, the faults, and the time that both are shown in.

pub mod budget;
pub mod critical_path;
pub mod faults;
pub mod losses;
pub mod orders;
pub mod percentiles;
pub mod rates;
pub mod recovery;
pub mod strange;
pub mod time_spent;
pub mod window;
pub mod workload;

use std::collections::BTreeSet;

use checkers::state::Part;

use crate::files::Files;
use faults::Fault;
use orders::Order;
use window::Window;

pub struct Findings {
    pub files: Files,
    pub window: Window,
    /// In the order of their intended start, those of the warm-up left out.
    pub orders: Vec<Order>,
    pub faults: Part<Vec<Fault>>,
}

impl Findings {
    pub fn of(files: Files) -> Self {
        let window = Window::of(&files.record.phases, &files.history);
        let orders = orders::measured(&files.history, &window);
        let faults = match &files.journal {
            Part::Read(journal) => Part::Read(faults::of(journal)),
            Part::Missing(why) => Part::Missing(why.clone()),
        };
        Self {
            files,
            window,
            orders,
            faults,
        }
    }

    /// By name, those that some order asked for.
    pub fn coordinations(&self) -> Vec<String> {
        let names: BTreeSet<&str> = self
            .orders
            .iter()
            .map(|order| order.coordination.as_str())
            .collect();
        names.into_iter().map(str::to_owned).collect()
    }

    /// Where two runs are compared: which of them the faults are of.
    pub fn mark_faults(&mut self, run: &'static str) {
        if let Part::Read(faults) = &mut self.faults {
            faults.iter_mut().for_each(|fault| fault.run = run);
        }
    }

    /// Those that are known.
    pub fn faults(&self) -> &[Fault] {
        self.faults.get().map_or(&[], Vec::as_slice)
    }
}
