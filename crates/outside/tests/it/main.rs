//! The stores from outside: the S3 protocol against an independent server of it, and the one in
//! memory by the same rules.

#[cfg(test)]
mod both;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod server;
#[cfg(test)]
mod uploads;
