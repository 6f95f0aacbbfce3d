-- Operation: endpoints made at run time, signing keys that change while they are in use, and who may
-- enter the console.

-- An endpoint without a key was made at run time; one with a key follows the configuration.
-- No `events`: all of them, but those about the delivery of webhooks itself.
alter table idp.webhook_endpoints
    alter column key drop not null,
    add column description text not null default '',
    add column events text[] not null default '{}',
    drop constraint webhook_endpoints_disabled_reason_check,
    add constraint webhook_endpoints_disabled_reason_check
        check (disabled_reason in ('gone', 'failing', 'unconfigured', 'manual'));
create index webhook_messages_recent on idp.webhook_messages (seq desc);
create index webhook_deliveries_recent on idp.webhook_deliveries (endpoint_id, seq desc);

-- A key is published from its first moment, signs from `signs_from` until its successor does
-- (`retired_at`, which may lie ahead), and stays published for as long as its tokens may live.
alter table idp.signing_keys add column signs_from timestamptz;
update idp.signing_keys set signs_from = created_at;
alter table idp.signing_keys alter column signs_from set not null;

-- What opens the console: links, used once or until the next start, and the sessions they opened.
create table idp.console_tokens (
    digest text primary key,
    kind text not null check (kind in ('start', 'once', 'session')),
    created_at timestamptz not null,
    expires_at timestamptz not null
);
create index console_tokens_expires on idp.console_tokens (expires_at);
create unique index console_tokens_start on idp.console_tokens (kind) where kind = 'start';
