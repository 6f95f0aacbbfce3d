//! What the plan in force grants, joined to whatever a token is made of.

use bailiwick_pg::Row;

/// What a plan grants, as tokens say it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Granted {
    /// The plan.
    pub slug: String,
    /// Features that it has.
    pub features: Vec<String>,
    /// Features that only other plans have.
    pub withheld: Vec<String>,
}

impl Granted {
    /// Reads what [`granted_columns`] names; nothing where nobody is billed.
    pub(in crate::store) fn read(row: &Row) -> Option<Self> {
        Some(Self {
            slug: row.get::<_, Option<String>>("plan_slug")?,
            features: row.get("plan_features"),
            withheld: row.get("plan_withheld"),
        })
    }
}

/// The columns of what the plan in force grants.
macro_rules! granted_columns {
    () => {
        "plan.slug as plan_slug, plan.features as plan_features, plan.withheld as plan_withheld"
    };
}
pub(in crate::store) use granted_columns;

/// The plan in force of the subscription `b` for which the condition holds.
macro_rules! granted_join {
    ($of:literal) => {
        concat!(
            "left join idp.billing_subscriptions b on ",
            $of,
            " left join idp.billing_items i on i.subscription_id = b.id
                and i.status in ('active', 'past_due')
              left join idp.billing_plans plan on plan.id = i.plan_id and not plan.is_suspended "
        )
    };
}
pub(in crate::store) use granted_join;
