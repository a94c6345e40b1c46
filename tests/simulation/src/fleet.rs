//! The processes of the system: started, buried, started again.

use crate::{
    faults::Fault,
    instance::{Instance, REPLICAS, SERVICES},
    process::Process,
    system::System,
};
use messaging::Entropy;
use std::sync::Arc;

/// A supervisor starts a process again within this time.
const RESTART_US: u64 = 3_000_000;
/// A whole service may be away for longer than any deadline: its sagas wait for it.
const AWAY_US: u64 = 45_000_000;
const SKEW_MS: u64 = 3_000;
const PAUSE_US: u64 = 8_000_000;

pub struct Fleet {
    system: Arc<System>,
    places: Vec<Place>,
}

/// Where one instance of a service lives, or is about to.
struct Place {
    service: &'static str,
    name: String,
    living: Option<(Arc<Process>, Instance)>,
    start_at_us: u64,
    /// Nobody starts it before.
    away_until_us: u64,
}

impl Fleet {
    pub fn start(system: &Arc<System>) -> Self {
        let places = SERVICES.iter().flat_map(|service| {
            (1..=REPLICAS).map(move |nth| Place {
                service,
                name: format!("{service}-{nth}"),
                living: None,
                start_at_us: 0,
                away_until_us: 0,
            })
        });
        let mut fleet = Self {
            places: places.collect(),
            system: Arc::clone(system),
        };
        fleet.start_due();
        fleet
    }

    /// Buries the stopped: their connections and transactions end here.
    pub fn bury(&mut self) {
        let world = &self.system.world;
        for place in &mut self.places {
            let is_stopped = |(process, _): &(Arc<Process>, Instance)| process.is_stopped();
            if place.living.as_ref().is_some_and(is_stopped) {
                self.system.orders_api.close(&place.name);
                place.living = None;
                let start_at_us = world.timeline.now_us() + world.dice.below(RESTART_US);
                place.start_at_us = start_at_us.max(place.away_until_us);
            }
        }
    }

    /// Starts those whose time has come; when the next one's comes.
    pub fn start_due(&mut self) -> Option<u64> {
        let world = Arc::clone(&self.system.world);
        let now_us = world.timeline.now_us();
        for place in &mut self.places {
            if place.living.is_none() && place.start_at_us <= now_us {
                let is_wrong = world.faults.strike(Fault::ClockSkew, now_us);
                let skew_ms = match is_wrong {
                    true => world.dice.below(2 * SKEW_MS) as i64 - SKEW_MS as i64,
                    false => 0,
                };
                let process = Process::new(&world, place.service, place.name.clone(), skew_ms);
                if is_wrong {
                    process.note(format_args!("! clock wrong by {skew_ms} ms"));
                }
                let instance = Instance::start(&self.system, &process);
                place.living = Some((process, instance));
            }
        }
        let waiting = self.places.iter().filter(|place| place.living.is_none());
        waiting.map(|place| place.start_at_us).min()
    }

    /// A deployment without patience, or a machine that is gone: nobody is left who remembers.
    /// The others come back late; orders is not away for long, for it keeps the deadlines.
    pub fn stop_some_services(&mut self, director: &Process) {
        let world = &self.system.world;
        for service in SERVICES {
            if !director.struck(Fault::ServiceStop) {
                continue;
            }
            let away_us = match service == orders_contract::QUEUE {
                true => 0,
                false => world.dice.below(AWAY_US),
            };
            let away_until_us = world.timeline.now_us() + away_us;
            for place in self.places.iter_mut().filter(|one| one.service == service) {
                place.away_until_us = away_until_us;
                if let Some((process, _)) = &place.living {
                    process.stop("with its whole service");
                }
            }
        }
    }

    /// Some stand still for a while.
    pub fn pause_some(&self) {
        let world = &self.system.world;
        for (process, _) in self.living() {
            if !process.is_paused() && process.struck(Fault::Pause) {
                let until_us = world.timeline.now_us() + world.dice.below(PAUSE_US);
                process.pause_until(until_us);
            }
        }
    }

    /// Nobody stands still any longer than the storm.
    pub fn resume_all(&self) {
        for (process, _) in self.living() {
            process.pause_until(0);
        }
    }

    fn living(&self) -> impl Iterator<Item = &(Arc<Process>, Instance)> {
        self.places.iter().filter_map(|place| place.living.as_ref())
    }
}
