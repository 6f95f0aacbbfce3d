-- How many people an organization may have, where that is not what its plan allows.
alter table control.organizations add column members_max int
  constraint organizations_members_max_check check (members_max > 0);

-- What a request with a key was answered, where that is more than the thing that it made.
alter table control.idempotency add column answer jsonb
  constraint idempotency_answer_check check (octet_length(answer::text) <= 65536);

-- A repeated request for an organization finds the first one's by its key.
create index idx_outbound_intents_creations on control.outbound_intents (subject, created_at)
  where kind = 'organization.create';
