-- Which rows were written while the tenant is on the move: keys, taken out again by the move.
-- Silent otherwise. Every table of tenants has such a trigger, named capture_<table>, with the
-- columns of its key after tenant_id.

set local citus.enable_unsafe_triggers = on;

create table {t}.move_log (
  tenant_id uuid not null,
  id uuid not null default gen_random_uuid(),
  table_name text not null,
  key text[] not null,
  constraint move_log_pkey primary key (tenant_id, id)
);
alter table {t}.move_log enable row level security;
alter table {t}.move_log force row level security;
create policy tenant_isolation_move_log on {t}.move_log
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
grant select, insert, update, delete on {t}.move_log to bailiwick_app;
grant select on {t}.move_log to bailiwick_ro;

create trigger capture_members after insert or update or delete on {t}.members
  for each row when (current_setting('app.capture', true) = 'on') execute function control.capture('members', 'id');
create trigger capture_projects after insert or update or delete on {t}.projects
  for each row when (current_setting('app.capture', true) = 'on') execute function control.capture('projects', 'id');
create trigger capture_project_members after insert or update or delete on {t}.project_members
  for each row when (current_setting('app.capture', true) = 'on')
  execute function control.capture('project_members', 'id');
create trigger capture_documents after insert or update or delete on {t}.documents
  for each row when (current_setting('app.capture', true) = 'on') execute function control.capture('documents', 'id');
create trigger capture_approvals after insert or update or delete on {t}.approvals
  for each row when (current_setting('app.capture', true) = 'on') execute function control.capture('approvals', 'id');

-- A move empties a part of these tables. Where VACUUM gives the end of a file back, all who share the
-- table wait for it.
alter table {t}.members set (vacuum_truncate = off);
alter table {t}.projects set (vacuum_truncate = off);
alter table {t}.project_members set (vacuum_truncate = off);
alter table {t}.documents set (vacuum_truncate = off);
alter table {t}.approvals set (vacuum_truncate = off);
alter table {t}.move_log set (vacuum_truncate = off);
