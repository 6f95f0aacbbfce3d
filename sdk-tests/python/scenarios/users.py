"""Users and what identifies them."""

from harness import PASSWORD, Scenario, address, clerk, new_user, refused, unique

users = Scenario("users")
step = users.step


@step("CreateUser")
def create(s):
    s.external_id = unique("crm-")
    s.ada = new_user(
        first_name="Ada",
        last_name="Byron",
        username=unique("ada"),
        password=PASSWORD,
        external_id=s.external_id,
        public_metadata={"plan": "gold"},
        private_metadata={"note": "secret"},
    )
    s.id = s.ada.id
    assert s.ada.public_metadata == {"plan": "gold"}


@step("CreateUser")
def create_with_numbers(_):
    user = new_user(phone_number=["+12015550161", "+12015550162"])
    first, second = user.phone_numbers
    assert (first.phone_number, first.verification.status) == ("+12015550161", "verified")
    assert user.primary_phone_number_id == first.id
    changed = clerk.users.update(user_id=user.id, primary_phone_number_id=second.id)
    assert changed.primary_phone_number_id == second.id


@step("GetUser")
def get(s):
    assert clerk.users.get(user_id=s.id).external_id == s.external_id
    refused(lambda: clerk.users.get(user_id="user_nobody"), 404, "resource_not_found")


@step("GetUserList")
def list_(s):
    found = clerk.users.list(request={"external_id": [s.external_id]})
    assert [user.id for user in found] == [s.id]
    newest = clerk.users.list(request={"limit": 2, "order_by": "-created_at"})
    assert newest[0].created_at >= newest[1].created_at
    assert newest[1].id == s.id


@step("GetUsersCount")
def count(s):
    assert clerk.users.count(request={"query": s.ada.username}).total_count == 1


@step("UpdateUser")
def update(s):
    assert clerk.users.update(user_id=s.id, last_name="Lovelace").last_name == "Lovelace"


@step("UpdateUserMetadata")
def update_metadata(s):
    change = {"plan": None, "seats": 3}
    user = clerk.users.update_metadata(user_id=s.id, public_metadata=change)
    assert user.public_metadata == {"seats": 3}


@step("ReplaceUserMetadata")
def replace_metadata(s):
    user = clerk.users.replace_metadata(user_id=s.id, public_metadata={"a": 1})
    assert user.public_metadata == {"a": 1}


@step("VerifyPassword")
def verify_password(s):
    assert clerk.users.verify_password(user_id=s.id, password=PASSWORD).verified is True
    refused(
        lambda: clerk.users.verify_password(user_id=s.id, password="wrong"),
        422,
        "incorrect_password",
    )


@step("SetUserPasswordCompromised")
def set_password_compromised(s):
    assert clerk.users.set_password_compromised(user_id=s.id).id == s.id


@step("UnsetUserPasswordCompromised")
def unset_password_compromised(s):
    assert clerk.users.unset_password_compromised(user_id=s.id).id == s.id


@step("BanUser")
def ban(s):
    assert clerk.users.ban(user_id=s.id).banned is True


@step("UnbanUser")
def unban(s):
    assert clerk.users.unban(user_id=s.id).banned is False


@step("UsersBan")
def bulk_ban(s):
    assert [user.banned for user in clerk.users.bulk_ban(user_ids=[s.id])] == [True]


@step("UsersUnban")
def bulk_unban(s):
    assert [user.banned for user in clerk.users.bulk_unban(user_ids=[s.id])] == [False]


@step("LockUser")
def lock(s):
    assert clerk.users.lock(user_id=s.id).locked is True


@step("UnlockUser")
def unlock(s):
    assert clerk.users.unlock(user_id=s.id).locked is False


@step("UsersGetOrganizationMemberships")
def memberships(s):
    assert clerk.users.get_organization_memberships(user_id=s.id).total_count == 0


@step("UsersGetOrganizationInvitations")
def invitations(s):
    assert clerk.users.get_organization_invitations(user_id=s.id).total_count == 0


@step("InstanceGetOrganizationMemberships")
def all_memberships(s):
    organization = clerk.organizations.create(request={"name": "Own", "created_by": s.id})
    page = clerk.users.get_instance_organization_memberships(order_by="-created_at")
    assert page.data[0].organization.id == organization.id
    assert clerk.users.get_organization_memberships(user_id=s.id).total_count == 1


