//! The whole policy as a table for people, committed as a snapshot: a change of policy is a
//! readable diff.

use super::{Actor, Pack, Permission, Reach};
use crate::role::{PlatformRole, ProjectRole};

impl Pack {
    /// The table permission × role. A cell is the reach, or `·`. The columns of organization roles
    /// say how far the role goes by itself, those of project roles what being that on a project
    /// adds for a member who gains from it.
    #[must_use]
    pub fn matrix(&self) -> String {
        let mut header = vec!["permission".to_owned()];
        header.extend([PlatformRole::SuperAdmin, PlatformRole::AdminStaff].map(|r| r.to_string()));
        header.extend(
            self.roles()
                .rev()
                .map(|role| self.role_key(role).to_owned()),
        );
        header.extend([ProjectRole::Lead, ProjectRole::Contributor].map(|role| role.to_string()));
        let mut rows = vec![header];
        let mut keys: Vec<Permission> = self.permissions().collect();
        keys.sort_by_key(|permission| self.permission_key(*permission));
        rows.extend(
            keys.into_iter()
                .map(|permission| self.matrix_row(permission)),
        );
        render(&rows)
    }

    fn matrix_row(&self, permission: Permission) -> Vec<String> {
        let mut row = vec![self.permission_key(permission).to_owned()];
        for platform in [PlatformRole::SuperAdmin, PlatformRole::AdminStaff] {
            row.push(cell(
                self.decide(&Actor::outsider().platform(platform), permission)
                    .reach(),
            ));
        }
        for role in self.roles().rev() {
            let grants = self.role_data(role).map(|data| &data.grants);
            row.push(cell(grants.and_then(|grants| match permission {
                p if grants.all.contains(p) => Some(Reach::All),
                p if grants.project.contains(p) => Some(Reach::Project),
                p if grants.own.contains(p) => Some(Reach::Own),
                _ => None,
            })));
        }
        for role in [ProjectRole::Lead, ProjectRole::Contributor] {
            let granted = self.project_role_grants(role).contains(permission);
            row.push(cell(granted.then_some(Reach::Project)));
        }
        row
    }
}

fn cell(reach: Option<Reach>) -> String {
    reach.map_or("·", Reach::as_str).to_owned()
}

fn render(rows: &[Vec<String>]) -> String {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| {
        rows.iter()
            .filter_map(|row| row.get(column))
            .map(|c| c.chars().count())
            .max()
            .unwrap_or(0)
    };
    let widths: Vec<usize> = (0..columns).map(width).collect();
    let mut table = String::new();
    for row in rows {
        let line: Vec<String> = row
            .iter()
            .zip(&widths)
            .map(|(text, width)| format!("{text:<width$}"))
            .collect();
        table.push_str(line.join("  ").trim_end());
        table.push('\n');
    }
    table
}
