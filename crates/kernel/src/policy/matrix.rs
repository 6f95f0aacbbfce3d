//! The whole policy as tables for people, committed as snapshots: a change of policy is a readable
//! diff.

use super::{Action, Actor, Pack, PageId, Permission, Reach};
use crate::role::{PlatformRole, ProjectRole};

const PLATFORM: [PlatformRole; 2] = [PlatformRole::SuperAdmin, PlatformRole::AdminStaff];
const PROJECT: [ProjectRole; 2] = [ProjectRole::Lead, ProjectRole::Contributor];

impl Pack {
    /// The table permission × role. A cell is the reach, or `·`. The columns of organization roles
    /// say how far the role goes by itself, those of project roles what being that on a project
    /// adds for a member who gains from it. A data window follows its reach in days: `all -30+14`.
    #[must_use]
    pub fn matrix(&self) -> String {
        let mut header = vec!["permission".to_owned()];
        header.extend(PLATFORM.map(|role| role.to_string()));
        header.extend(
            self.roles()
                .rev()
                .map(|role| self.role_key(role).to_owned()),
        );
        header.extend(self.project_columns().iter().map(ToString::to_string));
        let mut rows = vec![header];
        let mut keys: Vec<Permission> = self.permissions().filter(|p| self.is_live(*p)).collect();
        keys.sort_by_key(|permission| self.permission_key(*permission));
        rows.extend(
            keys.into_iter()
                .map(|permission| self.matrix_row(permission)),
        );
        render(&rows)
    }

    /// None where the pack has no project roles.
    fn project_columns(&self) -> &'static [ProjectRole] {
        if self.has_project_roles() {
            &PROJECT
        } else {
            &[]
        }
    }

    fn matrix_row(&self, permission: Permission) -> Vec<String> {
        let mut row = vec![self.permission_key(permission).to_owned()];
        for platform in PLATFORM {
            let actor = Actor::outsider().platform(platform);
            row.push(cell(self.decide(&actor, permission).reach()));
        }
        for role in self.roles().rev() {
            let grants = self.role_data(role).map(|data| &data.grants);
            let found = grants.and_then(|grants| {
                [
                    (Reach::All, &grants.all),
                    (Reach::Project, &grants.project),
                    (Reach::Own, &grants.own),
                ]
                .into_iter()
                .find_map(|(reach, held)| Some((reach, held.window(permission)?)))
            });
            row.push(found.map_or_else(
                || cell(None),
                |(reach, window)| {
                    let days = |sign, days: Option<u16>| {
                        days.map_or_else(String::new, |days| format!("{sign}{days}"))
                    };
                    let bounds = days('-', window.back_days) + &days('+', window.forward_days);
                    format!("{} {bounds}", reach.as_str()).trim_end().to_owned()
                },
            ));
        }
        for role in self.project_columns() {
            let granted = self.project_role_grants(*role).contains(permission);
            row.push(cell(granted.then_some(Reach::Project)));
        }
        row
    }

    /// The table page × role: what each role may do there without a grant, as letters (`vceda`:
    /// view, create, edit, delete, approve), `·` for what takes a grant and nothing for what the
    /// page does not know.
    #[must_use]
    pub fn page_matrix(&self) -> String {
        let mut header = vec!["page".to_owned()];
        header.extend(PLATFORM.map(|role| role.to_string()));
        header.extend(
            self.roles()
                .rev()
                .map(|role| self.role_key(role).to_owned()),
        );
        let mut rows = vec![header];
        for page in self.pages() {
            let mut row = vec![self.page_key(page).to_owned()];
            for platform in PLATFORM {
                row.push(self.letters(&Actor::outsider().platform(platform), page));
            }
            for role in self.roles().rev() {
                row.push(self.letters(&Actor::member(role), page));
            }
            rows.push(row);
        }
        render(&rows)
    }

    fn letters(&self, actor: &Actor, page: PageId) -> String {
        let offered = Action::ALL.into_iter().filter(|a| self.offers(page, *a));
        offered
            .map(
                |action| match self.decide_page(actor, page, action).reach() {
                    Some(_) => action.as_str().chars().next().unwrap_or('?'),
                    None => '·',
                },
            )
            .collect()
    }

    /// The table role × role: who gives which role, and may change who has it.
    #[must_use]
    pub fn assignment_matrix(&self) -> String {
        let mut header = vec!["may give".to_owned()];
        header.extend(
            self.roles()
                .rev()
                .map(|role| self.role_key(role).to_owned()),
        );
        let mut rows = vec![header];
        let platform = PLATFORM.map(|role| (role.to_string(), Actor::outsider().platform(role)));
        let org = self.roles().rev();
        let org = org.map(|role| (self.role_key(role).to_owned(), Actor::member(role)));
        for (name, actor) in platform.into_iter().chain(org) {
            let mut row = vec![name];
            row.extend(self.roles().rev().map(|role| {
                let may = self.may_assign(&actor, role);
                if may { "yes" } else { "·" }.to_owned()
            }));
            rows.push(row);
        }
        render(&rows)
    }

    /// The templates, a line each: what they grant on which page.
    #[must_use]
    pub fn template_table(&self) -> String {
        let mut rows = vec![vec!["template".to_owned(), "grants".to_owned()]];
        for template in self.templates() {
            let pages = template.pages.iter().map(|(page, grant)| {
                let named = Action::ALL
                    .into_iter()
                    .filter(|action| grant.names(*action));
                let letters: String = named.filter_map(|a| a.as_str().chars().next()).collect();
                format!("{page}:{letters}")
            });
            let pages: Vec<String> = pages.collect();
            rows.push(vec![template.key.clone(), pages.join(" ")]);
        }
        render(&rows)
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
