//! The series of this process: one handle for each metric and set of label values, looked up without allocating.

use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock};

use metrics::{Key, Label, Metadata, Recorder, SharedString};

use crate::declaration::Declaration;
use crate::recorder;

/// Series of one metric. Label values come from written vocabularies (kinds, outcomes, routes), the largest of
/// which times another stays far below; a label that turns out unbounded ends in [`OVERFLOW`], not in memory.
const SERIES_PER_METRIC_MAX: usize = 512;

/// The label value of everything beyond [`SERIES_PER_METRIC_MAX`].
const OVERFLOW: &str = "overflow";

const METADATA: Metadata<'static> = Metadata::new("telemetry", metrics::Level::INFO, None);

pub(crate) static COUNTERS: Series<metrics::Counter> = Series::new(|recorder, key, metric| {
    recorder.describe_counter(name(metric), None, meaning(metric));
    recorder.register_counter(key, &METADATA)
});

pub(crate) static GAUGES: Series<metrics::Gauge> = Series::new(|recorder, key, metric| {
    recorder.describe_gauge(name(metric), None, meaning(metric));
    recorder.register_gauge(key, &METADATA)
});

pub(crate) static HISTOGRAMS: Series<metrics::Histogram> = Series::new(|recorder, key, metric| {
    recorder.describe_histogram(name(metric), None, meaning(metric));
    recorder.register_histogram(key, &METADATA)
});

fn name(metric: &Declaration) -> metrics::KeyName {
    metrics::KeyName::from_const_str(metric.name)
}

fn meaning(metric: &Declaration) -> SharedString {
    SharedString::const_str(metric.meaning)
}

type Register<H> = fn(&dyn Recorder, &Key, &Declaration) -> H;

/// Label values and their handle, sorted by the values.
type Handles<H> = Vec<(Box<[Box<str>]>, H)>;

pub(crate) struct Series<H: 'static> {
    register: Register<H>,
    by_metric: RwLock<BTreeMap<&'static str, Handles<H>>>,
}

impl<H> Series<H> {
    const fn new(register: Register<H>) -> Self {
        Self {
            register,
            by_metric: RwLock::new(BTreeMap::new()),
        }
    }

    /// Calls `record` with the handle of the series; does nothing before a recorder is installed.
    pub(crate) fn with(&self, metric: &Declaration, values: &[&str], record: impl FnOnce(&H)) {
        debug_assert_eq!(
            metric.labels.len(),
            values.len(),
            "labels of {}",
            metric.name
        );
        if !recorder::is_installed() {
            return;
        }
        {
            let known = self
                .by_metric
                .read()
                .unwrap_or_else(PoisonError::into_inner);
            if let Some(handles) = known.get(metric.name)
                && let Ok(at) = position(handles, values)
            {
                return record(&handles[at].1);
            }
        }
        let mut known = self
            .by_metric
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        let handles = known.entry(metric.name).or_default();
        let overflow = vec![OVERFLOW; values.len()];
        let values = if handles.len() < SERIES_PER_METRIC_MAX {
            values
        } else {
            &overflow
        };
        let at = position(handles, values).unwrap_or_else(|at| {
            let handle = self.register(metric, values);
            let values = values.iter().map(|&value| value.into()).collect();
            handles.insert(at, (values, handle));
            at
        });
        record(&handles[at].1);
    }

    fn register(&self, metric: &Declaration, values: &[&str]) -> H {
        let labels: Vec<Label> = std::iter::zip(metric.labels, values)
            .map(|(&label, &value)| Label::new(label, value.to_owned()))
            .collect();
        let key = Key::from_parts(metric.name, labels);
        metrics::with_recorder(|recorder| (self.register)(recorder, &key, metric))
    }
}

/// Where `values` are in `handles`, or where they belong.
fn position<H>(handles: &Handles<H>, values: &[&str]) -> Result<usize, usize> {
    handles.binary_search_by(|(known, _)| {
        let known = known.iter().map(|value| &**value);
        known.cmp(values.iter().copied())
    })
}
