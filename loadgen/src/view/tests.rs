//! What is on the screen, in words.

use checkers::history::Outcome;
use checkers::journal::{Injection, Journal, Receipt};
use checkers::state::Part;
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use super::keys::Showing;
use super::model::Model;
use super::model::rates::Counters;
use super::model::tests::{BEGAN_US, FIRST, SECOND, answer, ended, model, place, read};
use super::page::{self, Page};
use crate::workload::Pace;

fn screen_of(model: &Model, showing: &Showing, width: u16, height: u16) -> String {
    let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a screen");
    let drawn = terminal.draw(|frame| {
        let area = frame.area();
        page::draw(model, showing, area, frame.buffer_mut());
    });
    drawn.expect("drawn");
    terminal.backend().to_string()
}

fn shown(model: &Model, page: Page) -> String {
    let showing = Showing {
        page,
        ..Showing::default()
    };
    screen_of(model, &showing, 160, 50)
}

/// A run in which everything that can be shown has happened.
fn eventful() -> Model {
    let mut model = model();
    for nth in 0..200 {
        let outcome = match nth % 3 {
            0 => Outcome::confirmed(),
            1 => Outcome::rejected("out_of_stock"),
            _ => Outcome::cancelled("deadline"),
        };
        ended(&mut model, FIRST + 4 * nth, Outcome::confirmed(), outcome);
    }
    let op = FIRST + 4_000;
    model.line(place(op, BEGAN_US, Outcome::confirmed()));
    model.line(answer(op, BEGAN_US, 1));
    model.enter("inject", BEGAN_US + SECOND);
    model.said("chaos: link/blackhole for 10 s");
    model.said(
        "chaos: a line that is very long and says nothing "
            .repeat(20)
            .as_str(),
    );
    model.missed = 3;
    let counters = Counters {
        intended: Some(250),
        sent: 200,
        ended: 200,
        dropped: 31,
        failed: 4,
        ..Counters::default()
    };
    model.sample(counters, BEGAN_US + 2 * SECOND);
    model
}

#[test]
fn the_phase_is_shown_with_its_time_and_how_long_it_was_meant_to_take() {
    let mut model = model();
    model.sample(Counters::default(), BEGAN_US + 4 * SECOND);
    let screen = shown(&model, Page::Overview);
    assert!(screen.contains("baseline 4 s of 10 s"), "{screen}");
    assert!(screen.contains("load 4 s, 1:00 planned"), "{screen}");
    model.enter("inject", BEGAN_US + 10 * SECOND);
    model.sample(Counters::default(), BEGAN_US + 15 * SECOND);
    let screen = shown(&model, Page::Overview);
    assert!(screen.contains("inject 5 s of at most 10:00"), "{screen}");
}

#[test]
fn rates_are_shown_as_figures_and_as_a_line() {
    let mut model = model();
    for second in 0..5 {
        let counters = Counters {
            intended: Some(50 * second),
            sent: 40 * second,
            ..Counters::default()
        };
        model.sample(counters, BEGAN_US + second * SECOND);
    }
    let screen = shown(&model, Page::Overview);
    assert!(screen.contains("intended    50.0"), "{screen}");
    assert!(screen.contains("sent        40.0"), "{screen}");
    assert!(
        screen.contains("160 sent") && screen.contains('█'),
        "{screen}"
    );
}

#[test]
fn a_dropped_send_is_shown() {
    let screen = shown(&eventful(), Page::Overview);
    assert!(screen.contains("31 dropped"), "{screen}");
    assert!(screen.contains("4 failed"), "{screen}");
}

#[test]
fn a_closed_loop_is_labelled_and_intends_nothing() {
    let mut model = model();
    model.brief.pace = Pace::Closed;
    let screen = shown(&model, Page::Overview);
    assert!(screen.contains("closed loop"), "{screen}");
    assert!(screen.contains("intended       -"), "{screen}");
}

#[test]
fn an_outcome_is_shown_with_its_reason() {
    let screen = shown(&eventful(), Page::Overview);
    for outcome in [
        "67 confirmed",
        "67 rejected/out_of_stock",
        "66 cancelled/deadline",
    ] {
        assert!(screen.contains(outcome), "{outcome}: {screen}");
    }
}

#[test]
fn latencies_are_shown_lately_and_since_the_start() {
    let screen = shown(&eventful(), Page::Overview);
    assert!(screen.contains("acknowledged  100 ms"), "{screen}");
    assert!(screen.contains("choreography  1.00 s"), "{screen}");
    assert_eq!(screen.matches("since start").count(), 2, "{screen}");
}

