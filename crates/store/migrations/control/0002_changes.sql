-- Every change of what a request's context says is announced when it commits, to whoever listens
-- on `control_changes`: 'u:<provider's id of the user>', or 'o:<provider's id>:<our id>' of the
-- organization. Signs of life are no change.

create function control.announce_user() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('control_changes', 'u:' || coalesce(new.clerk_user_id, ''));
  return null;
end $$;

create function control.announce_membership() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('control_changes', 'u:' || coalesce(u.clerk_user_id, ''))
    from control.users u where u.id = new.user_id;
  return null;
end $$;

create function control.announce_organization() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('control_changes', 'o:' || new.clerk_org_id || ':' || new.id);
  return null;
end $$;

create function control.announce_placement() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  perform pg_notify('control_changes', 'o:' || o.clerk_org_id || ':' || o.id)
    from control.organizations o where o.id = coalesce(new.organization_id, old.organization_id);
  return null;
end $$;

create trigger users_are_announced after insert on control.users
  for each row execute function control.announce_user();
create trigger changed_users_are_announced after update on control.users
  for each row when ((old.version, old.is_active, old.platform_role, old.deleted_at, old.clerk_user_id)
    is distinct from (new.version, new.is_active, new.platform_role, new.deleted_at, new.clerk_user_id))
  execute function control.announce_user();
create trigger memberships_are_announced after insert or update on control.memberships
  for each row execute function control.announce_membership();
create trigger organizations_are_announced after insert or update on control.organizations
  for each row execute function control.announce_organization();
create trigger placements_are_announced after insert or update or delete on control.placements
  for each row execute function control.announce_placement();

revoke all on function control.announce_user(), control.announce_membership(), control.announce_organization(),
  control.announce_placement() from public;
