-- What the Backend API changed of the settings file, a row a section: a merge patch.
create table idp.settings (
    section text primary key,
    value jsonb not null check (jsonb_typeof(value) = 'object'),
    updated_at timestamptz not null
);
