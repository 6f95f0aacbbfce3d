-- Facts that cannot be changed unseen. A fact carries a MAC under a key that the database does not
-- have, written with the fact. A sealer takes what has committed out of `audit_pending`, chains it
-- per tenant into `audit_seals` and signs each link; the last link is also kept outside.
--
-- A chain is a tenant's id, or the nil UUID for the facts of no tenant.

alter table control.audit add column key_id text;
alter table control.audit add column mac bytea;
-- Facts from before this version have none, and are named by `bailiwick audit verify`.
alter table control.audit add constraint audit_mac_check
  check (key_id is not null and mac is not null and octet_length(mac) = 33) not valid;

drop index control.idx_audit_object;
drop index control.idx_audit_actor;
create index idx_audit_object on control.audit (tenant_id, object_id, at, id);
create index idx_audit_actor on control.audit (tenant_id, actor_id, at, id);
create index idx_audit_action on control.audit (tenant_id, action, at, id);

-- What no seal covers yet. A row is added with its fact and goes with the seal that takes it.
create table control.audit_pending (
  audit_id uuid not null,
  chain uuid not null,
  mac bytea not null,
  constraint audit_pending_pkey primary key (audit_id)
);

-- A link of a chain. The key lets no two servers write the same one.
create table control.audit_seals (
  chain uuid not null,
  number bigint not null check (number > 0),
  facts uuid[] not null check (cardinality(facts) > 0),
  total bigint not null,
  head bytea not null,
  sealed_at timestamptz not null,
  key_id text not null,
  mac bytea not null,
  constraint audit_seals_pkey primary key (chain, number)
);

-- The last link of each chain, and the last that is also kept outside.
create table control.audit_heads (
  chain uuid not null,
  number bigint not null,
  total bigint not null,
  head bytea not null,
  published bigint not null default 0,
  constraint audit_heads_pkey primary key (chain)
);
create index idx_audit_heads_unpublished on control.audit_heads (chain) where number > published;

-- What is left of a chain that was removed with its tenant.
create table control.audit_tombstones (
  chain uuid not null,
  number bigint not null,
  total bigint not null,
  head bytea not null,
  unsealed bigint not null,
  removed_at timestamptz not null,
  reason text not null check (reason <> ''),
  key_id text not null,
  mac bytea not null,
  constraint audit_tombstones_pkey primary key (chain)
);

create function control.await_seal() returns trigger language plpgsql as $$
begin
  insert into control.audit_pending (audit_id, chain, mac)
    values (new.id, coalesce(new.tenant_id, '00000000-0000-0000-0000-000000000000'), new.mac);
  return new;
end $$;
create trigger audit_awaits_its_seal before insert on control.audit
  for each row execute function control.await_seal();

-- Nobody changes what is recorded. The role that removes tenants may delete what has a tombstone.
create or replace function control.refuse_change() returns trigger language plpgsql as $$
begin
  if tg_op = 'DELETE' and current_user = 'bailiwick_retention' then
    if tg_table_name = 'audit' then
      perform 1 from control.audit_tombstones t where t.chain = old.tenant_id;
    elsif tg_table_name = 'audit_seals' then
      perform 1 from control.audit_tombstones t where t.chain = old.chain;
    else
      raise exception 'a tombstone stays' using errcode = '42501';
    end if;
    if found then
      return old;
    end if;
  end if;
  raise exception 'the audit log is append-only' using errcode = '42501';
end $$;
create trigger seals_are_append_only before update or delete on control.audit_seals
  for each row execute function control.refuse_change();
create trigger seals_are_not_truncated before truncate on control.audit_seals
  for each statement execute function control.refuse_change();
create trigger tombstones_are_append_only before update or delete on control.audit_tombstones
  for each row execute function control.refuse_change();
create trigger tombstones_are_not_truncated before truncate on control.audit_tombstones
  for each statement execute function control.refuse_change();

-- Who looks at a chain as such (`bailiwick audit verify`, the installation's own facts) names it.
create policy chain_reading_audit on control.audit for select
  using (coalesce(tenant_id, '00000000-0000-0000-0000-000000000000')
         = nullif(current_setting('app.audit_chain', true), '')::uuid);
create policy retention_audit on control.audit for all to bailiwick_retention
  using (true) with check (tenant_id is null);

revoke all on function control.await_seal(), control.refuse_change() from public;
grant select, insert, update, delete on control.audit_pending to bailiwick_app;
grant select, insert on control.audit_seals to bailiwick_app;
grant select, insert, update on control.audit_heads to bailiwick_app;
grant select on control.audit_tombstones to bailiwick_app;

grant usage on schema control to bailiwick_retention;
grant select, insert, delete on control.audit to bailiwick_retention;
grant select, insert, delete on control.audit_pending to bailiwick_retention;
grant select, delete on control.audit_seals, control.audit_heads to bailiwick_retention;
grant select, insert on control.audit_tombstones to bailiwick_retention;
grant select on control.placements to bailiwick_retention;

grant select on control.audit_pending, control.audit_seals, control.audit_heads, control.audit_tombstones
  to bailiwick_ro;

-- Written together with a tenant's rows, as `control.audit` is.
do $$
begin
  if to_regprocedure('pg_catalog.citus_add_local_table_to_metadata(regclass,boolean)') is not null then
    perform pg_catalog.citus_add_local_table_to_metadata('control.audit_pending', false);
  end if;
end $$;
