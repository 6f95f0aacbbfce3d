import assert from "node:assert/strict";
import { clerk, newUser } from "../client.mjs";
import { address, picture, unique } from "../harness.mjs";

const users = {
  name: "users",
  steps: [
    ["CreateUser", "users.createUser", async (s) => {
      s.externalId = unique("crm-");
      s.ada = await newUser({
        firstName: "Ada",
        lastName: "Byron",
        username: unique("ada"),
        password: "correct horse battery",
        externalId: s.externalId,
        publicMetadata: { plan: "gold" },
        privateMetadata: { note: "secret" },
      });
      assert.equal(s.ada.firstName, "Ada");
      assert.deepEqual(s.ada.publicMetadata, { plan: "gold" });
      s.id = s.ada.id;
    }],
    ["CreateUser", "users.createUser with a digest", async () => {
      const user = await newUser({
        passwordDigest: "$2b$04$6R4mUBdvO8vSK6wBSfcABubA8XEEEoxAF1gHGLApvaC51u5Ui9x96",
        passwordHasher: "bcrypt",
      });
      assert.equal(user.passwordEnabled, true);
    }],
    ["CreateUser", "users.createUser with numbers", async () => {
      const user = await newUser({ phoneNumber: ["+12015550111", "+12015550112"] });
      const [first, second] = user.phoneNumbers;
      assert.deepEqual([first.phoneNumber, first.verification.status], ["+12015550111", "verified"]);
      assert.equal(user.primaryPhoneNumberId, first.id);
      const change = { primaryPhoneNumberID: second.id };
      const changed = await clerk.users.updateUser(user.id, change);
      assert.equal(changed.primaryPhoneNumberId, second.id);
    }],
    ["GetUser", "users.getUser", async (s) => {
      const user = await clerk.users.getUser(s.id);
      assert.equal(user.externalId, s.externalId);
      assert.equal(user.fullName, "Ada Byron");
    }],
    ["GetUserList", "users.getUserList", async (s) => {
      const page = await clerk.users.getUserList({ externalId: [s.externalId] });
      assert.deepEqual(page.data.map((user) => user.id), [s.id]);
      assert.equal(page.totalCount, 1);
    }],
    ["GetUserList", "users.getUserList, ordered", async (s) => {
      const page = await clerk.users.getUserList({ orderBy: "-created_at", limit: 2 });
      assert.ok(page.data.length <= 2 && page.totalCount >= 1);
      const found = await clerk.users.getUserList({ query: s.ada.username });
      assert.deepEqual(found.data.map((user) => user.id), [s.id]);
    }],
    ["GetUsersCount", "users.getCount", async () => {
      assert.ok((await clerk.users.getCount()) >= 1);
    }],
    ["UpdateUser", "users.updateUser", async (s) => {
      const user = await clerk.users.updateUser(s.id, { lastName: "Lovelace" });
      assert.equal(user.lastName, "Lovelace");
    }],
    ["UpdateUser", "users.updateUser with metadata", async (s) => {
      const user = await clerk.users.updateUser(s.id, {
        firstName: "Augusta",
        publicMetadata: { plan: "lead" },
      });
      assert.deepEqual([user.firstName, user.publicMetadata.plan], ["Augusta", "lead"]);
    }],
    ["UpdateUserMetadata", "users.updateUserMetadata", async (s) => {
      const user = await clerk.users.updateUserMetadata(s.id, {
        publicMetadata: { plan: null, seats: 3 },
      });
      assert.deepEqual(user.publicMetadata, { seats: 3 });
    }],
    ["ReplaceUserMetadata", "users.replaceUserMetadata", async (s) => {
      const user = await clerk.users.replaceUserMetadata(s.id, { publicMetadata: { a: 1 } });
      assert.deepEqual(user.publicMetadata, { a: 1 });
    }],
    ["VerifyPassword", "users.verifyPassword", async (s) => {
      const right = { userId: s.id, password: "correct horse battery" };
      assert.deepEqual(await clerk.users.verifyPassword(right), { verified: true });
      await assert.rejects(clerk.users.verifyPassword({ ...right, password: "wrong" }), {
        status: 422,
      });
    }],
    ["SetUserPasswordCompromised", "users.setPasswordCompromised", async (s) => {
      const user = await clerk.users.setPasswordCompromised(s.id, { revokeAllSessions: true });
      assert.equal(user.id, s.id);
    }],
    ["UnsetUserPasswordCompromised", "users.unsetPasswordCompromised", async (s) => {
      assert.equal((await clerk.users.unsetPasswordCompromised(s.id)).id, s.id);
    }],
    ["SetUserProfileImage", "users.updateUserProfileImage", async (s) => {
      const user = await clerk.users.updateUserProfileImage(s.id, { file: picture() });
      assert.equal(user.hasImage, true);
    }],
    ["DeleteUserProfileImage", "users.deleteUserProfileImage", async (s) => {
      assert.equal((await clerk.users.deleteUserProfileImage(s.id)).hasImage, false);
    }],
    ["BanUser", "users.banUser", async (s) => {
      assert.equal((await clerk.users.banUser(s.id)).banned, true);
    }],
    ["UnbanUser", "users.unbanUser", async (s) => {
      assert.equal((await clerk.users.unbanUser(s.id)).banned, false);
    }],
    ["LockUser", "users.lockUser", async (s) => {
      assert.equal((await clerk.users.lockUser(s.id)).locked, true);
    }],
    ["UnlockUser", "users.unlockUser", async (s) => {
      assert.equal((await clerk.users.unlockUser(s.id)).locked, false);
    }],
    ["UsersGetOrganizationMemberships", "users.getOrganizationMembershipList", async (s) => {
      const page = await clerk.users.getOrganizationMembershipList({ userId: s.id });
      assert.equal(page.totalCount, 0);
    }],
    ["UsersGetOrganizationInvitations", "users.getOrganizationInvitationList", async (s) => {
      const page = await clerk.users.getOrganizationInvitationList({ userId: s.id });
      assert.equal(page.totalCount, 0);
    }],
    ["GetOAuthAccessToken", "users.getUserOauthAccessToken", async (s) => {
      const page = await clerk.users.getUserOauthAccessToken(s.id, "google");
      assert.deepEqual(page.data, []);
    }],
    ["RemoveUserPassword", "users.removePassword", async (s) => {
      const user = await clerk.users.removePassword(s.id, { signOutOfOtherSessions: true });
      assert.equal(user.passwordEnabled, false);
    }],
    ["DeleteUser", "users.deleteUser", async (s) => {
      assert.equal((await clerk.users.deleteUser(s.id)).deleted, true);
      await assert.rejects(clerk.users.getUser(s.id), (error) => {
        assert.equal(error.status, 404);
        assert.equal(error.errors[0].code, "resource_not_found");
        assert.ok(error.clerkTraceId);
        return true;
      });
    }],
  ],
};

