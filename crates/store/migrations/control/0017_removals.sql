-- The end of organizations: what is being removed of them, and what was. A row outlives its
-- organization, and nothing here refers to it.
create table control.removals (
  organization_id uuid primary key,
  clerk_org_id text not null,
  slug text not null,
  tier text not null,
  -- Where its rows are; none where it never had a home.
  schema_name text,
  reason text not null check (char_length(reason) between 1 and 500),
  step text not null default 'ROWS'
    check (step in ('ROWS', 'SCHEMA', 'OBJECTS', 'AUDIT', 'CONTROL', 'CERTIFY', 'DONE')),
  -- How far the step has come, in its own words.
  position text,
  -- What was removed so far.
  counts jsonb not null default '{}',
  -- Who works on it renews this; nobody else does meanwhile.
  held_until timestamptz,
  deleted_at timestamptz not null,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  finished_at timestamptz,
  -- What was removed, in a form that is signed as it stands here.
  certificate text,
  key_id text,
  mac bytea,
  constraint removals_certificate_check check (
    (certificate is null) = (finished_at is null) and (certificate is null) = (mac is null)
    and (certificate is null) = (key_id is null)),
  constraint removals_done_check check (step <> 'DONE' or certificate is not null)
);
create index idx_removals_open on control.removals (updated_at) where step <> 'DONE';
create index idx_organizations_deleted on control.organizations (deleted_at) where deleted_at is not null;

-- What was certified stays as it is.
create function control.refuse_other_certificate() returns trigger language plpgsql as $$
begin
  raise exception 'a certificate stays as it is' using errcode = '42501';
end $$;
create trigger certificates_are_final before update on control.removals
  for each row when (old.step = 'DONE' or (old.certificate is not null
    and (old.certificate, old.key_id, old.mac, old.organization_id) is distinct from
        (new.certificate, new.key_id, new.mac, new.organization_id)))
  execute function control.refuse_other_certificate();

-- Takes a tenant's home away. Whoever is inside ends first, and nobody comes in after. One that is
-- on the move has two homes: the move ends first, or is cancelled.
create function control.close_tenant(p_org uuid) returns void
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare is_moving boolean := false;
begin
  perform pg_advisory_xact_lock(hashtextextended(p_org::text, 0));
  perform 1 from control.removals r join control.organizations o on o.id = r.organization_id
    where r.organization_id = p_org and r.step = 'ROWS' and o.deleted_at is not null;
  if not found then
    raise exception 'organization % is not being removed', p_org using errcode = '42501';
  end if;
  if to_regclass('control.moves') is not null then
    execute 'select exists (select 1 from control.moves where organization_id = $1)' into is_moving using p_org;
  end if;
  if is_moving then
    raise exception 'organization % is on the move', p_org using errcode = '55006';
  end if;
  delete from control.placements where organization_id = p_org;
end $$;

-- Removes what `control` has of an organization that is being removed, so many rows of a table at
-- most, and the organization's own row once there is nothing else. Answers what it removed: nothing
-- where nothing is left.
create function control.forget_organization(p_org uuid, p_limit bigint)
returns table (table_name text, removed bigint)
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
  clerk text;
  t record;
  n bigint;
  total bigint := 0;
begin
  select r.clerk_org_id into clerk from control.removals r
    where r.organization_id = p_org and r.step = 'CONTROL';
  if not found then
    raise exception 'organization % is not being removed', p_org using errcode = '42501';
  end if;
  for t in
    select c.relname::text as name,
           case c.relname
             when 'subscription_items' then 'clerk_org_id = $2 or clerk_subscription_id in (
               select s.clerk_subscription_id from control.subscriptions s where s.clerk_org_id = $2)'
             when 'subscriptions' then 'clerk_org_id = $2'
             when 'outbound_intents' then 'organization_id = $1 or position(''"'' || $2 || ''"'' in payload::text) > 0
               or position($1::text in payload::text) > 0'
             else format('%I = $1', a.attname) end as condition
    from pg_class c
    left join pg_constraint f on f.conrelid = c.oid and f.contype = 'f'
      and f.confrelid = 'control.organizations'::regclass
    left join pg_attribute a on a.attrelid = c.oid and a.attnum = f.conkey[1]
    where c.relnamespace = 'control'::regnamespace and c.relkind = 'r'
      and (f.oid is not null or c.relname in ('subscriptions', 'subscription_items', 'outbound_intents'))
    order by c.relname
  loop
    execute format('delete from control.%1$I where ctid = any (array(
      select x.ctid from control.%1$I x where %2$s limit $3))', t.name, t.condition)
      using p_org, clerk, p_limit;
    get diagnostics n = row_count;
    if n > 0 then
      table_name := t.name;
      removed := n;
      total := total + n;
      return next;
    end if;
  end loop;
  if total = 0 then
    delete from control.organizations where id = p_org;
    get diagnostics n = row_count;
    if n > 0 then
      table_name := 'organizations';
      removed := n;
      return next;
    end if;
    delete from control.changes where organization_id = p_org or object_id = p_org::text;
  end if;
end $$;

revoke all on function control.refuse_other_certificate(), control.close_tenant(uuid),
  control.forget_organization(uuid, bigint) from public;
grant execute on function control.close_tenant(uuid), control.forget_organization(uuid, bigint) to bailiwick_app;
grant select, insert, update on control.removals to bailiwick_app;
grant select on control.removals to bailiwick_ro;
