-- What the plan, or who operates the installation, asks for; `tier` says where the tenant lives.
alter table control.organizations add column tier_wanted text not null default 'starter'
  constraint organizations_tier_wanted_check check (tier_wanted in ('starter', 'pro'));
update control.organizations set tier_wanted = tier where tier <> 'starter';

-- While this is set, the tenant's transactions note the keys of what they write.
alter table control.placements add column capturing boolean not null default false;

-- A move under way: where it stands. The row goes with the move's end; what was moved is a fact.
create table control.moves (
  organization_id uuid primary key references control.organizations (id),
  -- Of this move: one that began later under the same organization has another.
  id uuid not null,
  from_schema text not null,
  to_schema text not null,
  to_tier text not null check (to_tier in ('starter', 'pro')),
  step text not null check (step in ('PREPARING', 'COPYING', 'VERIFYING', 'SWITCHING', 'CLEANING', 'CANCELLING')),
  -- While copying: the table, and the last key that was copied; none at its beginning.
  at_table text,
  after_key text[],
  rows_done bigint not null default 0,
  -- As counted when the copying began.
  rows_total bigint not null default 0,
  -- How often the copying began again, and why the last time.
  restarts int not null default 0,
  restarted_for text,
  started_at timestamptz not null,
  updated_at timestamptz not null,
  constraint moves_elsewhere_check check (from_schema <> to_schema)
);
-- Two organizations whose names collide do not move into one schema.
create unique index moves_schema_key on control.moves (to_schema) where to_schema <> 'tenant_shared';

create function control.note_move() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
begin
  insert into control.changes (kind, organization_id, object_id)
    select 'organizations', o, o from (select coalesce(new.organization_id, old.organization_id) as o) m;
  return null;
end $$;
create trigger moves_are_noted after insert or delete on control.moves
  for each row execute function control.note_move();
create trigger moved_steps_are_noted after update on control.moves
  for each row when (old.step is distinct from new.step) execute function control.note_move();

-- The trigger of tenants' tables: notes the key of each row that is written, beside the row. Its
-- arguments are the table's name and the columns of its key after tenant_id: on a Citus worker the
-- table itself has another name. It writes in the table's own schema, which is on the same node.
create function control.capture() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
declare
  gone text[];
  come text[];
begin
  if tg_op <> 'INSERT' then
    select array_agg(to_jsonb(old) ->> c.name order by c.place) into gone
      from unnest(tg_argv) with ordinality c (name, place) where c.place > 1;
  end if;
  if tg_op <> 'DELETE' then
    select array_agg(to_jsonb(new) ->> c.name order by c.place) into come
      from unnest(tg_argv) with ordinality c (name, place) where c.place > 1;
  end if;
  if gone is not null then
    execute format('insert into %I.move_log (tenant_id, table_name, key) values ($1, $2, $3)', tg_table_schema)
      using old.tenant_id, tg_argv[0], gone;
  end if;
  if come is not null and come is distinct from gone then
    execute format('insert into %I.move_log (tenant_id, table_name, key) values ($1, $2, $3)', tg_table_schema)
      using new.tenant_id, tg_argv[0], come;
  end if;
  return null;
end $$;

-- In the form that also reaches a Citus worker, as control.set_tenant.
create function control.set_capture() returns void
language plpgsql volatile as $$
begin
  if current_setting('citus.propagate_set_commands', true) is null then
    perform set_config('app.capture', 'on', true);
  else
    perform set_config('citus.propagate_set_commands', 'local', true);
    execute 'set local app.capture = ''on''';
  end if;
end $$;

-- The entries as they were, and the word to note what is written where the tenant is on the move.
create or replace function control.enter(p_tenant uuid, p_epoch bigint, p_membership uuid, p_version bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare is_moving boolean;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  select p.capturing into is_moving from control.placements p
    join control.memberships m on m.organization_id = p.organization_id
    where p.organization_id = p_tenant and p.epoch = p_epoch
      and m.id = p_membership and m.version = p_version and m.status = 'active';
  if not found then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  if is_moving then
    perform control.set_capture();
  end if;
  return true;
end $$;

create or replace function control.enter_as_platform(p_tenant uuid, p_epoch bigint, p_user uuid, p_version bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare is_moving boolean;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  select p.capturing into is_moving from control.placements p, control.users u
    where p.organization_id = p_tenant and p.epoch = p_epoch
      and u.id = p_user and u.version = p_version and u.is_active and u.platform_role <> 'none';
  if not found then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  if is_moving then
    perform control.set_capture();
  end if;
  return true;
end $$;

create or replace function control.enter_as_system(p_tenant uuid, p_epoch bigint, p_reason text, p_spare bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare is_moving boolean;
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  select p.capturing into is_moving from control.placements p
    where p.organization_id = p_tenant and p.epoch = p_epoch;
  if not found or coalesce(p_reason, '') = '' then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  if is_moving then
    perform control.set_capture();
  end if;
  return true;
end $$;

-- The same for the move itself, which writes what was noted and is not to note it again.
create function control.enter_as_mover(p_tenant uuid, p_epoch bigint)
returns boolean language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended(p_tenant::text, 0));
  perform 1 from control.placements p where p.organization_id = p_tenant and p.epoch = p_epoch;
  if not found then
    return false;
  end if;
  perform control.set_tenant(p_tenant);
  return true;
end $$;

revoke all on function control.note_move(), control.capture(), control.set_capture(),
  control.enter_as_mover(uuid, bigint) from public;
grant execute on function control.enter_as_mover(uuid, bigint) to bailiwick_app;
grant select, insert, update, delete on control.moves to bailiwick_app;
grant select on control.moves to bailiwick_ro;
