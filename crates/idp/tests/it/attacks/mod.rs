//! What attackers try, at every route that there is.

mod foreign;
mod forms;
mod logs;
mod mails;
mod origins;
mod redirects;
mod replays;
mod routes;
mod stage;
mod tokens;