@step("ListUserTrustedDevices")
def trusted_devices(s):
    assert clerk.users.list_trusted_devices(user_id=s.id).data == []


@step("SetUserProfileImage")
def set_profile_image(s):
    image = {"file_name": "a.png", "content": PICTURE, "content_type": "image/png"}
    assert clerk.users.set_profile_image(user_id=s.id, file=image).has_image is True


@step("DeleteUserProfileImage")
def delete_profile_image(s):
    assert clerk.users.delete_profile_image(user_id=s.id).has_image is False


@step("RemoveUserPassword")
def remove_password(s):
    assert clerk.users.remove_password(user_id=s.id).password_enabled is False


@step("DeleteUser")
def delete(s):
    assert clerk.users.delete(user_id=s.id).deleted is True


PICTURE = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6364f8cf500f00038601805a347d6b"
    "0000000049454e44ae426082"
)

identifications = Scenario("identifications")
step = identifications.step


@step("CreateEmailAddress")
def create_email_address(s):
    s.user = new_user()
    s.email = clerk.email_addresses.create(
        request={"user_id": s.user.id, "email_address": address(), "verified": False}
    )
    assert s.email.linked_to == []


@step("GetEmailAddress")
def get_email_address(s):
    found = clerk.email_addresses.get(email_address_id=s.email.id)
    assert found.email_address == s.email.email_address


@step("PrepareEmailAddressVerification")
def prepare_email_address_verification(s):
    prepared = clerk.email_addresses.prepare_verification(email_address_id=s.email.id)
    s.verification_id = prepared.id


@step("AttemptEmailAddressVerification")
def attempt_email_address_verification(s):
    verified = clerk.email_addresses.attempt_verification(
        email_address_id=s.email.id, verification_id=s.verification_id, code="424242"
    )
    assert verified.status == "verified"


@step("UpdateEmailAddress")
def update_email_address(s):
    clerk.email_addresses.update(email_address_id=s.email.id, verified=True, primary=True)
    assert clerk.users.get(user_id=s.user.id).primary_email_address_id == s.email.id


@step("DeleteEmailAddress")
def delete_email_address(s):
    other = s.user.email_addresses[0].id
    assert clerk.email_addresses.delete(email_address_id=other).deleted is True


@step("ReplaceUserEmailAddress")
def replace_email_address(s):
    wanted = address()
    email = clerk.email_addresses.replace_for_user(user_id=s.user.id, email_address=wanted)
    assert email.email_address == wanted


@step("CreatePhoneNumber")
def create_phone_number(s):
    request = {"user_id": s.user.id, "phone_number": "+12015550151", "verified": False}
    s.phone = clerk.phone_numbers.create(request=request)
    assert s.phone.phone_number == "+12015550151"


@step("GetPhoneNumber")
def get_phone_number(s):
    assert clerk.phone_numbers.get(phone_number_id=s.phone.id).id == s.phone.id


@step("PreparePhoneNumberVerification")
def prepare_phone_number_verification(s):
    prepared = clerk.phone_numbers.prepare_verification(phone_number_id=s.phone.id)
    s.phone_verification_id = prepared.id


@step("AttemptPhoneNumberVerification")
def attempt_phone_number_verification(s):
    verified = clerk.phone_numbers.attempt_verification(
        phone_number_id=s.phone.id, verification_id=s.phone_verification_id, code="424242"
    )
    assert verified.status == "verified"


@step("UpdatePhoneNumber")
def update_phone_number(s):
    changed = clerk.phone_numbers.update(
        phone_number_id=s.phone.id, verified=True, reserved_for_second_factor=True
    )
    assert changed.reserved_for_second_factor is True


@step("DeletePhoneNumber")
def delete_phone_number(s):
    assert clerk.phone_numbers.delete(phone_number_id=s.phone.id).deleted is True


@step("ReplaceUserPhoneNumber")
def replace_phone_number(s):
    phone = clerk.phone_numbers.replace_for_user(user_id=s.user.id, phone_number="+12015550152")
    assert phone.phone_number == "+12015550152"


ALL = [users, identifications]
