-- Organizations beyond their members: permissions and role sets, domains and those whom they
-- bring, invitations and the tickets that present them, logos.

alter table idp.organizations add column image_id text
    references idp.images (id) on delete set null;
create index organizations_image on idp.organizations (image_id);

-- Permissions that roles can carry. Roles name them by key; a key that is renamed or removed is
-- renamed or removed in the roles by the same transaction.
create table idp.permissions (
    id text primary key,
    key text not null unique,
    name text not null,
    description text not null,
    -- What the settings file last said, as it was applied; null for what it does not name.
    origin text,
    created_at timestamptz not null default date_trunc('milliseconds', now()),
    updated_at timestamptz not null default date_trunc('milliseconds', now())
);
insert into idp.permissions (id, key, name, description) values
    ('perm_000000000000000000000000001', 'org:sys_profile:manage', 'Manage organization',
     'Permission to manage an organization.'),
    ('perm_000000000000000000000000002', 'org:sys_profile:delete', 'Delete organization',
     'Permission to delete an organization.'),
    ('perm_000000000000000000000000003', 'org:sys_memberships:read', 'Read members',
     'Permission to read the members of an organization.'),
    ('perm_000000000000000000000000004', 'org:sys_memberships:manage', 'Manage members',
     'Permission to manage the members of an organization.'),
    ('perm_000000000000000000000000005', 'org:sys_domains:read', 'Read domains',
     'Permission to read domains of an organization.'),
    ('perm_000000000000000000000000006', 'org:sys_domains:manage', 'Manage domains',
     'Permission to manage domains of an organization.'),
    ('perm_000000000000000000000000007', 'org:sys_billing:read', 'Read billing',
     'Permission to read the billing of an organization.'),
    ('perm_000000000000000000000000008', 'org:sys_billing:manage', 'Manage billing',
     'Permission to manage the billing of an organization.'),
    ('perm_000000000000000000000000009', 'org:sys_api_keys:read', 'Read API keys',
     'Permission to read the API keys of an organization.'),
    ('perm_00000000000000000000000000A', 'org:sys_api_keys:manage', 'Manage API keys',
     'Permission to manage the API keys of an organization.');

alter table idp.roles add column origin text;
update idp.roles
    set permissions = permissions || '{org:sys_api_keys:read,org:sys_api_keys:manage}'
    where key = 'org:admin';

-- The roles that an organization chooses from. One set is the initial one: organizations have it
-- that name no other; its creator's and default role are those of the settings.
create table idp.role_sets (
    id text primary key,
    key text not null unique,
    name text not null,
    description text,
    is_initial boolean not null default false,
    roles text[] not null check (cardinality(roles) > 0),
    default_role text,
    creator_role text,
    origin text,
    created_at timestamptz not null default date_trunc('milliseconds', now()),
    updated_at timestamptz not null default date_trunc('milliseconds', now())
);
create unique index role_sets_initial on idp.role_sets (is_initial) where is_initial;
insert into idp.role_sets (id, key, name, description, is_initial, roles) values
    ('role_set_000000000000000000000000001', 'role_set:default', 'Default role set',
     'Roles of organizations that have no set of their own', true, '{org:admin,org:member}');
alter table idp.organizations add column role_set text
    references idp.role_sets (key) on update cascade;
create index organizations_role_set on idp.organizations (role_set);

-- A domain that an organization claims. It enrols nobody before it is verified, and one
-- organization alone can verify it.
create table idp.organization_domains (
    id text primary key,
    organization_id text not null references idp.organizations (id) on delete cascade,
    name text not null check (name = lower(name)),
    enrollment_mode text not null check (enrollment_mode in
        ('manual_invitation', 'automatic_invitation', 'automatic_suggestion')),
    affiliation_email_address text,
    verification_id text references idp.verifications (id) on delete set null,
    verified_at timestamptz,
    verified_by text,
    ownership_verified_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint organization_domains_own unique (organization_id, name),
    check ((verified_at is null) = (verified_by is null)),
    check (verified_at is not null or enrollment_mode = 'manual_invitation')
);
create unique index organization_domains_verified on idp.organization_domains (name)
    where verified_at is not null;
create index organization_domains_verification on idp.organization_domains (verification_id);
create index organization_domains_created on idp.organization_domains (created_at desc, id);
create index email_addresses_domain on idp.email_addresses (lower(split_part(address, '@', 2)))
    where verified_at is not null;

-- `user_id` is who accepted. Those that a domain brought name it; nobody was sent a ticket.
create table idp.organization_invitations (
    id text primary key,
    organization_id text not null references idp.organizations (id) on delete cascade,
    email_address text not null,
    role text not null references idp.roles (key) on update cascade,
    inviter_id text references idp.users (id) on delete set null,
    domain_id text references idp.organization_domains (id) on delete set null,
    user_id text references idp.users (id) on delete set null,
    status text not null check (status in ('pending', 'accepted', 'revoked', 'expired')),
    redirect_url text,
    public_metadata jsonb not null default '{}',
    private_metadata jsonb not null default '{}',
    expires_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index organization_invitations_pending
    on idp.organization_invitations (organization_id, lower(email_address))
    where status = 'pending';
create index organization_invitations_organization
    on idp.organization_invitations (organization_id, created_at desc);
create index organization_invitations_email
    on idp.organization_invitations (lower(email_address), created_at desc);
create index organization_invitations_expire on idp.organization_invitations (expires_at)
    where status = 'pending';
create index organization_invitations_inviter on idp.organization_invitations (inviter_id);
create index organization_invitations_user on idp.organization_invitations (user_id);
create index organization_invitations_domain on idp.organization_invitations (domain_id);
create index organization_invitations_role on idp.organization_invitations (role);
create index memberships_role on idp.memberships (role);

-- That somebody could join: offered, asked for, granted or refused. Once for each user.
create table idp.organization_suggestions (
    id text primary key,
    organization_id text not null references idp.organizations (id) on delete cascade,
    domain_id text not null references idp.organization_domains (id) on delete cascade,
    user_id text not null references idp.users (id) on delete cascade,
    status text not null check (status in ('pending', 'requested', 'granted', 'refused')),
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint organization_suggestions_once unique (organization_id, user_id)
);
create index organization_suggestions_user on idp.organization_suggestions (user_id, created_at);
create index organization_suggestions_domain on idp.organization_suggestions (domain_id);

-- To the application, not to an organization. `is_additional`: made although there was another.
create table idp.invitations (
    id text primary key,
    email_address text not null,
    public_metadata jsonb not null default '{}',
    redirect_url text,
    is_additional boolean not null default false,
    status text not null check (status in ('pending', 'accepted', 'revoked', 'expired')),
    user_id text references idp.users (id) on delete set null,
    expires_at timestamptz not null,
    created_at timestamptz not null,
    updated_at timestamptz not null
);
create unique index invitations_pending on idp.invitations (lower(email_address))
    where status = 'pending' and not is_additional;
create index invitations_email on idp.invitations (lower(email_address));
create index invitations_created on idp.invitations (created_at desc, id);
create index invitations_expire on idp.invitations (expires_at) where status = 'pending';
create index invitations_user on idp.invitations (user_id);

-- Which ticket an attempt to sign up was begun with: it is spent when the attempt is complete.
create table idp.sign_up_tickets (
    sign_up_id text primary key references idp.sign_ups (id) on delete cascade,
    source text not null,
    source_id text not null
);
