-- When the plan that an organization is on ends, unless the provider says otherwise before; none where
-- it has no end that is known.
alter table control.organizations add column plan_until timestamptz;

-- The items of a subscription whose payer is told after them.
create index idx_subscription_items_subscription on control.subscription_items (clerk_subscription_id)
  where clerk_org_id is null;

-- The latest of two states of an item that carry the same times: what comes later in its life.
create function control.item_rank(p_status text) returns int
language sql immutable set search_path = pg_catalog, pg_temp as $$
  select coalesce(array_position(
    array['incomplete', 'upcoming', 'active', 'past_due', 'canceled', 'ended'], p_status), 0)
$$;
revoke all on function control.item_rank(text) from public;
grant execute on function control.item_rank(text) to bailiwick_app;