const identifications = {
  name: "identifications",
  steps: [
    ["CreateEmailAddress", "emailAddresses.createEmailAddress", async (s) => {
      s.user = await newUser();
      s.email = await clerk.emailAddresses.createEmailAddress({
        userId: s.user.id,
        emailAddress: address(),
        verified: true,
      });
      assert.equal(s.email.verification.status, "verified");
    }],
    ["GetEmailAddress", "emailAddresses.getEmailAddress", async (s) => {
      const email = await clerk.emailAddresses.getEmailAddress(s.email.id);
      assert.equal(email.emailAddress, s.email.emailAddress);
    }],
    ["UpdateEmailAddress", "emailAddresses.updateEmailAddress", async (s) => {
      await clerk.emailAddresses.updateEmailAddress(s.email.id, { primary: true });
      const user = await clerk.users.getUser(s.user.id);
      assert.equal(user.primaryEmailAddressId, s.email.id);
    }],
    ["DeleteEmailAddress", "emailAddresses.deleteEmailAddress", async (s) => {
      const other = s.user.emailAddresses[0].id;
      assert.equal((await clerk.emailAddresses.deleteEmailAddress(other)).deleted, true);
    }],
    ["ReplaceUserEmailAddress", "users.replaceUserEmailAddress", async (s) => {
      const emailAddress = address();
      const email = await clerk.users.replaceUserEmailAddress(s.user.id, { emailAddress });
      assert.equal(email.emailAddress, emailAddress);
    }],
    ["CreatePhoneNumber", "phoneNumbers.createPhoneNumber", async (s) => {
      s.phone = await clerk.phoneNumbers.createPhoneNumber({
        userId: s.user.id,
        phoneNumber: "+12015550101",
        verified: true,
      });
      assert.equal(s.phone.phoneNumber, "+12015550101");
    }],
    ["GetPhoneNumber", "phoneNumbers.getPhoneNumber", async (s) => {
      assert.equal((await clerk.phoneNumbers.getPhoneNumber(s.phone.id)).id, s.phone.id);
    }],
    ["UpdatePhoneNumber", "phoneNumbers.updatePhoneNumber", async (s) => {
      const phone = await clerk.phoneNumbers.updatePhoneNumber(s.phone.id, {
        reservedForSecondFactor: true,
      });
      assert.equal(phone.reservedForSecondFactor, true);
    }],
    ["DeletePhoneNumber", "phoneNumbers.deletePhoneNumber", async (s) => {
      assert.equal((await clerk.phoneNumbers.deletePhoneNumber(s.phone.id)).deleted, true);
    }],
    ["ReplaceUserPhoneNumber", "users.replaceUserPhoneNumber", async (s) => {
      const phoneNumber = "+12015550102";
      const phone = await clerk.users.replaceUserPhoneNumber(s.user.id, { phoneNumber });
      assert.equal(phone.phoneNumber, phoneNumber);
    }],
  ],
};

export default [users, identifications];
