-- What servers ask for beside users and organizations: tokens that sign somebody in, restrictions,
-- keys of machines and people, applications that ask for access, texts of messages.
-- Secrets are stored as SHA-256 of 256 random or derived bits: enough to recognise, not to present.

-- One-time tokens that sign a user in: for an operator's link, for impersonation, for an agent.
create table idp.login_tokens (
    id text primary key,
    kind text not null check (kind in ('sign_in', 'actor', 'agent_task')),
    user_id text not null references idp.users (id) on delete cascade,
    organization_id text references idp.organizations (id) on delete cascade,
    -- Who acts as the user; null where the user does.
    actor jsonb check (jsonb_typeof(actor) = 'object'),
    session_seconds bigint check (session_seconds > 0),
    redirect_url text,
    token_digest text not null unique,
    status text not null check (status in ('pending', 'accepted', 'revoked')),
    expires_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((kind = 'sign_in') = (actor is null))
);
create index login_tokens_user on idp.login_tokens (user_id);
create index login_tokens_organization on idp.login_tokens (organization_id);
create index login_tokens_expires on idp.login_tokens (expires_at);

-- Who may sign up (allow) and who may not (block): an address, a number, or `*@domain`, in lower case.
create table idp.restrictions (
    id text primary key,
    list text not null check (list in ('allow', 'block')),
    identifier text not null,
    identifier_type text not null check (identifier_type in ('email_address', 'phone_number', 'web3_wallet')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint restrictions_once unique (list, identifier)
);
create index restrictions_created on idp.restrictions (list, created_at desc, id);

create table idp.machines (
    id text primary key,
    name text not null,
    default_token_ttl bigint not null check (default_token_ttl > 0),
    -- The secret is derived from the id and this number, and recognised by its digest.
    generation bigint not null default 1,
    secret_digest text not null unique,
    previous_digest text unique,
    previous_until timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((previous_digest is null) = (previous_until is null))
);
create index machines_created on idp.machines (created_at desc, id);

-- Which machines a machine may present its tokens to.
create table idp.machine_scopes (
    from_machine_id text not null references idp.machines (id) on delete cascade,
    to_machine_id text not null references idp.machines (id) on delete cascade,
    created_at timestamptz not null,
    constraint machine_scopes_once primary key (from_machine_id, to_machine_id),
    constraint machine_scopes_other check (from_machine_id <> to_machine_id)
);
create index machine_scopes_to on idp.machine_scopes (to_machine_id);

create table idp.m2m_tokens (
    id text primary key,
    machine_id text not null references idp.machines (id) on delete cascade,
    token_digest text not null unique,
    claims jsonb,
    scopes text[] not null,
    revoked boolean not null default false,
    revocation_reason text,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index m2m_tokens_machine on idp.m2m_tokens (machine_id, created_at desc, id);
create index m2m_tokens_expires on idp.m2m_tokens (expires_at);

create table idp.api_keys (
    id text primary key,
    name text not null,
    description text,
    user_id text references idp.users (id) on delete cascade,
    organization_id text references idp.organizations (id) on delete cascade,
    machine_id text references idp.machines (id) on delete cascade,
    subject text generated always as (coalesce(user_id, organization_id, machine_id)) stored,
    created_by text references idp.users (id) on delete set null,
    secret_digest text not null unique,
    claims jsonb,
    scopes text[] not null,
    revoked boolean not null default false,
    revocation_reason text,
    expires_at timestamptz,
    last_used_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint api_keys_subject check (num_nonnulls(user_id, organization_id, machine_id) = 1)
);
create index api_keys_of_subject on idp.api_keys (subject, created_at desc, id);
create unique index api_keys_name on idp.api_keys (subject, lower(name)) where not revoked;
create index api_keys_user on idp.api_keys (user_id);
create index api_keys_organization on idp.api_keys (organization_id);
create index api_keys_machine on idp.api_keys (machine_id);
create index api_keys_creator on idp.api_keys (created_by);

-- Texts of messages that the Backend API changed; those that it did not are in the program.
create table idp.templates (
    template_type text not null check (template_type in ('email', 'sms')),
    slug text not null,
    name text not null,
    subject text,
    markup text,
    body text not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    primary key (template_type, slug)
);

-- Applications of others that ask users for access, and what they were given.
create table idp.oauth_applications (
    id text primary key,
    name text not null,
    client_id text not null unique,
    client_secret_digest text,
    client_uri text,
    dynamically_registered boolean not null default false,
    consent_screen_enabled boolean not null default true,
    pkce_required boolean not null default false,
    is_public boolean not null default false,
    scopes text not null,
    redirect_uris text[] not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index oauth_applications_created on idp.oauth_applications (created_at desc, id);

-- The customer's own id of whoever signs up, given by a server while the attempt goes on.
alter table idp.sign_ups add column external_id text;

-- What a user allowed an application.
create table idp.oauth_consents (
    application_id text not null references idp.oauth_applications (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    scopes text[] not null,
    updated_at timestamptz not null,
    primary key (application_id, user_id)
);
create index oauth_consents_user on idp.oauth_consents (user_id);

-- Codes that an application changes into tokens, once. A code stays after its use: whoever brings
-- it again shows that it was stolen, and everything that came of it ends.
create table idp.oauth_codes (
    code_digest text primary key,
    grant_id text not null,
    application_id text not null references idp.oauth_applications (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    redirect_uri text not null,
    scopes text[] not null,
    code_challenge text,
    nonce text,
    used boolean not null default false,
    expires_at timestamptz not null
);
create index oauth_codes_application on idp.oauth_codes (application_id);
create index oauth_codes_user on idp.oauth_codes (user_id);
create index oauth_codes_expires on idp.oauth_codes (expires_at);

create table idp.oauth_tokens (
    id text primary key,
    grant_id text not null,
    application_id text not null references idp.oauth_applications (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    scopes text[] not null,
    access_digest text not null unique,
    refresh_digest text unique,
    refreshed boolean not null default false,
    revoked boolean not null default false,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index oauth_tokens_grant on idp.oauth_tokens (grant_id);
create index oauth_tokens_application on idp.oauth_tokens (application_id);
create index oauth_tokens_user on idp.oauth_tokens (user_id);
create index oauth_tokens_expires on idp.oauth_tokens (expires_at);
