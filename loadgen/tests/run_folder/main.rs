//! The folder of a run: what is judged of it, in which forms, and what is said of one that is damaged.

mod damaged;
mod full_disk;
mod published;
mod read_again;
mod valid;