#[test]
fn the_heat_map_has_a_row_for_each_decade() {
    let screen = screen_of(&eventful(), &Showing::default(), 100, 26);
    for decade in [
        "< 1 ms", " 1 ms", " 10 ms", "100 ms", "  1 s", " 10 s", " 100 s",
    ] {
        assert!(screen.contains(decade), "{decade}: {screen}");
    }
}

#[test]
fn the_heat_map_is_read_without_colour() {
    let mut model = model();
    (0..1_000).for_each(|_| model.heat.record(BEGAN_US, 20_000));
    model.heat.record(BEGAN_US, 2_000_000);
    let screen = shown(&model, Page::Overview);
    let row = |label: &str| {
        let start = format!("│{label:>6}");
        let mut rows = screen.lines().filter(|row| row.contains(&start));
        rows.next().expect("a row").to_owned()
    };
    assert!(row("20 ms").contains('█'), "{screen}");
    assert!(row("2 s").contains('·'), "{screen}");
    assert!(!row("50 ms").contains(['·', '█']), "{screen}");
}

#[test]
fn an_order_under_way_is_shown_by_what_was_last_seen_of_it() {
    let screen = shown(&eventful(), Page::Orders);
    assert!(
        screen.contains("placed, no end seen         1        0"),
        "{screen}"
    );
    assert!(
        screen.contains("1 to 10 s                1        0"),
        "{screen}"
    );
}

#[test]
fn a_fault_in_force_is_shown_with_the_time_it_has_left() {
    let screen = shown(&eventful(), Page::Overview);
    assert!(screen.contains("link/blackhole 8 s left"), "{screen}");
}

#[test]
fn faults_that_are_over_are_shown_with_their_receipts() {
    let mut model = eventful();
    let receipt = Receipt {
        name: "orders-2".into(),
        ..Receipt::default()
    };
    let fault = Injection {
        fault: Some("process/kill".into()),
        title: "process/kill".into(),
        duration: 2.4,
        receipts: vec![receipt],
        ..Injection::default()
    };
    model.method.ended(Part::Read(Journal {
        run: vec![fault],
        ..Journal::default()
    }));
    let screen = shown(&model, Page::Faults);
    assert!(
        screen.contains("process/kill 2 s, 1 receipts: orders-2"),
        "{screen}"
    );
    assert!(
        screen.contains("chaos: link/blackhole for 10 s"),
        "{screen}"
    );
}

#[test]
fn claims_are_of_three_values_and_a_refuted_one_has_its_finding() {
    let mut model = model();
    ended(
        &mut model,
        FIRST,
        Outcome::confirmed(),
        Outcome::confirmed(),
    );
    model.line(read(FIRST + 3, FIRST, BEGAN_US + 2 * SECOND, None));
    model.line(answer(FIRST + 3, BEGAN_US + 3 * SECOND, 1));
    let screen = shown(&model, Page::Claims);
    assert!(screen.contains("I9  invalid"), "{screen}");
    assert!(screen.contains("I10 unknown "), "{screen}");
    assert!(screen.contains("I19 not refuted"), "{screen}");
    assert!(screen.contains("is version 1, must be"), "{screen}");
}

#[test]
fn lines_that_came_too_fast_are_owned_up_to() {
    let screen = shown(&eventful(), Page::Overview);
    assert!(screen.contains("3 lines came too fast"), "{screen}");
}

#[test]
fn a_pause_and_the_keys_are_shown() {
    let showing = Showing {
        is_paused: true,
        is_help: true,
        ..Showing::default()
    };
    let screen = screen_of(&model(), &showing, 100, 30);
    assert!(
        screen.contains("PAUSED") && screen.contains("stop the run;"),
        "{screen}"
    );
}

#[test]
fn no_size_is_too_small_or_too_large() {
    let model = eventful();
    let widths = (1..=44).chain([60, 79, 80, 81, 100, 132, 200]);
    for width in widths {
        for height in (1..=26).chain([30, 40, 60]) {
            for page in Page::ALL {
                let showing = Showing {
                    page,
                    is_help: true,
                    ..Showing::default()
                };
                screen_of(&model, &showing, width, height);
            }
        }
    }
}

#[test]
fn the_smallest_usual_screen_has_room_for_every_figure() {
    let screen = screen_of(&eventful(), &Showing::default(), 80, 24);
    for figure in [
        "200 sent, 200 done, 0 open",
        "p99    max",
        "1.00 s │",
        "31 dropped    0 late",
        "66 cancelled/deadline",
        "link/blackhole 8 s left",
        "I19 invalid     67 wrong of 134 orders",
    ] {
        assert!(screen.contains(figure), "{figure}: {screen}");
    }
}

#[test]
fn a_small_screen_has_a_few_words() {
    let screen = screen_of(&eventful(), &Showing::default(), 30, 5);
    assert!(screen.contains("inject: 200 sent"), "{screen}");
}
