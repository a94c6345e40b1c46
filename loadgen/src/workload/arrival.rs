//! How orders arrive in a stage: a file a shape, and a line to register it.

mod closed;
mod constant;
mod poisson;
mod ramp;
mod rate;
mod soak;
mod spacing;
mod spike;
mod steps;
mod times;

use std::time::Duration;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub use closed::Closed;
pub use constant::Constant;
pub use poisson::Poisson;
pub use ramp::Ramp;
pub use rate::{RATE_MAX, Rate};
pub use soak::Soak;
pub use spike::Spike;
pub use steps::Steps;
pub use times::Times;

use crate::dice::Dice;

macro_rules! arrivals {
    ($($key:literal $Shape:ident),* $(,)?) => {
        /// A shape, by its key.
        #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
        pub enum Arrival {
            $(#[serde(rename = $key)] $Shape($Shape),)*
        }

        impl Arrival {
            pub fn shape(&self) -> &dyn Shape {
                match self {
                    $(Self::$Shape(shape) => shape,)*
                }
            }

            pub fn key(&self) -> &'static str {
                match self {
                    $(Self::$Shape(_) => $key,)*
                }
            }
        }
    };
}

arrivals! {
    "constant" Constant,
    "poisson" Poisson,
    "ramp" Ramp,
    "steps" Steps,
    "spike" Spike,
    "soak" Soak,
    "file" Times,
    "closed" Closed,
}

/// Pure: the same dice and length, the same arrivals.
pub trait Shape {
    fn arrivals(&self, dice: Dice, length: Duration) -> Arrivals;

    /// Orders that arrive in a stage of that length, on average; `None` where that is not known before.
    fn expected(&self, length: Duration) -> Option<f64>;

    /// What is wrong with it in a stage of that length, and the member that says so.
    fn breach(&self, _length: Duration) -> Option<(String, String)> {
        None
    }

    /// The same at another rate, if it has only one.
    fn at_rate(&self, _rate: Rate) -> Option<Arrival> {
        None
    }
}

/// When orders of a stage are to be sent.
pub enum Arrivals {
    /// Offsets from the start of the stage, ascending, none after its end.
    Open(Box<dyn Iterator<Item = Duration> + Send>),
    /// Whenever a customer's last order has ended, and the pause after it.
    Closed(Closed),
}
