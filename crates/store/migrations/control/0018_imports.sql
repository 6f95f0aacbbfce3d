-- Archives that are being restored, and those that were: one that was cut off is taken up.
create table control.imports (
  organization_id uuid not null references control.organizations (id),
  -- SHA-256 of the archive's manifest.
  fingerprint text not null check (fingerprint ~ '^[0-9a-f]{64}$'),
  started_at timestamptz not null,
  finished_at timestamptz,
  primary key (organization_id, fingerprint)
);
grant select, insert, update on control.imports to bailiwick_app;
grant select on control.imports to bailiwick_ro;
