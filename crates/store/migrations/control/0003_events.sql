-- The tail that event streams follow: ids of what changed lately, and nothing else of it. Rows are
-- hints that may be lost with a crash, so they cost no write-ahead log. Who serves requests may
-- neither read nor write the table: triggers fill it, and `control.changes_after` shows it to the
-- process, which asks for each event who may see it.

create unlogged table control.changes (
  -- Rows are read in this order and only once every older transaction has ended: none that commits
  -- late is passed over.
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  at timestamptz not null default now(),
  kind text not null,
  organization_id uuid,
  user_id text,
  project_id text,
  object_id text not null,
  primary key (xid, id)
);

create function control.note_user() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, user_id, object_id) values ('users', new.id, new.id);
  return null;
end $$;

create function control.note_membership() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, organization_id, user_id, object_id)
    values ('memberships', new.organization_id, new.user_id, new.id);
  return null;
end $$;

create function control.note_organization() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, organization_id, object_id) values ('organizations', new.id, new.id);
  return null;
end $$;

create function control.note_placement() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, organization_id, object_id)
    select 'organizations', o, o from (select coalesce(new.organization_id, old.organization_id) as o) p;
  return null;
end $$;

-- Everything else that changes is a fact already: its resource is the first word of what was done.
-- Whose it is and in which project, where the fact says so.
create function control.note_fact() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, organization_id, user_id, project_id, object_id) values (
    split_part(new.action, '.', 1), new.tenant_id,
    coalesce(new.after ->> 'userId', new.before ->> 'userId', new.after ->> 'memberId', new.before ->> 'memberId'),
    coalesce(new.after ->> 'projectId', new.before ->> 'projectId'),
    new.object_id);
  return null;
end $$;

create trigger changed_users_are_noted after update on control.users
  for each row when (
    (old.version, old.is_active, old.platform_role, old.deleted_at, old.full_name, old.email, old.avatar_url)
    is distinct from
    (new.version, new.is_active, new.platform_role, new.deleted_at, new.full_name, new.email, new.avatar_url))
  execute function control.note_user();
create trigger memberships_are_noted after insert on control.memberships
  for each row execute function control.note_membership();
create trigger changed_memberships_are_noted after update on control.memberships
  for each row when (old.* is distinct from new.*) execute function control.note_membership();
create trigger organizations_are_noted after insert on control.organizations
  for each row execute function control.note_organization();
create trigger changed_organizations_are_noted after update on control.organizations
  for each row when (old.* is distinct from new.*) execute function control.note_organization();
create trigger placements_are_noted after insert or update or delete on control.placements
  for each row execute function control.note_placement();
-- What has a trigger of its own above, and the beginnings of sessions, are not noted twice.
create trigger facts_are_noted after insert on control.audit
  for each row when (new.action !~ '^(users|memberships|organizations|tenants)\.'
    and new.action not in ('sessions.created', 'sessions.active', 'sessions.pending'))
  execute function control.note_fact();

-- Everything below is committed and complete: what begins from now on is above.
create function control.changes_horizon() returns bigint
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select pg_snapshot_xmin(pg_current_snapshot())::text::bigint
$$;

create function control.changes_after(p_xid bigint, p_id bigint, p_limit bigint)
returns table (xid bigint, id bigint, kind text, organization_id uuid, user_id text, project_id text, object_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.xid::text::bigint, c.id, c.kind, c.organization_id, c.user_id, c.project_id, c.object_id
  from control.changes c
  where (c.xid, c.id) > (p_xid::text::xid8, p_id) and c.xid < pg_snapshot_xmin(pg_current_snapshot())
  order by c.xid, c.id limit p_limit
$$;

-- The newest ones below a horizon, the newest first.
create function control.changes_before(p_xid bigint, p_limit bigint)
returns table (xid bigint, id bigint, kind text, organization_id uuid, user_id text, project_id text, object_id text)
language sql stable security definer set search_path = pg_catalog, pg_temp as $$
  select c.xid::text::bigint, c.id, c.kind, c.organization_id, c.user_id, c.project_id, c.object_id
  from control.changes c
  where c.xid < p_xid::text::xid8
  order by c.xid desc, c.id desc limit p_limit
$$;

-- Removes what is older, a bite at a time; two processes do not wait for each other.
create function control.forget_changes(p_older_s bigint, p_limit bigint) returns bigint
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  removed bigint;
begin
  delete from control.changes c using (
    select o.xid, o.id from control.changes o order by o.xid, o.id limit p_limit for update skip locked) old
  where c.xid = old.xid and c.id = old.id and c.at < now() - make_interval(secs => p_older_s);
  get diagnostics removed = row_count;
  return removed;
end $$;

revoke all on function control.note_user(), control.note_membership(), control.note_organization(),
  control.note_placement(), control.note_fact(), control.changes_horizon(),
  control.changes_after(bigint, bigint, bigint), control.changes_before(bigint, bigint),
  control.forget_changes(bigint, bigint) from public;
grant execute on function control.changes_horizon(), control.changes_after(bigint, bigint, bigint),
  control.changes_before(bigint, bigint), control.forget_changes(bigint, bigint) to bailiwick_app;
grant select on control.changes to bailiwick_ro;
