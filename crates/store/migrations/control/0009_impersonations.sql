-- Somebody of the operators acts for a user: who, whom, why and until when. A session that names an
-- actor is nobody's without a row here that is open.

create table control.impersonations (
  id uuid primary key,
  user_id uuid not null references control.users (id),
  impersonator_id uuid not null references control.users (id),
  reason text not null check (char_length(reason) between 1 and 500),
  created_at timestamptz not null,
  expires_at timestamptz not null,
  -- None until the provider has answered: nobody acts before.
  clerk_actor_token_id text unique,
  -- The one session that counts: the first that came with this row's id.
  clerk_session_id text unique,
  began_at timestamptz,
  ended_at timestamptz,
  ended_by uuid references control.users (id),
  -- Why it came to nothing, where the provider made no ticket.
  error text,
  check (user_id <> impersonator_id),
  check (expires_at > created_at and expires_at <= created_at + interval '2 hours'),
  check ((clerk_session_id is null) = (began_at is null)),
  check (clerk_session_id is null or clerk_actor_token_id is not null)
);
-- Nobody is two people at once.
create unique index impersonations_open_key on control.impersonations (impersonator_id) where ended_at is null;
create index idx_impersonations_created on control.impersonations (created_at desc, id desc);

-- Which organizations it has led into: each of them has a fact of it.
create table control.impersonation_visits (
  impersonation_id uuid not null references control.impersonations (id),
  organization_id uuid not null references control.organizations (id),
  at timestamptz not null,
  primary key (impersonation_id, organization_id)
);

-- What is known of the user's requests is out of date, on every server.
create function control.announce_impersonation() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('control_changes', 'u:' || coalesce(u.clerk_user_id, ''))
    from control.users u where u.id = new.user_id;
  return null;
end $$;
create trigger impersonations_are_announced after insert or update on control.impersonations
  for each row execute function control.announce_impersonation();
revoke all on function control.announce_impersonation() from public;

grant select, insert, update on control.impersonations to bailiwick_app;
grant select, insert on control.impersonation_visits to bailiwick_app;
grant select on control.impersonations, control.impersonation_visits to bailiwick_ro;
