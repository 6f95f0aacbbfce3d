-- Sweeps: the mirror is compared with the provider, and what differs is repaired.

-- At most one sweep is open in the installation; who holds it says so again and again.
create table control.sweeps (
  id uuid primary key,
  is_dry_run boolean not null,
  position jsonb not null,
  counts jsonb not null,
  holder uuid not null,
  held_until timestamptz not null,
  outcome text check (outcome in ('done', 'refused', 'failed', 'abandoned')),
  error text,
  started_at timestamptz not null,
  finished_at timestamptz,
  constraint sweeps_finished_check check ((outcome is null) = (finished_at is null))
);
create unique index sweeps_open_key on control.sweeps ((true)) where finished_at is null;
create index idx_sweeps_started on control.sweeps (started_at);

-- What the open sweep has met at the provider, a page a row.
create table control.sweep_pages (
  sweep_id uuid not null references control.sweeps (id),
  kind text not null check (kind in ('user', 'organization', 'membership')),
  page bigint not null,
  keys text[] not null,
  primary key (sweep_id, kind, page)
);

-- When a server of the installation was last alive: who starts after a while looks for what was
-- missed.
create table control.pulse (
  id boolean primary key default true check (id),
  alive_at timestamptz not null
);

grant select, insert, update on control.sweeps, control.pulse to bailiwick_app;
grant select, insert, update, delete on control.sweep_pages to bailiwick_app;
grant select on control.sweeps, control.sweep_pages, control.pulse to bailiwick_ro;
