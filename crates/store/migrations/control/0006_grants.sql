-- What a membership was granted beside its role: pages, permissions, and when the person may act.
-- The form is the policy engine's; here it is an object of bounded size.

alter table control.memberships add column grants jsonb not null default '{}'
  constraint memberships_grants_check check (jsonb_typeof(grants) = 'object' and octet_length(grants::text) <= 65536);

-- Who leaves and comes back starts from the role alone, whatever ended the membership.
create function control.forget_grants() returns trigger
language plpgsql set search_path = pg_catalog, pg_temp as $$
begin
  new.grants := '{}';
  return new;
end $$;
create trigger removed_memberships_hold_nothing before update on control.memberships
  for each row when (new.status = 'removed' and new.grants <> '{}')
  execute function control.forget_grants();

revoke all on function control.forget_grants() from public;
