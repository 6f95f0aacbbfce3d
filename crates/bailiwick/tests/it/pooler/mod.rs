//! PgBouncer of the system's packages between the server and its database. `TEST_POOLER=pgbouncer`
//! puts it in front of all the other tests as well.

mod gate;
mod leaks;
mod probe;
mod serving;
