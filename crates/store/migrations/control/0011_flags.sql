-- Feature flags: what is switched on for everybody, and what for one organization otherwise.

create table control.feature_flags (
  key text primary key constraint feature_flags_key_check check (key ~ '^[a-z][a-z0-9_.-]{0,99}$'),
  description text not null default '' check (char_length(description) <= 500),
  is_enabled boolean not null,
  updated_by uuid references control.users (id),
  created_at timestamptz not null,
  updated_at timestamptz not null
);

create table control.feature_flag_overrides (
  key text not null references control.feature_flags (key) on delete cascade,
  organization_id uuid not null references control.organizations (id),
  is_enabled boolean not null,
  updated_by uuid references control.users (id),
  updated_at timestamptz not null,
  primary key (key, organization_id)
);
create index idx_feature_flag_overrides_org on control.feature_flag_overrides (organization_id);

-- Whoever listens hears of it at once: everybody of a flag, an organization of its own exception.
create function control.note_flag() returns trigger
language plpgsql security definer set search_path = pg_catalog, pg_temp as $$
declare
  changed jsonb := to_jsonb(case when tg_op = 'DELETE' then old else new end);
begin
  insert into control.changes (kind, organization_id, object_id)
    values ('flags', (changed ->> 'organization_id')::uuid, changed ->> 'key');
  perform pg_notify('control_changes', 'f:' || (changed ->> 'key'));
  return null;
end $$;
create trigger flags_are_noted after insert or update or delete on control.feature_flags
  for each row execute function control.note_flag();
create trigger flag_overrides_are_noted after insert or update or delete on control.feature_flag_overrides
  for each row execute function control.note_flag();

revoke all on function control.note_flag() from public;
grant select, insert, update, delete on control.feature_flags, control.feature_flag_overrides to bailiwick_app;
grant select on control.feature_flags, control.feature_flag_overrides to bailiwick_ro;
