//! The known ways to leak a tenant, to change unseen what is recorded, and to become more than one
//! was made.

/// A change that must not survive the tests.
pub struct Fault {
    /// What it does.
    pub name: &'static str,
    /// Where, from the root.
    pub file: &'static str,
    /// What stands there, exactly once.
    pub find: &'static str,
    /// What stands there instead.
    pub replace: &'static str,
    /// The tests that must turn red, as a filter of `tests/it`.
    pub guard: &'static str,
}

/// All of them.
pub const FAULTS: &[Fault] = &[
    Fault {
        name: "a policy without FORCE",
        file: "crates/store/migrations/tenant/0001_init.sql",
        find: "alter table {t}.projects force row level security;\n",
        replace: "",
        guard: "catalog::",
    },
    Fault {
        name: "the role that serves as owner of a table",
        file: "crates/store/src/roles.rs",
        find: ".batch(\"alter role bailiwick_owner set row_security = off\")",
        replace: ".batch(\"grant bailiwick_owner to bailiwick_app\")",
        guard: "catalog::",
    },
    Fault {
        name: "a statement without its schema",
        file: "crates/store/src/project_members.rs",
        find: "delete from {t}.project_members where tenant_id = $1 and project_id = $2 and member_id = $3",
        replace: "delete from project_members where tenant_id = $1 and project_id = $2 and member_id = $3",
        guard: "statements::",
    },
    Fault {
        name: "a cache key without the tenant",
        file: "crates/services/src/authn.rs",
        find: "organization: claims.organization.as_ref().map(|o| o.id.as_str().into()),",
        replace: "organization: None,",
        guard: "organizations::",
    },
    Fault {
        name: "a skipped app.tenant_id",
        file: "crates/store/migrations/control/0001_init.sql",
        find: "    perform set_config('app.tenant_id', p_tenant::text, true);\n",
        replace: "    perform 1;\n",
        guard: "isolation::",
    },
    Fault {
        name: "an upload key taken from the client",
        file: "crates/services/src/documents/upload.rs",
        find: "let segments = [\"org\", &clerk_org_id, \"project\", &project_id, &document_id];",
        replace: "let _ = &document_id;\n        let segments = [\"org\", &clerk_org_id, \"project\", &project_id, &checked.file_name.replace('.', \"-\")];",
        guard: "documents::",
    },
    Fault {
        name: "a placement without its epoch",
        file: "crates/store/migrations/control/0014_moves.sql",
        find: "    where p.organization_id = p_tenant and p.epoch = p_epoch\n      and m.id = p_membership",
        replace: "    where p.organization_id = p_tenant\n      and m.id = p_membership",
        guard: "isolation::",
    },
    Fault {
        name: "an operation that records nothing",
        file: "crates/services/src/project_members.rs",
        find: "op.audit(\"projectMembers.add\", \"project\", project, None, Some(after));",
        replace: "let _ = after;\n            op.unchanged();",
        guard: "operations::",
    },
    Fault {
        name: "a column that the audit's MAC leaves out",
        file: "crates/store/src/audit/encoding.rs",
        find: "        text.maybe(self.address);\n",
        replace: "",
        guard: "audit::",
    },
    Fault {
        name: "an audit whose order is nobody's business",
        file: "crates/store/src/audit/link.rs",
        find: "        for (id, mac) in facts {\n",
        replace: "        let mut facts: Vec<_> = facts.collect();\n        facts.sort_unstable();\n        for (id, mac) in facts {\n",
        guard: "audit::",
    },
    Fault {
        name: "an audit that may be deleted",
        file: "crates/store/migrations/control/0007_audit.sql",
        find: "grant select, insert on control.audit_seals to bailiwick_app;\n",
        replace: "grant select, insert, delete on control.audit_seals, control.audit to bailiwick_app;\n",
        guard: "audit::append_only",
    },
    Fault {
        name: "a role that anybody gives",
        file: "crates/kernel/src/policy/escalate.rs",
        find: ".is_some_and(|own| data.assigned_by.contains(&own))",
        replace: ".is_some()",
        guard: "policy::sequences",
    },
    Fault {
        name: "a grant of what one does not hold",
        file: "crates/kernel/src/policy/escalate.rs",
        find: "if is_self || !self.holds_page(actor, page, action, window) {",
        replace: "if is_self && !self.holds_page(actor, page, action, window) {",
        guard: "policy::sequences",
    },
    Fault {
        name: "a last owner who may go",
        file: "crates/store/src/memberships.rs",
        find: "where organization_id = $1 and role = $2 and status = 'active')\";",
        replace: "where organization_id = $1 and $2::text is not null)\";",
        guard: "members::owners",
    },
    Fault {
        name: "an end that is forgotten by what comes late",
        file: "crates/services/src/sync/memberships.rs",
        find: "if hold.as_deref() == Some(REMOVED) {",
        replace: "if hold.as_deref() == Some(REMOVED) && is_back {",
        guard: "policy::sequences",
    },
];

#[cfg(test)]
mod tests {
    use super::FAULTS;
    use crate::paths;

    /// The sources move on: a fault that names nothing any more proves nothing.
    #[test]
    fn every_fault_names_one_place() {
        for fault in FAULTS {
            let text = std::fs::read_to_string(paths::root().join(fault.file)).unwrap();
            assert_eq!(
                text.matches(fault.find).count(),
                1,
                "{} in {}",
                fault.name,
                fault.file
            );
        }
    }
}
