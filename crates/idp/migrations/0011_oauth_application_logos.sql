-- What users see of an application that asks them.
alter table idp.oauth_applications
    add column image_id text references idp.images (id) on delete set null;
create index oauth_applications_image on idp.oauth_applications (image_id);
