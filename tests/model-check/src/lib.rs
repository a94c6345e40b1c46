//! The sagas, explored exhaustively: the cores that production runs, every order of
//! delivery, every accident between them.
//!
//! ```text
//!            ┌─ outbox ─ publish ─┐                       ┌─ inbox ─ core ─ outbox ─┐
//!  a core ───┤ (one commit)       ├──> letters in flight ─┤ (one commit)            ├── ...
//!            └────────────────────┘     any order, again  └─────────────────────────┘
//! ```
//!
//! A state is every row of the five participants, the letters in flight, the rows in
//! the outboxes, the inboxes, and what is left of the budgets. A step is what the
//! pipeline of `messaging` does with one message, on the same functions: parse, inbox,
//! `commands_for`, `decide`, `evolve`, `messages_of`, one commit. Who hears what is asked
//! of `topology`. No rule of a saga is written here.
//!
//! # Layout
//!
//! - [`scenario`]: the models. [`sights`]: what each must come to see.
//! - [`claims`]: what always holds; [`rest`]: and what holds when everything is at rest.
//! - [`world`]: a state; `opening`: the first one.
//! - [`step`]: what can happen and what is then, as a stateright model; [`action`]: by name.
//! - [`accidents`]: what can follow a commit, and how it is made good.
//! - [`desk`]: a participant at work: the real core. [`ask`]: what is asked of it.
//! - [`watched`]: the five cores, and what their rows must add up to ([`tally`], [`marks`]).
//! - [`post`]: messages, and the queues that they are routed to. [`bits`]: a set of them.
//! - [`check`]: runs one model; [`run`]: several; [`table`]: what came of it.
//! - `story`: a counterexample, told; `simplify`: without what it does not need.
//! - [`carelessness`]: mistakes that the tests plant, to see that the claims bite.
//!
//! # What can happen
//!
//! - A letter is delivered: any that is in flight, so in any order and however late.
//! - The acknowledgement does not arrive (a stop, a lost connection): it comes again. This
//!   is a duplicate as well, so each message may come any number of times.
//! - What was committed is not published (a stop after the commit, a nack): it stays in
//!   the outbox until the relay publishes it, at any time. Or it is, and the confirm is
//!   lost: the relay publishes it again.
//! - A process that stops before its commit has done nothing: no step at all. It keeps
//!   nothing but its database, so coming back is none either.
//! - The customer cancels, a deadline comes: whenever the core has an event for it, as
//!   often as the model's budget says.
//!
//! A batch of the pipeline is a sequence of deliveries without accidents in between, so
//! it needs no step of its own. Transactions are taken as serializable, as row locks and
//! unique keys make them; what happens without is a mistake to plant
//! ([`carelessness::Carelessness::NoRowLocks`]). Queues do not lose what they confirmed,
//! and every queue is bound before anything is published.
//!
//! # What is left out, and why nothing is lost by it
//!
//! **Copies.** What is in flight is a set: a second copy is a letter that was handled and
//! is still in flight. Two messages of one id and different words (a void for the customer
//! and one for the deadline) may both leave an outbox here; in production the first to be
//! written stays. That is more than can happen, never less.
//!
//! **Time.** No rule compares a time with another but the deadline its own row, and a
//! deadline is handed over at the moment that its row says. So it may come at any moment,
//! and the clock is no part of a state.
//!
//! **Accidents, at once** ([`scenario::Recovery::AtOnce`], for the models of two orders).
//! Call a state *recovered* when its outboxes are published and no handled letter is in
//! flight. Take any path, and recover each of its states: a delivery of a first copy
//! becomes the same delivery, for the letter is in flight there too and inbox and core
//! are the same; a second copy changes nothing but the set of letters, by the inbox; and
//! a publish changes nothing. So every path is, recovered, a path of a model in which an
//! accident is made good as the next step; and that model's states are states of the full
//! one. The claims speak of rows, of rejections and of rest, which recovering leaves as
//! they are: they hold in one exactly if in the other. `tests/reduction.rs` compares the
//! recovered states of both, in each model that is small enough. It pays: the smallest
//! model has 524 states in place of 337,420.
//!
//! **Symmetry** would save at most half where two orders compete, and cost a renaming
//! inside every row: it does not pay.
//!
//! **Rest does not wait for deadlines.** Messages are not lost, so an order that ends only
//! because its deadline comes counts as stuck. Every path comes to rest: a delivery is
//! noted in an inbox, and the budgets bound how many messages there are.
//!
//! # Bounds
//!
//! One order with any one refusal, a cancel and a deadline, one accident open at a time;
//! the pivot alone with two; a deadline that comes three times; two orders that compete
//! for one unit of stock and one balance, in either coordination or one in each, with a
//! cancel and a deadline, with any number of accidents. `check --deadlines 2` goes
//! further: ten million states of two orchestrated orders, in a minute and a gigabyte.

#![forbid(unsafe_code)]

pub mod accidents;
pub mod action;
pub mod ask;
pub mod bits;
pub mod carelessness;
pub mod check;
pub mod claims;
pub mod desk;
pub mod marks;
mod opening;
pub mod post;
pub mod rest;
pub mod run;
pub mod scenario;
pub mod sights;
mod simplify;
pub mod step;
mod story;
pub mod table;
pub mod tally;
pub mod watched;
pub mod world;
