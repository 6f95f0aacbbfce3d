-- Webhooks out: what was said (messages), to whom (endpoints, secrets), how far it got (deliveries)
-- and what each try saw (attempts).

-- A receiver. `key` is its name in the configuration: its URL may change under the same name.
create table idp.webhook_endpoints (
    id text primary key,
    key text not null unique,
    url text not null,
    -- Since when every attempt has failed; null after a success.
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_reason text check (disabled_reason in ('gone', 'failing', 'unconfigured')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((disabled_at is null) = (disabled_reason is null))
);

-- Signing secrets. Without an expiry: the current one. With one: rotated out, signs until then.
create table idp.webhook_secrets (
    endpoint_id text not null references idp.webhook_endpoints (id) on delete cascade,
    secret text not null,
    created_at timestamptz not null,
    expires_at timestamptz,
    primary key (endpoint_id, secret)
);
create unique index webhook_secrets_current on idp.webhook_secrets (endpoint_id)
    where expires_at is null;

-- What happened, in the transaction in which it happened. `payload` is the body to the byte.
create table idp.webhook_messages (
    id text primary key,
    seq bigint generated always as identity,
    event_type text not null,
    payload text not null,
    created_at timestamptz not null
);
create index webhook_messages_age on idp.webhook_messages (created_at);

-- One message for one endpoint. A claim moves `due_at` to the end of its lease, so that what a
-- dead sender held becomes due again by itself.
create table idp.webhook_deliveries (
    message_id text not null references idp.webhook_messages (id) on delete cascade,
    endpoint_id text not null references idp.webhook_endpoints (id) on delete cascade,
    seq bigint not null,
    state text not null check (state in ('pending', 'held', 'delivered', 'exhausted')),
    attempts integer not null default 0 check (attempts >= 0),
    due_at timestamptz not null,
    claim uuid,
    finished_at timestamptz,
    primary key (message_id, endpoint_id),
    check ((finished_at is null) = (state in ('pending', 'held')))
);
create index webhook_deliveries_due on idp.webhook_deliveries (endpoint_id, due_at, seq)
    where state = 'pending';
create index webhook_deliveries_held on idp.webhook_deliveries (endpoint_id)
    where state = 'held';

-- One try over HTTP: an answer with its status, or the error that stood in its way.
create table idp.webhook_attempts (
    id uuid primary key,
    message_id text not null,
    endpoint_id text not null,
    attempted_at timestamptz not null,
    duration_ms bigint not null,
    status integer,
    response text,
    error text,
    foreign key (message_id, endpoint_id)
        references idp.webhook_deliveries (message_id, endpoint_id) on delete cascade,
    check ((status is null) <> (error is null))
);
create index webhook_attempts_delivery on idp.webhook_attempts
    (message_id, endpoint_id, attempted_at);
