-- Phone numbers, links in mails, usernames at sign-up, pictures.

create table idp.phone_numbers (
    id text primary key,
    user_id text not null references idp.users (id) on delete cascade,
    number text not null check (number ~ '^\+[1-9][0-9]{6,14}$'),
    reserved_for_second_factor boolean not null default false,
    default_second_factor boolean not null default false,
    verification_id text references idp.verifications (id) on delete set null,
    verified_at timestamptz,
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint phone_numbers_own unique (user_id, number)
);
create index phone_numbers_verification on idp.phone_numbers (verification_id);
-- A verified number tells one user apart, unless it is there for a second factor alone.
create unique index phone_numbers_verified on idp.phone_numbers (number)
    where verified_at is not null and not reserved_for_second_factor;
create unique index phone_numbers_one_default on idp.phone_numbers (user_id)
    where default_second_factor;

-- Uploaded pictures. Their addresses are never reused, so that browsers may keep them.
create table idp.images (
    id text primary key,
    content_type text not null
        check (content_type in ('image/png', 'image/jpeg', 'image/webp', 'image/gif')),
    bytes bytea not null check (octet_length(bytes) between 1 and 10485760),
    created_at timestamptz not null
);

alter table idp.users
    add column primary_phone_number_id text,
    add column image_id text references idp.images (id) on delete set null,
    add constraint users_primary_phone_number
        foreign key (primary_phone_number_id) references idp.phone_numbers (id)
        on delete set null deferrable initially deferred;
create index users_image on idp.users (image_id);

-- A link in a mail leads back to a page. `client_id` is the browser that asked for it,
-- `receiver_id` the address or number that a server sent a code to,
-- `verified_at_client` the one that followed it: a link counts for the first only, or not.
alter table idp.verifications
    add column client_id text,
    add column receiver_id text,
    add column redirect_url text,
    add column verified_at_client text;

alter table idp.sign_ups
    add column phone_number text,
    add column phone_verification_id text references idp.verifications (id) on delete set null,
    add column username text;
create index sign_ups_phone_verification on idp.sign_ups (phone_verification_id);

alter table idp.sign_ins
    add column first_factor_phone_number_id text
        references idp.phone_numbers (id) on delete set null;
create index sign_ins_phone on idp.sign_ins (first_factor_phone_number_id);
