-- Accounts of people at other providers, and the ways there that are under way.

-- One way to a provider and back: asked for by a browser, answered once. The state is kept as a
-- digest; verifier and nonce follow from the id and the instance's secret and are not kept.
-- `location` lacks the state. `identity` and `tokens` are what came back, for the transfer between
-- signing in and signing up; tokens are sealed.
create table idp.oauth_flows (
    id text primary key,
    state_digest text not null unique,
    client_id text not null references idp.clients (id) on delete cascade,
    provider text not null,
    purpose text not null check (purpose in ('sign_in', 'sign_up', 'link')),
    target_id text not null,
    user_id text references idp.users (id) on delete cascade,
    location text not null,
    redirect_url text not null,
    complete_url text not null,
    more_scopes text[] not null default '{}',
    status text not null check (status in
        ('unverified', 'verified', 'failed', 'transferable')),
    error_code text,
    error_text text,
    identity jsonb,
    tokens text,
    used_at timestamptz,
    expire_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((purpose = 'link') = (user_id is not null)),
    check ((error_code is null) = (error_text is null)),
    check (status <> 'transferable' or (identity is not null and tokens is not null))
);
create index oauth_flows_client on idp.oauth_flows (client_id);
create index oauth_flows_target on idp.oauth_flows (target_id, created_at);
create index oauth_flows_user on idp.oauth_flows (user_id);
create index oauth_flows_created on idp.oauth_flows (created_at);

-- A person's account at a provider. Until the provider has answered, nobody knows which it is:
-- issuer and subject are empty then.
create table idp.external_accounts (
    id text primary key,
    identification_id text not null unique,
    user_id text not null references idp.users (id) on delete cascade,
    provider text not null,
    issuer text not null,
    subject text not null,
    approved_scopes text not null,
    email_address text,
    is_email_verified boolean not null,
    first_name text,
    last_name text,
    username text,
    image_url text,
    tokens text,
    status text not null check (status in ('unverified', 'verified', 'failed')),
    error_code text,
    error_text text,
    expire_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((error_code is null) = (error_text is null)),
    check (status <> 'verified' or (issuer <> '' and subject <> ''))
);
create index external_accounts_user on idp.external_accounts (user_id, created_at);
-- Somebody at a provider is one user here.
create unique index external_accounts_person on idp.external_accounts (provider, issuer, subject)
    where status = 'verified';
create index external_accounts_pending on idp.external_accounts (expire_at)
    where status <> 'verified';

-- Once a provider has answered for the attempt: that stands in place of a password.
alter table idp.sign_ups add column is_external boolean not null default false;
