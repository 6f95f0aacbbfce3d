-- What somebody asks for and somebody else decides on: a cash advance, a refund.

create table {t}.approvals (
  tenant_id uuid not null,
  id uuid not null,
  kind text not null,
  -- In the smallest unit of the currency.
  amount bigint not null,
  currency text not null,
  note text,
  status text not null default 'PENDING',
  requested_by uuid not null,
  created_at timestamptz not null,
  decided_by uuid,
  decided_at timestamptz,
  decision_note text,
  constraint approvals_pkey primary key (tenant_id, id),
  constraint approvals_kind_check check (char_length(kind) between 1 and 64),
  constraint approvals_amount_check check (amount between 1 and 1000000000000000),
  constraint approvals_currency_check check (currency ~ '^[A-Z]{3}$'),
  constraint approvals_status_check check (status in ('PENDING', 'APPROVED', 'REJECTED')),
  constraint approvals_decided_check check (
    (status = 'PENDING') = (decided_by is null) and (decided_by is null) = (decided_at is null)),
  constraint approvals_not_by_oneself_check check (decided_by <> requested_by),
  constraint approvals_requested_by_fkey foreign key (tenant_id, requested_by) references {t}.members (tenant_id, id),
  constraint approvals_decided_by_fkey foreign key (tenant_id, decided_by) references {t}.members (tenant_id, id)
);
create index idx_approvals_tenant_id on {t}.approvals (tenant_id, created_at desc, id desc);
create index idx_approvals_requested_by on {t}.approvals (tenant_id, requested_by, created_at desc, id desc);

alter table {t}.approvals enable row level security;
alter table {t}.approvals force row level security;
create policy tenant_isolation_approvals on {t}.approvals
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant select, insert, update, delete on {t}.approvals to bailiwick_app;
grant select on {t}.approvals to bailiwick_ro;
