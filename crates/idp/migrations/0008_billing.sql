-- Plans, who is on which of them, and what was paid. Amounts are in the currency's smallest unit.

create table idp.billing_features (
    id text primary key,
    slug text not null unique,
    name text not null,
    description text,
    created_at timestamptz not null
);

-- What the settings say, under ids that stay. A plan that the settings no longer name is retired: nobody can choose
-- it any more, whoever is on it stays. `features` are slugs; `withheld` those that only other plans of the same payers
-- grant. A suspended plan belongs to a kind of payers that is not billed at present.
create table idp.billing_plans (
    id text primary key,
    slug text not null unique,
    name text not null,
    description text,
    payer_type text not null check (payer_type in ('org', 'user')),
    features text[] not null default '{}',
    withheld text[] not null default '{}',
    free_trial_days bigint check (free_trial_days > 0),
    is_default boolean not null,
    is_visible boolean not null,
    is_suspended boolean not null default false,
    position bigint not null,
    retired_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index billing_plans_one_default on idp.billing_plans (payer_type) where is_default and retired_at is null;

-- A price never changes: a new amount is a new price, and who has the old one keeps it.
create table idp.billing_prices (
    id text primary key,
    plan_id text not null references idp.billing_plans (id) on delete cascade,
    currency text not null,
    monthly_amount bigint check (monthly_amount >= 0),
    annual_amount bigint check (annual_amount >= 0),
    description text,
    is_default boolean not null,
    created_at timestamptz not null,
    check (monthly_amount is not null or annual_amount is not null)
);
create unique index billing_prices_one_default on idp.billing_prices (plan_id) where is_default;
create index billing_prices_plan on idp.billing_prices (plan_id);

-- A payer and its subscription: one row, since neither is without the other. It is locked by whatever changes
-- anything below it.
create table idp.billing_subscriptions (
    id text primary key,
    payer_id text not null unique,
    organization_id text unique references idp.organizations (id) on delete cascade,
    user_id text unique references idp.users (id) on delete cascade,
    status text not null check (status in ('active', 'past_due')),
    credits bigint not null default 0 check (credits >= 0),
    trial_used_at timestamptz,
    past_due_at timestamptz,
    latest_payment_id text,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    check ((organization_id is null) <> (user_id is null))
);

-- `anchor_at` is where the periods are counted from: who starts on the 31st pays on the last of shorter months and
-- on the 31st again. `due_at` is when something has to be done about it.
create table idp.billing_items (
    id text primary key,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    plan_id text not null references idp.billing_plans (id),
    price_id text not null references idp.billing_prices (id),
    plan_period text not null check (plan_period in ('month', 'annual')),
    status text not null check (status in ('active', 'past_due', 'upcoming', 'incomplete', 'ended', 'abandoned')),
    is_free_trial boolean not null default false,
    trial_ending_said boolean not null default false,
    anchor_at timestamptz not null,
    period_start timestamptz not null,
    period_end timestamptz,
    due_at timestamptz,
    payment_method_id text,
    lifetime_paid bigint not null default 0,
    canceled_at timestamptz,
    past_due_at timestamptz,
    ended_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
-- Plans exclude each other: one is in force, and at most one comes after it.
create unique index billing_items_one_current on idp.billing_items (subscription_id)
    where status in ('active', 'past_due');
create unique index billing_items_one_upcoming on idp.billing_items (subscription_id) where status = 'upcoming';
create index billing_items_subscription on idp.billing_items (subscription_id, created_at);
create index billing_items_due on idp.billing_items (due_at)
    where due_at is not null and status in ('active', 'past_due');
create index billing_items_created on idp.billing_items (created_at desc, id);
create index billing_items_plan on idp.billing_items (plan_id);
create index billing_items_price on idp.billing_items (price_id);

-- Cards of the local gateway are test cards; `token` is the well-known name of what the card does. Kinds other than
-- `card` stand for how something was paid without one, and are in no list.
create table idp.billing_payment_methods (
    id text primary key,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    kind text not null check (kind in ('card', 'invoice', 'credits')),
    token text not null,
    card_type text,
    last4 text,
    expiry_year bigint,
    expiry_month bigint,
    is_default boolean not null default false,
    removed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index billing_payment_methods_one_default on idp.billing_payment_methods (subscription_id)
    where is_default and removed_at is null;
create unique index billing_payment_methods_one_of_kind on idp.billing_payment_methods (subscription_id, kind)
    where kind <> 'card';
create index billing_payment_methods_subscription on idp.billing_payment_methods (subscription_id, created_at);

-- What was offered, at amounts that were shown. It holds only as long as the subscription is as it was.
create table idp.billing_checkouts (
    id text primary key,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    subscription_version timestamptz not null,
    plan_id text not null references idp.billing_plans (id) on delete cascade,
    price_id text not null references idp.billing_prices (id) on delete cascade,
    plan_period text not null check (plan_period in ('month', 'annual')),
    status text not null check (status in ('needs_confirmation', 'completed')),
    totals jsonb not null,
    due_now bigint not null check (due_now >= 0),
    credit bigint not null default 0 check (credit >= 0),
    item_id text,
    payment_method_id text,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create index billing_checkouts_subscription on idp.billing_checkouts (subscription_id, created_at);
create index billing_checkouts_expires on idp.billing_checkouts (expires_at);
create index billing_checkouts_plan on idp.billing_checkouts (plan_id);
create index billing_checkouts_price on idp.billing_checkouts (price_id);

-- One for each month in which a payer was charged.
create table idp.billing_statements (
    id text primary key,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    month_start timestamptz not null,
    created_at timestamptz not null,
    constraint billing_statements_one_a_month unique (subscription_id, month_start)
);
create index billing_statements_created on idp.billing_statements (created_at desc, id);

create table idp.billing_payments (
    id text primary key,
    payment_id text not null unique,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    item_id text not null references idp.billing_items (id) on delete cascade,
    statement_id text not null references idp.billing_statements (id) on delete cascade,
    payment_method_id text not null references idp.billing_payment_methods (id) on delete cascade,
    checkout_id text,
    charge_type text not null check (charge_type in ('checkout', 'recurring')),
    subtotal bigint not null check (subtotal >= 0),
    amount bigint not null check (amount >= 0),
    currency text not null,
    status text not null check (status in ('pending', 'paid', 'failed')),
    failed_reason text,
    paid_at timestamptz,
    failed_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
-- However often a checkout is confirmed, it is paid once.
create unique index billing_payments_once on idp.billing_payments (checkout_id) where status = 'paid';
create index billing_payments_subscription on idp.billing_payments (subscription_id, created_at desc);
create index billing_payments_item on idp.billing_payments (item_id);
create index billing_payments_statement on idp.billing_payments (statement_id, created_at);
create index billing_payments_method on idp.billing_payments (payment_method_id);

create table idp.billing_credits (
    id text primary key,
    subscription_id text not null references idp.billing_subscriptions (id) on delete cascade,
    amount bigint not null check (amount <> 0),
    currency text not null,
    source_type text not null,
    source_id text not null,
    note text,
    created_at timestamptz not null,
    constraint billing_credits_once unique (subscription_id, source_type, source_id)
);
create index billing_credits_subscription on idp.billing_credits (subscription_id, created_at desc);

-- Who asked to be let in.
create table idp.waitlist_entries (
    id text primary key,
    email_address text not null,
    status text not null check (status in ('pending', 'invited', 'rejected', 'completed')),
    invitation_id text references idp.invitations (id) on delete set null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index waitlist_entries_once on idp.waitlist_entries (lower(email_address));
create index waitlist_entries_created on idp.waitlist_entries (created_at desc, id);
create index waitlist_entries_invitation on idp.waitlist_entries (invitation_id);

-- Addresses outside the application that links may lead to.
create table idp.redirect_urls (
    id text primary key,
    url text not null,
    created_at timestamptz not null,
    constraint redirect_urls_once unique (url)
);
