-- Which tickets were written while their tenant moves from one schema to another.

set local citus.enable_unsafe_triggers = on;

create trigger capture_tickets after insert or update or delete on {t}.tickets
  for each row when (current_setting('app.capture', true) = 'on') execute function control.capture('tickets', 'id');
