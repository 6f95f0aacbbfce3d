-- Sweeps compare open invitations as well.

alter table control.sweep_pages
  drop constraint sweep_pages_kind_check,
  add constraint sweep_pages_kind_check check (kind in ('user', 'organization', 'membership', 'invitation'));
