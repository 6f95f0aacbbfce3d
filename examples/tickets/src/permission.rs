//! The permissions that tickets check. Who holds them stands in the policy pack.

use bailiwick_kernel::policy::Checked;

/// See tickets; with reach `own` those alone that one has opened.
pub const READ: Checked = Checked::new("tickets:read").owned();
/// Open a ticket.
pub const CREATE: Checked = Checked::new("tickets:create");
/// Change a ticket, and close it.
pub const UPDATE: Checked = Checked::new("tickets:update");
/// Delete a ticket.
pub const DELETE: Checked = Checked::new("tickets:delete");

/// All of them.
pub const ALL: &[Checked] = &[READ, CREATE, UPDATE, DELETE];
