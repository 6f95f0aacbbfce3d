-- What is global: people, organizations, who belongs where, where tenants live, and the records
-- that are hot for all of them. The role that serves requests owns nothing here.

create table control.users (
  id uuid primary key,
  clerk_user_id text unique,
  email text,
  full_name text,
  avatar_url text,
  platform_role text not null default 'none' check (platform_role in ('none', 'admin_staff', 'super_admin')),
  clerk_metadata jsonb not null default '{}',
  migration_status text check (migration_status in ('pending', 'invited', 'completed')),
  is_active boolean not null default true,
  version bigint not null default 1,
  clerk_updated_at timestamptz not null,
  last_active_at timestamptz,
  deleted_at timestamptz,
  deletion_reason text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index idx_users_email on control.users (lower(email)) where deleted_at is null;

create table control.organizations (
  id uuid primary key,
  clerk_org_id text not null unique,
  name text not null,
  slug text not null,
  image_url text,
  tier text not null default 'starter' check (tier in ('starter', 'pro')),
  plan_slug text,
  provisioning_status text not null default 'PENDING' check (provisioning_status in
    ('PENDING', 'IN_PROGRESS', 'COMPLETED', 'FAILED', 'UPGRADING', 'DOWNGRADING')),
  provisioning_error text,
  clerk_created_by text,
  is_personal boolean not null default false,
  settings jsonb not null default '{}',
  clerk_updated_at timestamptz not null,
  deleted_at timestamptz,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index organizations_slug_key on control.organizations (slug) where deleted_at is null;

create table control.memberships (
  id uuid primary key,
  user_id uuid not null references control.users (id),
  organization_id uuid not null references control.organizations (id),
  clerk_membership_id text,
  role text not null,
  provider_role text not null,
  status text not null default 'active' check (status in ('active', 'suspended', 'pending', 'removed')),
  is_primary boolean not null default false,
  invited_by uuid references control.users (id),
  version bigint not null default 1,
  clerk_updated_at timestamptz not null,
  joined_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint memberships_user_org_key unique (user_id, organization_id)
);
create unique index memberships_clerk_key on control.memberships (clerk_membership_id) where status <> 'removed';
create unique index memberships_primary_key on control.memberships (user_id) where is_primary;
create index idx_memberships_org on control.memberships (organization_id, status, user_id);

-- A row stands here once the tenant's home is ready, never before.
create table control.placements (
  organization_id uuid primary key references control.organizations (id),
  schema_name text not null check (schema_name ~ '^tenant_(shared|[0-9a-f]{12,32})$'),
  tier text not null check (tier in ('starter', 'pro')),
  epoch bigint not null default 1,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index placements_schema_key on control.placements (schema_name) where schema_name <> 'tenant_shared';

-- What the provider has deleted, also where we never saw it: nothing older revives it.
create table control.tombstones (
  kind text not null check (kind in ('user', 'organization', 'membership')),
  key_hash bytea not null,
  deleted_at timestamptz not null,
  primary key (kind, key_hash)
);

create table control.webhook_inbox (
  id text primary key,
  event_type text not null,
  payload text not null,
  state text not null check (state in ('received', 'parked', 'done', 'ignored', 'dead')),
  attempts int not null default 0,
  last_error text,
  received_at timestamptz not null,
  processed_at timestamptz
);
create index idx_webhook_inbox_open on control.webhook_inbox (state, received_at) where state in ('received', 'parked', 'dead');

create index idx_webhook_inbox_received on control.webhook_inbox (received_at) where state in ('done', 'ignored');

create table control.jobs (
  id uuid primary key,
  kind text not null,
  payload jsonb not null,
  unique_key text,
  run_at timestamptz not null,
  attempts int not null default 0,
  max_attempts int not null,
  locked_until timestamptz,
  last_error text,
  dead_at timestamptz,
  created_at timestamptz not null
);
create index idx_jobs_due on control.jobs (run_at) where dead_at is null;
create unique index jobs_unique_key on control.jobs (unique_key) where unique_key is not null and dead_at is null and locked_until is null;

create table control.audit (
  id uuid not null,
  tenant_id uuid,
  at timestamptz not null,
  origin text not null check (origin in ('user', 'token', 'webhook', 'system', 'migration')),
  actor_id uuid,
  -- The provider's id of who really acted, where the session was an impersonation of the actor.
  impersonator text,
  action text not null,
  object_type text not null,
  object_id text not null,
  before jsonb,
  after jsonb,
  request_id uuid,
  address text,
  primary key (id)
);
create index idx_audit_tenant on control.audit (tenant_id, at, id);
create index idx_audit_object on control.audit (tenant_id, object_type, object_id);
create index idx_audit_actor on control.audit (tenant_id, actor_id, at);

create table control.idempotency (
  tenant_id uuid not null,
  user_id uuid not null,
  operation text not null,
  key text not null,
  request_hash bytea not null,
  resource_id uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  constraint idempotency_pkey primary key (tenant_id, user_id, operation, key)
);
create index idx_idempotency_expires on control.idempotency (tenant_id, expires_at);


alter table control.audit enable row level security;
alter table control.audit force row level security;
create policy tenant_isolation_audit on control.audit
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
-- Facts that belong to no tenant (a user was deleted) may be added; nobody reads them this way.
create policy platform_facts_audit on control.audit for insert with check (tenant_id is null);

alter table control.idempotency enable row level security;
alter table control.idempotency force row level security;
create policy tenant_isolation_idempotency on control.idempotency
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

create function control.refuse_change() returns trigger language plpgsql as $$
begin
  raise exception 'the audit log is append-only' using errcode = '42501';
end $$;
create trigger audit_is_append_only before update or delete on control.audit
  for each row execute function control.refuse_change();
create trigger audit_is_not_truncated before truncate on control.audit
  for each statement execute function control.refuse_change();

-- Sets the tenant for this transaction, in the form that also reaches a Citus worker.
create function control.set_tenant(p_tenant uuid) returns void
language plpgsql volatile as $$
begin
  if current_setting('citus.propagate_set_commands', true) is null then
    perform set_config('app.tenant_id', p_tenant::text, true);
  else
    perform set_config('citus.propagate_set_commands', 'local', true);
    execute format('set local app.tenant_id = %L', p_tenant);
  end if;
end $$;

-- The one way to a tenant's rows for a member. First the shared lock that a move's cut-over takes
-- exclusively, then the look at what the caller believes: the look sees what was committed before.
create function control.enter(p_tenant uuid, p_epoch bigint, p_membership uuid, p_version bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  perform 1 from control.placements p
    join control.memberships m on m.organization_id = p.organization_id
    where p.organization_id = p_tenant and p.epoch = p_epoch
      and m.id = p_membership and m.version = p_version and m.status = 'active';
  if not found then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  return true;
end $$;

-- The same for people who operate the installation: they are members of nothing.
create function control.enter_as_platform(p_tenant uuid, p_epoch bigint, p_user uuid, p_version bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  perform 1 from control.placements p, control.users u
    where p.organization_id = p_tenant and p.epoch = p_epoch
      and u.id = p_user and u.version = p_version and u.is_active and u.platform_role <> 'none';
  if not found then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  return true;
end $$;

-- The same for jobs and webhooks, which act for the installation. The last two parameters say who
-- and why; they are recorded in the audit by the caller.
create function control.enter_as_system(p_tenant uuid, p_epoch bigint, p_reason text, p_spare bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  perform 1 from control.placements p
    where p.organization_id = p_tenant and p.epoch = p_epoch;
  if not found or coalesce(p_reason, '') = '' then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  return true;
end $$;

revoke all on all functions in schema control from public;
grant usage on schema control to bailiwick_app, bailiwick_ro;
grant execute on function control.enter(uuid, bigint, uuid, bigint) to bailiwick_app;
grant execute on function control.enter_as_platform(uuid, bigint, uuid, bigint) to bailiwick_app;
grant execute on function control.enter_as_system(uuid, bigint, text, bigint) to bailiwick_app;
grant select, insert, update on control.users, control.organizations, control.memberships, control.placements,
  control.tombstones, control.webhook_inbox to bailiwick_app;
grant select, insert, update, delete on control.jobs, control.idempotency to bailiwick_app;
grant delete on control.webhook_inbox to bailiwick_app;
grant select, insert on control.audit to bailiwick_app;
grant select on control.schema_migrations to bailiwick_app;
grant select on all tables in schema control to bailiwick_ro;

-- Tables written together with a tenant's rows commit together with them on Citus too.
do $$
declare name text;
begin
  if to_regprocedure('pg_catalog.citus_add_local_table_to_metadata(regclass,boolean)') is not null then
    foreach name in array array['control.audit', 'control.jobs', 'control.idempotency'] loop
      execute format('select pg_catalog.citus_add_local_table_to_metadata(%L, false)', name);
    end loop;
  end if;
end $$;
