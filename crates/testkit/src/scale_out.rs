//! The SQL forms in which everything runs unchanged on PostgreSQL and on a Citus cluster that is
//! sharded by schema (docs/guides/scale.md), read off the text of statements and of migrations.
//!
//! What a text shows is looked for here; what only a database shows is [`crate::law`]'s.

use bailiwick_pg::{Migration, Statement};

/// A name is cut to 63 bytes, and a shard's number stands behind it.
const NAME_BYTES_MAX: usize = 49;

/// A form that does not hold there, and how to say it instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub place: String,
    /// What.
    pub what: &'static str,
}

fn flat(sql: &str) -> String {
    let code = sql
        .lines()
        .map(|line| line.split("--").next().unwrap_or_default());
    let words: Vec<&str> = code.flat_map(str::split_whitespace).collect();
    format!(" {} ", words.join(" ").to_lowercase())
}

/// What is wrong with statements of tenants' tables; those of `control` alone run where they are.
pub fn of_statements(all: impl Iterator<Item = &'static Statement>) -> Vec<Fault> {
    let tenants = all.filter(|statement| statement.is_tenant());
    tenants
        .flat_map(|statement| {
            let place = statement.name.to_owned();
            let found = of_statement(statement.sql).into_iter();
            found.map(move |what| Fault {
                place: place.clone(),
                what,
            })
        })
        .collect()
}

/// Functions that answer anew for each row and each node.
const VOLATILE: [&str; 4] = [
    "clock_timestamp(",
    "gen_random_uuid(",
    "random(",
    "timeofday(",
];

fn of_statement(sql: &str) -> Vec<&'static str> {
    let sql = flat(sql);
    let mut faults = Vec::new();
    if sql.contains(" merge into ") {
        faults.push("merge: insert with on conflict");
    }
    if sql.contains(" insert into ") && sql.contains(") select ") {
        faults.push("insert … select: rows of values");
    }
    let values = sql.split(" values ").nth(1).unwrap_or_default();
    let values = values.split(" on conflict ").next().unwrap_or_default();
    if values.contains("(select ") || values.contains("( select ") {
        faults.push("a sub-select among values: a parameter");
    }
    let sets = sql.split(" set ").skip(1);
    let is_volatile = |set: &str| {
        let set = set.split(" where ").next().unwrap_or_default();
        VOLATILE.iter().any(|function| set.contains(function))
    };
    if sql.contains(" update ") && sets.into_iter().any(is_volatile) {
        faults.push("a volatile function in a set: a parameter, or now()");
    }
    let outer = [
        " left join ",
        " right join ",
        " full join ",
        " left outer join ",
    ];
    if sql.contains("control.") && outer.iter().any(|join| sql.contains(join)) {
        faults.push("an outer join of a tenant's table and control's: a look-up of the ids");
    }
    faults
}

/// What is wrong with the migrations of tenants' tables.
pub fn of_migrations(all: &[Migration]) -> Vec<Fault> {
    let of = |migration: &Migration| {
        let place = format!("{:04}_{}", migration.version, migration.name);
        let found = of_migration(migration.sql).into_iter();
        let found = found.map(move |what| Fault {
            place: place.clone(),
            what,
        });
        found.collect::<Vec<_>>()
    };
    all.iter().flat_map(of).collect()
}

fn of_migration(sql: &str) -> Vec<&'static str> {
    let mut faults = Vec::new();
    let mut may_have_triggers = false;
    for line in sql.lines() {
        let code = line.split("--").next().unwrap_or_default();
        let mut pieces = code
            .split(';')
            .map(str::trim)
            .filter(|piece| !piece.is_empty());
        if pieces.nth(1).is_some() && !code.contains('\'') {
            faults.push("two statements on a line: one a message");
        }
    }
    for statement in flat(sql).split("; ") {
        may_have_triggers |= statement.contains("citus.enable_unsafe_triggers = on");
        faults.extend(of_ddl(statement, may_have_triggers));
    }
    faults
}

