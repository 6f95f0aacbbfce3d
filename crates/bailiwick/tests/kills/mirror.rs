//! What must never be seen, and what must be gone in the end: statements that answer a line for
//! each offence.

use bailiwick_pg::{Statement, sql};

sql! {
    /// A project has a lead from its first moment.
    LEADLESS() = "
        select 'project ' || p.id from tenant_shared.projects p
         where not exists (select 1 from tenant_shared.project_members m
                where m.tenant_id = p.tenant_id and m.project_id = p.id and m.project_role = 'lead')
         limit 20";
    /// What is there was recorded.
    UNRECORDED() = "
        with wanted (tenant_id, action, id) as (
            select tenant_id, 'projects.create', id::text from tenant_shared.projects
            union all
            select tenant_id, 'documents.uploadInit', id::text from tenant_shared.documents
            union all
            select tenant_id, 'documents.confirm', id::text from tenant_shared.documents
             where status = 'UPLOADED'
            union all
            select id, 'tenants.provision', id::text from control.organizations
             where provisioning_status = 'COMPLETED'
            union all
            select null::uuid, 'users.create', id::text from control.users
        )
        select w.action || ' ' || w.id from wanted w
         where not exists (select 1 from control.audit a where a.action = w.action
                and a.object_id = w.id and a.tenant_id is not distinct from w.tenant_id)
         limit 20";
    /// A membership was recorded, before its tenant was made or inside it.
    MEMBERSHIP_UNRECORDED() = "
        select 'membership of ' || m.user_id from control.memberships m
         where not exists (select 1 from control.audit a where a.action = 'memberships.create'
                and a.object_id = m.user_id::text)
         limit 20";
    /// What was recorded is there, unless its end was recorded too.
    RECORDED_ONLY() = "
        select a.action || ' ' || a.object_id from control.audit a
         where (a.action = 'projects.create'
                and not exists (select 1 from tenant_shared.projects p
                    where p.tenant_id = a.tenant_id and p.id::text = a.object_id)
                and not exists (select 1 from control.audit d where d.tenant_id = a.tenant_id
                    and d.action = 'projects.delete' and d.object_id = a.object_id))
            or (a.action = 'documents.uploadInit'
                and not exists (select 1 from tenant_shared.documents d
                    where d.tenant_id = a.tenant_id and d.id::text = a.object_id)
                and not exists (select 1 from control.audit d where d.tenant_id = a.tenant_id
                    and (d.action, d.object_id) in (('documents.delete', a.object_id),
                        ('projects.delete', a.after->>'projectId'))))
            or (a.action = 'documents.confirm'
                and exists (select 1 from tenant_shared.documents d where d.tenant_id = a.tenant_id
                    and d.id::text = a.object_id and d.status <> 'UPLOADED'))
            or (a.action in ('projects.delete', 'documents.delete')
                and (exists (select 1 from tenant_shared.projects p
                        where p.tenant_id = a.tenant_id and p.id::text = a.object_id)
                    or exists (select 1 from tenant_shared.documents d
                        where d.tenant_id = a.tenant_id and d.id::text = a.object_id)))
         limit 20";
    /// An idempotency key leads to what it made.
    KEY_TO_NOTHING() = "
        select i.operation || ' ' || i.resource_id from control.idempotency i
         where not exists (select 1 from control.audit a where a.tenant_id = i.tenant_id
                and a.action in ('projects.create', 'documents.uploadInit')
                and a.object_id = i.resource_id::text)
         limit 20";
    /// A tenant is open exactly where its home is ready, with all its members in it.
    HALF_TENANT() = "
        select 'organization ' || o.id || ' ' || o.provisioning_status
          from control.organizations o
          left join control.placements p on p.organization_id = o.id
         where (o.provisioning_status = 'COMPLETED') <> (p.organization_id is not null)
            or (p.organization_id is not null and exists (
                select 1 from control.memberships m
                 where m.organization_id = o.id and m.status = 'active'
                   and not exists (select 1 from tenant_shared.members t
                        where t.tenant_id = o.id and t.id = m.user_id and t.status = 'active')))
         limit 20";
    /// Nobody exists at the provider who could not sign in, and no organization without an admin.
    HALF_ACCOUNT() = "
        select 'user ' || u.id from idp.users u
         where u.password_digest is null or not exists (select 1 from idp.email_addresses e
                where e.id = u.primary_email_address_id and e.verified_at is not null)
        union all
        select 'sign-up ' || s.id from idp.sign_ups s
         where s.status = 'complete' and s.created_user_id is null
        union all
        select 'organization ' || o.id from idp.organizations o
         where not exists (select 1 from idp.memberships m
                where m.organization_id = o.id and m.role = 'org:admin')
         limit 20";
    /// What exists at the provider was said.
    UNSAID() = "
        with wanted (event, id) as (
            select 'user.created', id from idp.users
            union all
            select 'organization.created', id from idp.organizations
            union all
            select 'organizationMembership.created', id from idp.memberships
        ), said as (
            select event_type as event, payload::jsonb #>> '{data,id}' as id
              from idp.webhook_messages
             where event_type like '%.created'
        )
        select w.event || ' ' || w.id from wanted w left join said s using (event, id)
         where s.id is null
         limit 20";
    /// What counts as delivered was stored by the receiver.
    DELIVERED_ONLY() = "
        select d.message_id from idp.webhook_deliveries d
         where d.state = 'delivered'
           and not exists (select 1 from control.webhook_inbox i where i.id = d.message_id)
         limit 20";
    /// What was said has arrived.
    UNDELIVERED() = "
        select d.message_id || ' is ' || d.state || ' after ' || d.attempts || ' attempts, due in '
               || (d.due_at - now())
          from idp.webhook_deliveries d where d.state <> 'delivered' limit 20";
    /// What has arrived was processed.
    UNPROCESSED() = "
        select i.event_type || ' is ' || i.state || coalesce(': ' || i.last_error, '')
          from control.webhook_inbox i where i.state not in ('done', 'ignored') limit 20";
    /// What is due was done, and nothing was given up.
    UNDONE() = "
        select j.kind || ' after ' || j.attempts || ' attempts, locked for '
               || coalesce((j.locked_until - now())::text, '-') || coalesce(': ' || j.last_error, '')
          from control.jobs j where j.run_at <= now() or j.dead_at is not null limit 20";
    /// Users are the same here and there.
    USERS_DIFFER() = "
        select coalesce(u.id, c.clerk_user_id) || ': ' || coalesce(u.name, '-') || ' / '
               || coalesce(c.full_name, '-')
          from (select u.id, e.address,
                       concat_ws(' ', nullif(u.first_name, ''), nullif(u.last_name, '')) as name
                  from idp.users u
                  join idp.email_addresses e on e.id = u.primary_email_address_id) u
          full join (select * from control.users where deleted_at is null) c
            on c.clerk_user_id = u.id
         where u.id is null or c.id is null or c.email <> u.address or c.full_name <> u.name
         limit 20";
    /// Organizations are the same here and there, and each has its tenant.
    ORGS_DIFFER() = "
        select coalesce(o.id, c.clerk_org_id) || ': ' || coalesce(o.name, '-') || ' / '
               || coalesce(c.name || ' ' || c.provisioning_status, '-')
          from idp.organizations o
          full join (select * from control.organizations where deleted_at is null) c
            on c.clerk_org_id = o.id
         where o.id is null or c.id is null or c.name <> o.name or c.slug <> o.slug
            or c.provisioning_status <> 'COMPLETED'
         limit 20";
    /// Memberships are the same here and there.
    MEMBERSHIPS_DIFFER() = "
        select coalesce(m.organization_id, c.org) || ' ' || coalesce(m.user_id, c.usr)
          from idp.memberships m
          full join (select o.clerk_org_id as org, u.clerk_user_id as usr
                       from control.memberships c
                       join control.users u on u.id = c.user_id
                       join control.organizations o on o.id = c.organization_id
                      where c.status = 'active') c
            on c.org = m.organization_id and c.usr = m.user_id
         where m.id is null or c.org is null
         limit 20";
}

/// Offences at any instant at which the machine can be looked at.
pub static NEVER: &[&Statement] = &[
    &LEADLESS,
    &UNRECORDED,
    &MEMBERSHIP_UNRECORDED,
    &RECORDED_ONLY,
    &KEY_TO_NOTHING,
    &HALF_TENANT,
    &HALF_ACCOUNT,
    &UNSAID,
    &DELIVERED_ONLY,
];

/// What may be seen for a while.
pub static IN_THE_END: &[&Statement] = &[
    &UNDELIVERED,
    &UNPROCESSED,
    &UNDONE,
    &USERS_DIFFER,
    &ORGS_DIFFER,
    &MEMBERSHIPS_DIFFER,
];
