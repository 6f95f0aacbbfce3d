-- What the provider says of its own roles and permissions and of who pays for what, each in its
-- latest state by the provider's time.

-- A row that is deleted stays: nothing older revives it.
create table control.provider_roles (
  clerk_role_id text primary key,
  key text not null,
  name text not null,
  permissions text[] not null default '{}',
  clerk_updated_at timestamptz not null,
  deleted_at timestamptz,
  updated_at timestamptz not null
);

create table control.provider_permissions (
  clerk_permission_id text primary key,
  key text not null,
  name text not null,
  clerk_updated_at timestamptz not null,
  deleted_at timestamptz,
  updated_at timestamptz not null
);

-- Two events may carry the same time of the subscription: then the later event counts.
create table control.subscriptions (
  clerk_subscription_id text primary key,
  clerk_org_id text,
  clerk_user_id text,
  status text not null,
  clerk_updated_at timestamptz not null,
  clerk_event_at timestamptz not null,
  updated_at timestamptz not null
);
create index idx_subscriptions_org on control.subscriptions (clerk_org_id);

create table control.subscription_items (
  clerk_item_id text primary key,
  clerk_subscription_id text,
  clerk_org_id text,
  clerk_user_id text,
  plan_id text,
  plan_slug text,
  status text not null,
  is_free_trial boolean not null,
  seats bigint,
  period_start timestamptz,
  period_end timestamptz,
  clerk_updated_at timestamptz not null,
  clerk_event_at timestamptz not null,
  updated_at timestamptz not null
);
create index idx_subscription_items_org on control.subscription_items (clerk_org_id, status);

grant select, insert, update on control.provider_roles, control.provider_permissions, control.subscriptions,
  control.subscription_items to bailiwick_app;
grant select on control.provider_roles, control.provider_permissions, control.subscriptions,
  control.subscription_items to bailiwick_ro;
