-- What customers' people ask for help with.

create table {t}.tickets (
  tenant_id uuid not null,
  id uuid not null,
  title text not null,
  description text,
  priority text not null,
  category text not null,
  status text not null default 'open',
  opened_by uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint tickets_pkey primary key (tenant_id, id),
  constraint tickets_title_check check (char_length(title) between 1 and 200),
  constraint tickets_category_check check (char_length(category) between 1 and 64),
  constraint tickets_priority_check check (priority in ('low', 'medium', 'high')),
  constraint tickets_status_check check (status in ('open', 'closed')),
  constraint tickets_opened_by_fkey foreign key (tenant_id, opened_by) references {t}.members (tenant_id, id)
);
create index idx_tickets_tenant_id on {t}.tickets (tenant_id, created_at desc, id desc);
create index idx_tickets_opened_by on {t}.tickets (tenant_id, opened_by, created_at desc, id desc);

alter table {t}.tickets enable row level security;
alter table {t}.tickets force row level security;
create policy tenant_isolation_tickets on {t}.tickets
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select, insert, update, delete on {t}.tickets to bailiwick_app;
grant select on {t}.tickets to bailiwick_ro;
