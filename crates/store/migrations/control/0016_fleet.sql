-- What is known of each tenant schema's version, so that nobody has to look into ten thousand of
-- them to learn that there is nothing to do. The truth stays in each schema's own ledgers: a row
-- here is written by the transaction that changes them.
create table control.tenant_schemas (
  schema_name text not null,
  -- The newest migration of ours that ran; 0 where that is not known yet.
  version int not null default 0,
  -- The newest of each product module's own, by its name.
  modules jsonb not null default '{}',
  -- Of all that ran, so that one number says whether a binary has anything to do.
  fingerprint bigint not null default 0,
  migrated_at timestamptz,
  -- The last migration that failed, until one succeeds.
  failed_at timestamptz,
  last_error text,
  attempts int not null default 0,
  created_at timestamptz not null default now(),
  constraint tenant_schemas_pkey primary key (schema_name),
  constraint tenant_schemas_name_check check (schema_name ~ '^tenant_(shared|[0-9a-f]{12,32})$'),
  constraint tenant_schemas_failed_check check ((failed_at is null) = (last_error is null))
);

-- Whoever serves looks; the owner, who migrates, writes.
grant select on control.tenant_schemas to bailiwick_app, bailiwick_ro;
