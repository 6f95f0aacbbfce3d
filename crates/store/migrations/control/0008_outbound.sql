-- What is to be done at the provider, written in the transaction that decided it; and the mirror of
-- its invitations.

create table control.outbound_intents (
  id uuid primary key,
  -- Intents of one subject are sent one after the other, in the order of their ids.
  subject text not null,
  kind text not null,
  payload jsonb not null,
  organization_id uuid references control.organizations (id),
  requested_by uuid references control.users (id),
  -- To what an event of the provider may not bring the subject back while this is on its way: the
  -- key of the highest role, 'removed' or 'revoked'.
  holds text,
  state text not null default 'pending' check (state in ('pending', 'done', 'failed', 'superseded')),
  attempts int not null default 0,
  claimed_until timestamptz,
  error text,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create index idx_outbound_intents_open on control.outbound_intents (subject, id) where state in ('pending', 'failed');
create index idx_outbound_intents_claimed on control.outbound_intents (subject) where claimed_until is not null;
create index idx_outbound_intents_org on control.outbound_intents (organization_id, kind, created_at);
create index idx_outbound_intents_settled on control.outbound_intents (updated_at) where state <> 'pending';

create table control.invitations (
  id uuid primary key,
  organization_id uuid not null references control.organizations (id),
  -- None until the provider has answered.
  clerk_invitation_id text unique,
  email text not null,
  role text not null,
  provider_role text not null,
  status text not null default 'pending'
    check (status in ('pending', 'accepted', 'revoked', 'expired', 'failed')),
  -- Counts how often it was sent: what the provider says of an earlier sending is out of date.
  sending int not null default 1,
  invited_by uuid references control.users (id),
  -- The provider's id of who accepted it.
  accepted_by text,
  -- When the role was given: an invitation gives it once.
  applied_at timestamptz,
  expires_at timestamptz,
  clerk_updated_at timestamptz not null,
  created_at timestamptz not null,
  updated_at timestamptz not null
);
create unique index invitations_open_key on control.invitations (organization_id, lower(email)) where status = 'pending';
create index idx_invitations_org on control.invitations (organization_id, created_at desc, id desc);

-- Every verified address, in lower case: an invitation may be for any of them.
alter table control.users add column emails text[] not null default '{}';
create index idx_users_emails on control.users using gin (emails) where deleted_at is null;

alter table control.organizations
  add column description text,
  add column org_type text,
  add column tax_id text,
  add constraint organizations_settings_check check (octet_length(settings::text) <= 65536);

grant select, insert, update, delete on control.outbound_intents, control.invitations to bailiwick_app;
grant select on control.outbound_intents, control.invitations to bailiwick_ro;

-- Whose e-mail is somebody else's as well: for people to look at.
create table control.conflicts (
  user_id uuid not null references control.users (id),
  other_id uuid not null references control.users (id),
  reason text not null check (reason in ('shared_email', 'unverified_email')),
  created_at timestamptz not null,
  resolved_at timestamptz,
  primary key (user_id, other_id)
);
grant select, insert, update on control.conflicts to bailiwick_app;
grant select on control.conflicts to bailiwick_ro;
