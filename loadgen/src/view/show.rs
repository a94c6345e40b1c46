//! The thread of the view: it reads what has come, looks at the counters, draws, and hears keys. A thread and no task:
//! a terminal that takes nothing for a while holds up nothing else.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::time::{Duration, Instant};

use ratatui::crossterm::event::{self, Event, KeyEventKind};
use tokio::sync::watch;

use super::feed::{Inbox, News};
use super::keys::Showing;
use super::model::Model;
use super::model::intended::Intended;
use super::model::rates::Counters;
use super::page;
use super::screen::{self, Screen};
use crate::clock::now_us;
use crate::evidence;
use crate::tally::Tally;

/// A key is answered sooner than anybody notices.
const HEAR_FOR: Duration = Duration::from_millis(50);
/// Four times a second: numbers that change faster are not read.
const DRAW_EVERY: Duration = Duration::from_millis(250);

pub struct Show {
    pub model: Model,
    pub inbox: Inbox,
    pub tally: Arc<Tally>,
    pub phase: watch::Receiver<&'static str>,
    pub intended: Intended,
    /// Where the method leaves what it did.
    pub journal: PathBuf,
    /// Somebody asked for the end of the run.
    pub stop: watch::Sender<bool>,
    /// The run is over.
    pub over: Arc<AtomicBool>,
}

impl Show {
    /// Until the run is over, or the terminal is not ours any more.
    pub fn run(mut self, mut screen: Screen) {
        // A terminal that went away is not a reason to stop the run.
        let _ = self.draw_and_hear(&mut screen);
        screen::give_back();
    }

    fn draw_and_hear(&mut self, screen: &mut Screen) -> io::Result<()> {
        let mut showing = Showing::default();
        let mut next = Instant::now();
        while !self.over.load(SeqCst) && screen::is_ours() {
            self.read();
            let is_due = Instant::now() >= next;
            if is_due {
                next = Instant::now() + DRAW_EVERY;
                self.sample();
            }
            let is_heard = hear(&mut showing, if is_due { Duration::ZERO } else { HEAR_FOR })?;
            if showing.is_stopping {
                self.stop.send_replace(true);
            }
            if is_heard || is_due && !showing.is_paused {
                self.draw(screen, &showing)?;
            }
        }
        Ok(())
    }

    fn draw(&self, screen: &mut Screen, showing: &Showing) -> io::Result<()> {
        let drawn = screen.draw(|frame| {
            let area = frame.area();
            page::draw(&self.model, showing, area, frame.buffer_mut());
        });
        drawn.map(drop)
    }

    fn read(&mut self) {
        if self.phase.has_changed().unwrap_or(false) {
            let phase = *self.phase.borrow_and_update();
            if self.model.phase == "inject" {
                let journal = evidence::journal(&self.journal, true);
                journal
                    .into_iter()
                    .for_each(|it| self.model.method.ended(it));
            }
            self.model.enter(phase, now_us());
        }
        for news in self.inbox.take() {
            match news {
                News::Line(line) => self.model.line(line),
                News::Said(line) => self.model.said(&line),
            }
        }
    }

    fn sample(&mut self) {
        let now_us = now_us();
        let elapsed_us = self.model.load_elapsed_us(now_us);
        let elapsed = elapsed_us.map(Duration::from_micros);
        let intended = elapsed.and_then(|elapsed| self.intended.until(elapsed));
        self.model.missed = self.inbox.missed();
        self.model
            .sample(Counters::of(&self.tally, intended), now_us);
    }
}

/// True when a key was pressed or the terminal has another size.
fn hear(showing: &mut Showing, within: Duration) -> io::Result<bool> {
    let is_heard = event::poll(within)?;
    if is_heard
        && let Event::Key(key) = event::read()?
        && key.kind != KeyEventKind::Release
    {
        showing.key(key);
    }
    Ok(is_heard)
}
