//! The cases. Each has services of its own, so that they run side by side and against a Jaeger in use.

mod search;
mod traces;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::target::Target;

type Case = fn(Arc<Target>) -> Pin<Box<dyn Future<Output = ()> + Send>>;

macro_rules! cases {
    ($($suite:ident::$name:ident),+ $(,)?) => {
        &[$((stringify!($name), |target| Box::pin($suite::$name(target)))),+]
    };
}

pub const ALL: &[(&str, Case)] = cases![
    traces::a_span_comes_back_as_otlp_json,
    traces::spans_of_both_ways_in_are_one_trace,
    traces::a_trace_id_may_be_short_and_must_be_hex,
    traces::services_and_operations_are_listed,
    traces::a_body_that_is_no_otlp_is_refused,
    search::a_search_needs_both_times,
    search::a_malformed_parameter_is_named,
    search::a_search_is_by_service_operation_and_window,
    search::a_search_is_by_duration,
    search::a_search_answers_whole_traces,
    search::a_limit_keeps_the_newest,
    search::a_limit_below_one_is_refused,
    search::nothing_found_is_not_found,
];
