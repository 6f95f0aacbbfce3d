-- A tenant's tables: the same in the shared schema and in a schema of one's own.
-- tenant_id leads every key and every foreign key; row-level security is forced in both.

create table {t}.members (
  tenant_id uuid not null,
  id uuid not null,
  role text not null,
  status text not null default 'active',
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint members_pkey primary key (tenant_id, id),
  constraint members_status_check check (status in ('active', 'suspended', 'removed'))
);

create table {t}.projects (
  tenant_id uuid not null,
  id uuid not null,
  name text not null,
  description text,
  created_by uuid not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  constraint projects_pkey primary key (tenant_id, id),
  constraint projects_name_check check (char_length(name) between 1 and 200),
  constraint projects_created_by_fkey foreign key (tenant_id, created_by) references {t}.members (tenant_id, id)
);
create index idx_projects_tenant_id on {t}.projects (tenant_id, created_at desc, id desc);

create table {t}.project_members (
  tenant_id uuid not null,
  id uuid not null,
  project_id uuid not null,
  member_id uuid not null,
  project_role text not null,
  added_by uuid not null,
  created_at timestamptz not null,
  constraint project_members_pkey primary key (tenant_id, id),
  constraint project_members_role_check check (project_role in ('lead', 'contributor')),
  constraint project_members_once_key unique (tenant_id, project_id, member_id),
  constraint project_members_project_fkey foreign key (tenant_id, project_id)
    references {t}.projects (tenant_id, id) on delete cascade,
  constraint project_members_member_fkey foreign key (tenant_id, member_id) references {t}.members (tenant_id, id),
  constraint project_members_added_by_fkey foreign key (tenant_id, added_by) references {t}.members (tenant_id, id)
);
create index idx_project_members_member on {t}.project_members (tenant_id, member_id, project_id);

create table {t}.documents (
  tenant_id uuid not null,
  id uuid not null,
  scope text not null default 'PROJECT',
  project_id uuid,
  customer_id uuid,
  file_name text not null,
  content_type text not null,
  size bigint not null,
  sha256 bytea,
  s3_key text not null,
  status text not null default 'PENDING',
  visibility text not null default 'INTERNAL',
  uploaded_by uuid not null,
  uploaded_at timestamptz,
  created_at timestamptz not null,
  constraint documents_pkey primary key (tenant_id, id),
  constraint documents_key_key unique (tenant_id, s3_key),
  constraint documents_size_check check (size > 0),
  constraint documents_sha256_check check (sha256 is null or octet_length(sha256) = 32),
  constraint documents_status_check check (status in ('PENDING', 'UPLOADED', 'FAILED')),
  constraint documents_uploaded_check check ((status = 'UPLOADED') = (uploaded_at is not null)),
  constraint documents_visibility_check check (visibility in ('INTERNAL', 'SHARED')),
  constraint documents_scope_check check (
    (scope = 'ORG' and project_id is null and customer_id is null)
    or (scope = 'PROJECT' and project_id is not null)
    or (scope = 'CUSTOMER' and customer_id is not null)),
  constraint documents_project_fkey foreign key (tenant_id, project_id) references {t}.projects (tenant_id, id),
  constraint documents_uploaded_by_fkey foreign key (tenant_id, uploaded_by) references {t}.members (tenant_id, id)
);
create index idx_documents_project on {t}.documents (tenant_id, project_id, created_at desc, id desc);
create index idx_documents_customer on {t}.documents (tenant_id, customer_id);
create index idx_documents_scope on {t}.documents (tenant_id, scope, visibility);

alter table {t}.members enable row level security;
alter table {t}.members force row level security;
create policy tenant_isolation_members on {t}.members
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table {t}.projects enable row level security;
alter table {t}.projects force row level security;
create policy tenant_isolation_projects on {t}.projects
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table {t}.project_members enable row level security;
alter table {t}.project_members force row level security;
create policy tenant_isolation_project_members on {t}.project_members
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);
alter table {t}.documents enable row level security;
alter table {t}.documents force row level security;
create policy tenant_isolation_documents on {t}.documents
  using (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid)
  with check (tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid);

grant usage on schema {t} to bailiwick_app, bailiwick_ro;
grant select, insert, update, delete on {t}.members, {t}.projects, {t}.project_members, {t}.documents to bailiwick_app;
grant select on {t}.members, {t}.projects, {t}.project_members, {t}.documents to bailiwick_ro;
