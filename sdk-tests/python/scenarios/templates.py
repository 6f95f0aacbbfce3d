"""Texts of messages."""

from harness import Scenario, clerk

templates = Scenario("templates")
step = templates.step
CODE = {"template_type": "email", "slug": "verification_code"}


@step("GetTemplateList")
def list_templates(_):
    found = clerk.email_sms_templates.list(template_type="email")
    assert {"verification_code", "organization_invitation"} <= {one.slug for one in found}


@step("GetTemplate")
def get_template(s):
    s.before = clerk.email_sms_templates.get(**CODE)
    assert "{{otp_code}}" in s.before.body
    assert s.before.can_revert is False


@step("UpsertTemplate")
def change_template(_):
    changed = clerk.email_and_sms_templates.upsert(
        **CODE, name="Our code", subject="Hello: {{otp_code}}", body="<p>{{otp_code}}</p>"
    )
    assert (changed.subject, changed.can_revert) == ("Hello: {{otp_code}}", True)
    assert clerk.email_sms_templates.get(**CODE) == changed


@step("RevertTemplate")
def revert_template(s):
    assert clerk.email_sms_templates.revert(**CODE) == s.before


@step("PreviewTemplate")
def preview_template(_):
    # The SDK's type for the answer has no fields: that it came is all that can be seen of it.
    shown = clerk.templates.preview(**CODE, subject="{{otp_code}}", body="<b>{{otp_code}}</b>")
    assert type(shown).__name__ == "PreviewTemplateResponseBody"


@step("ToggleTemplateDelivery")
def toggle_template(_):
    changed = clerk.email_sms_templates.toggle_template_delivery(**CODE, delivered_by_clerk=True)
    assert (changed.slug, changed.delivered_by_clerk) == (CODE["slug"], True)


ALL = [templates]
