-- Second factors: what proves a person beside the first, and what was asked for.

-- What each user has beside the first factor. No row means nothing yet.
-- `password_compromised_mark` is a hash of the digest that must not be used any longer: a new
-- password has another digest, and the mark says nothing about it.
create table idp.user_factors (
    user_id text primary key references idp.users (id) on delete cascade,
    mfa_enabled_at timestamptz,
    mfa_disabled_at timestamptz,
    password_compromised_mark text
);

-- An authenticator application. `sealed_secret` is encrypted with a key of the instance's secret.
-- `last_step` is the newest time step whose code was accepted: no code is accepted twice.
create table idp.totps (
    id text primary key,
    user_id text not null unique references idp.users (id) on delete cascade,
    sealed_secret text not null,
    last_step bigint not null default 0,
    verified_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);

-- Codes to be used once each, where the other second factor is out of reach.
create table idp.backup_codes (
    user_id text not null references idp.users (id) on delete cascade,
    digest text not null,
    used_at timestamptz,
    created_at timestamptz not null,
    primary key (user_id, digest)
);

-- An attempt waits between its factors: what the first one proved, and for what session.
alter table idp.sign_ins
    add column first_factor_at timestamptz,
    add column second_factor_verification_id text references idp.verifications (id) on delete set null,
    add column second_factor_phone_number_id text,
    add column organization_id text references idp.organizations (id) on delete set null;
create index sign_ins_second_verification on idp.sign_ins (second_factor_verification_id);
create index sign_ins_organization on idp.sign_ins (organization_id);

-- The proof that a session asks its user for again, before a sensitive change. One at a time.
create table idp.reverifications (
    session_id text primary key references idp.sessions (id) on delete cascade,
    level text not null check (level in ('first_factor', 'second_factor', 'multi_factor')),
    status text not null check (status in ('needs_first_factor', 'needs_second_factor', 'complete')),
    first_factor_verification_id text references idp.verifications (id) on delete set null,
    second_factor_verification_id text references idp.verifications (id) on delete set null,
    created_at timestamptz not null
);
create index reverifications_first on idp.reverifications (first_factor_verification_id);
create index reverifications_second on idp.reverifications (second_factor_verification_id);

-- The end of a session whatever happens, where signs of life put off its expiry until then.
alter table idp.sessions add column ends_at timestamptz;

-- What tokens for other services say. `sealed_key` is a signing key of one's own, encrypted.
create table idp.jwt_templates (
    id text primary key,
    name text not null,
    claims jsonb not null check (jsonb_typeof(claims) = 'object'),
    lifetime_seconds bigint not null check (lifetime_seconds between 30 and 315360000),
    clock_skew_seconds bigint not null check (clock_skew_seconds between 0 and 300),
    signing_algorithm text not null,
    sealed_key text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint jwt_templates_name unique (name)
);
create index jwt_templates_created on idp.jwt_templates (created_at desc, id);
