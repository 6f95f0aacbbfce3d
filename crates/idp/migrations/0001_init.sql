-- The identity provider's own tables. Ids are Clerk's: a prefix and 27 base62 characters that sort by time.
-- All instants are whole milliseconds, since the protocols speak milliseconds.

create table idp.instance (
    singleton boolean primary key default true check (singleton),
    id text not null,
    created_at timestamptz not null
);

create table idp.signing_keys (
    kid text primary key,
    private_pem text not null,
    created_at timestamptz not null,
    retired_at timestamptz
);
create unique index signing_keys_one_current on idp.signing_keys ((retired_at is null)) where retired_at is null;

-- One row per question asked of a person: a code sent, a password demanded. `code_digest` is a keyed hash.
create table idp.verifications (
    id text primary key,
    strategy text not null,
    code_digest text,
    attempts bigint not null default 0 check (attempts >= 0),
    expire_at timestamptz,
    verified_at timestamptz,
    created_at timestamptz not null
);
create index verifications_created on idp.verifications (created_at);

create table idp.users (
    id text primary key,
    first_name text,
    last_name text,
    username text,
    external_id text unique,
    primary_email_address_id text,
    password_digest text,
    password_updated_at timestamptz,
    public_metadata jsonb not null default '{}',
    private_metadata jsonb not null default '{}',
    unsafe_metadata jsonb not null default '{}',
    banned boolean not null default false,
    failed_attempts bigint not null default 0,
    locked_until timestamptz,
    create_organization_enabled boolean not null default true,
    create_organizations_limit bigint,
    delete_self_enabled boolean not null default true,
    locale text,
    legal_accepted_at timestamptz,
    last_sign_in_at timestamptz,
    last_active_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index users_username on idp.users (lower(username));
create index users_created on idp.users (created_at desc, id);

create table idp.email_addresses (
    id text primary key,
    user_id text not null references idp.users (id) on delete cascade,
    address text not null,
    verification_id text references idp.verifications (id) on delete set null,
    verified_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index email_addresses_user on idp.email_addresses (user_id, created_at);
create index email_addresses_verification on idp.email_addresses (verification_id);
-- A verified address belongs to one user; an unverified claim excludes nobody.
create unique index email_addresses_verified on idp.email_addresses (lower(address)) where verified_at is not null;
create unique index email_addresses_own on idp.email_addresses (user_id, lower(address));

alter table idp.users add constraint users_primary_email_address
    foreign key (primary_email_address_id) references idp.email_addresses (id)
    on delete set null deferrable initially deferred;

create table idp.roles (
    id text primary key,
    key text not null unique,
    name text not null,
    description text,
    permissions text[] not null default '{}',
    is_creator_eligible boolean not null default false,
    created_at timestamptz not null default date_trunc('milliseconds', now()),
    updated_at timestamptz not null default date_trunc('milliseconds', now())
);
insert into idp.roles (id, key, name, description, permissions, is_creator_eligible) values
    ('role_000000000000000000000000001', 'org:admin', 'Admin', 'Role with elevated permissions',
     '{org:sys_profile:manage,org:sys_profile:delete,org:sys_memberships:read,org:sys_memberships:manage,org:sys_domains:read,org:sys_domains:manage,org:sys_billing:read,org:sys_billing:manage}',
     true),
    ('role_000000000000000000000000002', 'org:member', 'Member', 'Role with non-elevated permissions',
     '{org:sys_memberships:read,org:sys_billing:read}', false);

create table idp.organizations (
    id text primary key,
    name text not null,
    slug text not null unique,
    created_by text references idp.users (id) on delete set null,
    max_allowed_memberships bigint not null,
    admin_delete_enabled boolean not null default true,
    public_metadata jsonb not null default '{}',
    private_metadata jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index organizations_created on idp.organizations (created_at desc, id);
create index organizations_created_by on idp.organizations (created_by);

create table idp.memberships (
    id text primary key,
    organization_id text not null references idp.organizations (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    role text not null references idp.roles (key) on update cascade,
    public_metadata jsonb not null default '{}',
    private_metadata jsonb not null default '{}',
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint memberships_once unique (organization_id, user_id)
);
create index memberships_user on idp.memberships (user_id, created_at);

-- A browser. `cookie_digest` is null for clients that the Backend API makes: no cookie leads to them.
create table idp.clients (
    id text primary key,
    cookie_digest text unique,
    sign_in_id text,
    sign_up_id text,
    last_active_session_id text,
    last_authentication_strategy text,
    cookie_expires_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index clients_updated on idp.clients (updated_at);

create table idp.sessions (
    id text primary key,
    client_id text not null references idp.clients (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    status text not null check (status in
        ('active', 'pending', 'ended', 'expired', 'removed', 'replaced', 'revoked', 'abandoned')),
    last_active_organization_id text references idp.organizations (id) on delete set null,
    actor jsonb,
    first_factor_at timestamptz,
    second_factor_at timestamptz,
    client_ip text,
    user_agent text,
    last_active_at timestamptz not null,
    expire_at timestamptz not null,
    abandon_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index sessions_client on idp.sessions (client_id, created_at);
create index sessions_user on idp.sessions (user_id, created_at);
create index sessions_organization on idp.sessions (last_active_organization_id);
create index sessions_expire on idp.sessions (expire_at);

create table idp.sign_ups (
    id text primary key,
    client_id text not null references idp.clients (id) on delete cascade,
    status text not null check (status in ('missing_requirements', 'complete', 'abandoned')),
    email_address text,
    email_verification_id text references idp.verifications (id) on delete set null,
    first_name text,
    last_name text,
    password_digest text,
    unsafe_metadata jsonb not null default '{}',
    legal_accepted_at timestamptz,
    locale text,
    created_user_id text references idp.users (id) on delete cascade,
    created_session_id text,
    abandon_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index sign_ups_client on idp.sign_ups (client_id);
create index sign_ups_abandon on idp.sign_ups (abandon_at);
create index sign_ups_verification on idp.sign_ups (email_verification_id);
create index sign_ups_user on idp.sign_ups (created_user_id);

create table idp.sign_ins (
    id text primary key,
    client_id text not null references idp.clients (id) on delete cascade,
    status text not null check (status in ('needs_identifier', 'needs_first_factor',
        'needs_second_factor', 'needs_new_password', 'complete', 'abandoned')),
    identifier text,
    user_id text references idp.users (id) on delete cascade,
    first_factor_verification_id text references idp.verifications (id) on delete set null,
    first_factor_email_address_id text references idp.email_addresses (id) on delete set null,
    created_session_id text,
    abandon_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index sign_ins_client on idp.sign_ins (client_id);
create index sign_ins_abandon on idp.sign_ins (abandon_at);
create index sign_ins_verification on idp.sign_ins (first_factor_verification_id);
create index sign_ins_user on idp.sign_ins (user_id);
create index sign_ins_email on idp.sign_ins (first_factor_email_address_id);