fn of_ddl(statement: &str, may_have_triggers: bool) -> Vec<&'static str> {
    let has = |part: &str| statement.contains(part);
    let mut faults = Vec::new();
    let columns = statement.split(" add column ").skip(1);
    let inline = [
        " check ",
        " check(",
        " unique",
        " primary key",
        " references ",
        " generated always as identity",
    ];
    let is_bound = |column: &str| {
        let column = column.split(" add ").next().unwrap_or_default();
        inline.iter().any(|constraint| column.contains(constraint))
    };
    if columns.into_iter().any(is_bound) {
        faults
            .push("a column that is added with a constraint: add the constraint by itself, named");
    }
    let unnamed = [
        " add check",
        " add unique",
        " add primary key",
        " add foreign key",
        " add exclude",
    ];
    if unnamed.iter().any(|form| has(form)) {
        faults.push("a constraint without a name: add constraint <name>");
    }
    if has("create policy ") && has("select ") {
        faults.push("a policy with a sub-select: a comparison with the setting");
    }
    if has(" inherits ") || has(" inherits(") {
        faults.push("inherits: a table of its own");
    }
    if has(" set statistics ") {
        faults.push("set statistics on a column: create statistics");
    }
    if has("create schema ") {
        faults.push("a schema: provisioning makes it, with the setting that distributes it");
    }
    if has(" references control.") {
        faults.push("a foreign key out of the schema");
    }
    if has("create trigger ") && !may_have_triggers {
        faults.push("a trigger without citus.enable_unsafe_triggers in the same migration");
    }
    if has("create trigger ") && !has("execute function control.capture('") {
        faults.push("a trigger that is not control.capture with the table's name");
    }
    let names = [
        "constraint ",
        "create index ",
        "create unique index ",
        "create policy ",
    ];
    let too_long = |form: &&str| {
        statement.split(*form).skip(1).any(|rest| {
            let name = rest.split([' ', '(']).next().unwrap_or_default();
            name.len() > NAME_BYTES_MAX
        })
    };
    if names.iter().any(too_long) {
        faults.push("a name of more than 49 bytes: a shard's number stands behind it");
    }
    faults
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_catches_its_fault() {
        for (sql, word) in [
            ("merge into {t}.a using b on true", "merge"),
            ("insert into {t}.a (tenant_id) select $1", "insert"),
            (
                "insert into {t}.a (tenant_id, b) values ($1, (select 1))",
                "sub-select",
            ),
            (
                "update {t}.a set at = clock_timestamp() where tenant_id = $1",
                "volatile",
            ),
            (
                "update {t}.a set b = 1, id = gen_random_uuid() where tenant_id = $1",
                "volatile",
            ),
            (
                "select 1 from {t}.a left join control.users u on u.id = a.id where a.tenant_id = $1",
                "outer",
            ),
        ] {
            let found = of_statement(sql);
            assert!(
                found.len() == 1 && found[0].contains(word),
                "{sql}: {found:?}"
            );
        }
        for sql in [
            "update {t}.a set at = now() where tenant_id = $1 and b < clock_timestamp()",
            "insert into {t}.a (tenant_id, id) values ($1, gen_random_uuid()) on conflict do nothing",
            "select 1 from {t}.a left join {t}.b on b.tenant_id = $1 where a.tenant_id = $1",
        ] {
            assert_eq!(of_statement(sql), [""; 0], "{sql}");
        }
    }

    #[test]
    fn each_rule_of_migrations_catches_its_fault() {
        let long = format!("create index {} on {{t}}.a (b);", "i".repeat(50));
        let trigger = "create trigger c after insert on {t}.a for each row execute function";
        for (sql, word) in [
            (
                "alter table {t}.a add column b int check (b > 0);",
                "added with",
            ),
            (
                "alter table {t}.a add column c int, add column b int unique;",
                "added with",
            ),
            ("alter table {t}.a add check (b > 0);", "without a name"),
            (
                "create policy p on {t}.a using (id = (select 1));",
                "policy",
            ),
            ("create table {t}.b () inherits ({t}.a);", "inherits"),
            (
                "alter table {t}.a alter column b set statistics 500;",
                "statistics",
            ),
            ("create schema x;", "schema"),
            (
                "create table {t}.a (b uuid references control.users (id));",
                "out of",
            ),
            ("drop table {t}.a; drop table {t}.b;", "a line"),
            (long.as_str(), "49"),
            (&format!("{trigger} control.capture('a', 'id');"), "unsafe"),
            (
                &format!("set local citus.enable_unsafe_triggers = on;\n{trigger} {{t}}.f();"),
                "control.capture",
            ),
        ] {
            let found = of_migration(sql);
            assert!(
                found.len() == 1 && found[0].contains(word),
                "{sql}: {found:?}"
            );
        }
        for sql in [
            "alter table {t}.a add column b int not null default 0;\nalter table {t}.a add constraint a_b_check check (b > 0);",
            "-- create schema x;\ncreate index i on {t}.a (b);",
            &format!(
                "set local citus.enable_unsafe_triggers = on;\n{trigger} control.capture('a', 'id');"
            ),
        ] {
            assert_eq!(of_migration(sql), [""; 0], "{sql}");
        }
    }
}
