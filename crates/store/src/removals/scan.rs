//! The proof: every table of `control` that has a column which could name the organization is
//! looked through.

use bailiwick_pg::{Row, Tx, Type, sql};

use super::Removal;
use crate::Result;

/// Tables in which an organization that was removed is still named, and why.
pub const KEPT: [(&str, &str); 3] = [
    ("removals", "this certificate and how it came about"),
    (
        "audit_tombstones",
        "how many facts there were, and that they were removed",
    ),
    (
        "audit",
        "facts of the installation, which are in a chain with everybody's: that the organization was made \
         and removed, and what operators did",
    ),
];

sql! {
    /// Tables of `control` that we may read, and their columns that could name an organization: by
    /// our id, or by a text. Bodies of messages have been looked through one by one.
    LIST_SEARCHED(TEXT_ARRAY) = "
        select c.relname::text, quote_ident(c.relname),
               array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                       and a.atttypid = 'uuid'::regtype order by a.attnum),
               array(select quote_ident(a.attname) from pg_catalog.pg_attribute a
                     where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
                       and (c.relname, a.attname) <> ('webhook_inbox', 'payload')
                       and (a.atttypid in ('text'::regtype, 'jsonb'::regtype, 'json'::regtype,
                                           'varchar'::regtype, 'text[]'::regtype, 'uuid[]'::regtype))
                     order by a.attnum)
        from pg_catalog.pg_class c
        where c.relnamespace = 'control'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition
          and has_table_privilege(c.oid, 'SELECT') and not c.relrowsecurity and not c.relname::text = any($1)
        order by c.relname limit 1000";
}

/// What the scan found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scan {
    /// Tables that were looked through.
    pub tables: Vec<String>,
    /// Those that still name the organization, with the number of rows.
    pub remains: Vec<(String, i64)>,
}

/// Looks through `control`.
///
/// # Errors
/// The database's.
pub async fn scan(tx: &mut Tx, removal: &Removal) -> Result<Scan> {
    let kept = KEPT.map(|(name, _)| name);
    let mut scan = Scan::default();
    for row in tx.query(&LIST_SEARCHED, &[&kept.as_slice()]).await? {
        let (name, condition) = (row.try_get::<_, String>(0)?, condition(&row)?);
        let Some(condition) = condition else { continue };
        let quoted: String = row.try_get(1)?;
        let text = format!("select count(1) from control.{quoted} where {condition}");
        let (org, id) = (removal.org.uuid(), removal.org.to_string());
        let clerk = &removal.clerk_org_id;
        let types = [Type::UUID, Type::TEXT, Type::TEXT];
        let (rows, _) = tx.ask(&text, &types, &[&org, &id, clerk]).await?;
        let found: i64 = rows.first().map_or(Ok(0), |row| row.try_get(0))?;
        if found > 0 {
            scan.remains.push((format!("control.{name}"), found));
        }
        scan.tables.push(format!("control.{name}"));
    }
    Ok(scan)
}

/// That a row names the organization; none where no column could. All three parameters are used.
fn condition(row: &Row) -> Result<Option<String>> {
    let (name, ids, texts): (String, Vec<String>, Vec<String>) =
        (row.try_get(0)?, row.try_get(2)?, row.try_get(3)?);
    if ids.is_empty() && texts.is_empty() {
        return Ok(None);
    }
    let mut any = vec!["($1::uuid is null or $2::text is null or $3::text is null)".to_owned()];
    any.extend(ids.iter().map(|column| format!("{column} = $1")));
    for column in &texts {
        any.push(format!("position($2 in {column}::text) > 0"));
        any.push(format!("{column}::text = $3"));
        // Within a text it stands between quotes, or the beginning of another would be found.
        any.push(format!(
            "position('\"' || $3 || '\"' in {column}::text) > 0"
        ));
    }
    let any = any.join(" or ");
    // The job that is at work is no trace of the past.
    Ok(Some(match name.as_str() {
        "jobs" => format!("({any}) and kind <> 'tenants.remove'"),
        _ => any,
    }))
}
