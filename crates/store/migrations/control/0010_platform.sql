-- The lists of the people who operate the installation, each in its order.

create index idx_organizations_name on control.organizations (name, id);
create index idx_conflicts_created on control.conflicts (created_at, user_id, other_id);
-- In any state: what is settled is removed by the same index.
create index idx_webhook_inbox_newest on control.webhook_inbox (received_at, id);
drop index control.idx_webhook_inbox_received;
