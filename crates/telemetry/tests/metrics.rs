//! Metrics as Prometheus reads them. The recorder is one a process, so this is one test.

use telemetry::{Counter, Declaration, Gauge, Histogram, LogFormat, Settings, Unit};

static SAID: Counter = Counter::new("sample_said_total", Unit::Count, &["word"], "Words said.");
static HELD: Gauge = Gauge::new("sample_held", Unit::Count, &[], "Words held back.");
static TOOK: Histogram = Histogram::new(
    "sample_took_seconds",
    Unit::Seconds,
    &["word"],
    "Time a word took.",
);

const ALL: &[Declaration] = &[SAID.declaration(), HELD.declaration(), TOOK.declaration()];

#[test]
fn what_is_recorded_is_rendered() {
    SAID.add(5, &["before there is a recorder"]);
    let telemetry = telemetry::init(&Settings {
        service: "sample",
        instance: "sample-1".to_owned(),
        otlp_endpoint: None,
        sample_ratio: 0.0,
        log_filter: "off".to_owned(),
        log_format: LogFormat::Text,
    })
    .expect("the first set-up");

    SAID.add(0, &["nothing"]);
    SAID.add(2, &["hello"]);
    SAID.add(1, &["hello"]);
    HELD.set(1.5, &[]);
    TOOK.record(0.02, &["hello"]);
    let text = telemetry.metrics_text();
    for line in [
        "# HELP sample_said_total Words said.",
        "# TYPE sample_said_total counter",
        r#"sample_said_total{word="nothing"} 0"#,
        r#"sample_said_total{word="hello"} 3"#,
        "sample_held 1.5",
        r#"sample_took_seconds_bucket{word="hello",le="0.015"} 0"#,
        r#"sample_took_seconds_bucket{word="hello",le="0.025"} 1"#,
        r#"sample_took_seconds_count{word="hello"} 1"#,
    ] {
        assert!(
            text.lines().any(|have| have == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(!text.contains("before there is a recorder"));
    assert!(text.contains("process_start_time_seconds 1"), "{text}");

    for word in 0..2000 {
        SAID.add(1, &[&word.to_string()]);
    }
    let series = telemetry.metrics_text();
    let series = series
        .lines()
        .filter(|line| line.starts_with("sample_said_total{"))
        .count();
    assert!(series <= 513, "{series} series of one metric");
    assert_eq!(telemetry::render_metrics_table(ALL).lines().count(), 5);
}
