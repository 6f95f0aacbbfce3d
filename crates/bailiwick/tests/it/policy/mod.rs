//! Who may do what: the packs' matrices, cell by cell through HTTP, and what grants change.

mod check;
mod escalation;
mod grants;
mod hours;
mod packs;
mod pages;
mod sequences;
mod workspace;
