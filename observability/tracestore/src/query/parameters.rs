//! The parameters of a search, in both spellings Jaeger has had for them.

use super::error::ApiError;
use super::go_duration;
use crate::store::Query;
use crate::time::parse_rfc3339;

/// Traces when nobody says how many; Jaeger's own pages ask for 20, its command-line tools for 100.
const NUM_TRACES_DEFAULT: usize = 100;

/// What Jaeger's memory store holds, and so the most it can be asked for.
const NUM_TRACES_MAX: usize = 100_000;

/// A query string as its pairs. As in Go, the first of several counts, and an empty value is none.
pub(super) struct Parameters(pub Vec<(String, String)>);

impl Parameters {
    fn get(&self, names: &[&str]) -> Option<&str> {
        let named = |wanted: &&str| {
            self.0
                .iter()
                .find(|(name, _)| name == wanted)
                .map(|(_, value)| value.as_str())
        };
        names
            .iter()
            .find_map(named)
            .filter(|value| !value.is_empty())
    }

    pub(super) fn service(&self) -> Option<&str> {
        self.get(&["service"])
    }

    pub(super) fn span_kind(&self) -> Option<&str> {
        self.get(&["span_kind", "spanKind"])
    }

    /// The parameters of a trace by id bound a search in stores that need bounds. This one does not, and only
    /// refuses what Jaeger refuses.
    pub(super) fn check_trace(&self) -> Result<(), ApiError> {
        self.time(&["start_time", "startTime"])?;
        self.time(&["end_time", "endTime"])?;
        self.boolean(&["raw_traces", "rawTraces"])
    }

    pub(super) fn search(&self) -> Result<Query<'_>, ApiError> {
        let start_min_ns = self.time(&["query.start_time_min", "query.startTimeMin"])?;
        let start_max_ns = self.time(&["query.start_time_max", "query.startTimeMax"])?;
        let (Some(start_min_ns), Some(start_max_ns)) = (start_min_ns, start_max_ns) else {
            return Err(ApiError::bad_request(
                "query.start_time_min and query.start_time_max are required",
            ));
        };
        self.boolean(&["query.raw_traces", "query.rawTraces"])?;
        let duration_max_ns = self.duration(&["query.duration_max", "query.durationMax"])?;
        Ok(Query {
            service: self.get(&["query.service_name", "query.serviceName"]),
            operation: self.get(&["query.operation_name", "query.operationName"]),
            subject: None,
            start_min_ns,
            start_max_ns,
            duration_min_ns: self
                .duration(&["query.duration_min", "query.durationMin"])?
                .unwrap_or(0),
            // zero is "no maximum" in Jaeger
            duration_max_ns: duration_max_ns
                .filter(|limit| *limit > 0)
                .unwrap_or(u64::MAX),
            limit: self.limit()?,
        })
    }

    fn limit(&self) -> Result<usize, ApiError> {
        let names = [
            "query.num_traces",
            "query.numTraces",
            "query.search_depth",
            "query.searchDepth",
        ];
        let Some(text) = self.get(&names) else {
            return Ok(NUM_TRACES_DEFAULT);
        };
        match text.parse() {
            Ok(limit @ 1..=NUM_TRACES_MAX) => Ok(limit),
            _ => Err(ApiError::malformed(
                names[0],
                &format!("{text:?} is not from 1 to {NUM_TRACES_MAX}"),
            )),
        }
    }

    fn time(&self, names: &[&str]) -> Result<Option<u64>, ApiError> {
        self.parsed(
            names,
            parse_rfc3339,
            "is not RFC 3339, such as 2026-01-31T10:00:00.000000001Z",
        )
    }

    fn duration(&self, names: &[&str]) -> Result<Option<u64>, ApiError> {
        self.parsed(
            names,
            go_duration::parse,
            "is no duration, such as 1.5s or 100ms",
        )
    }

    fn boolean(&self, names: &[&str]) -> Result<(), ApiError> {
        let known = [
            "1", "t", "T", "TRUE", "true", "True", "0", "f", "F", "FALSE", "false", "False",
        ];
        self.parsed(
            names,
            |text| known.contains(&text).then_some(()),
            "is neither true nor false",
        )
        .map(|_| ())
    }

    fn parsed<T>(
        &self,
        names: &[&str],
        parse: impl Fn(&str) -> Option<T>,
        why: &str,
    ) -> Result<Option<T>, ApiError> {
        let Some(text) = self.get(names) else {
            return Ok(None);
        };
        let name = names.first().copied().unwrap_or_default();
        parse(text)
            .map(Some)
            .ok_or_else(|| ApiError::malformed(name, &format!("{text:?} {why}")))
    }
}
