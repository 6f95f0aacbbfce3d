import { enterConsole, openUser } from "./console";
import { picture } from "./page-checks";
import { elsewhere, fillSignIn, newPerson, signUp } from "./people";
import { expect, test } from "./test";

test("too many wrong passwords lock the account, until somebody opens it", async ({
  page,
  browser,
}) => {
  const person = newPerson("guessed");
  await signUp(page, person);
  const environment = (await (await page.request.get("/__clerk/v1/environment")).json()) as {
    user_settings: { attack_protection: { user_lockout: { max_attempts: number } } };
  };
  const tries = environment.user_settings.attack_protection.user_lockout.max_attempts;

  const other = await elsewhere(browser);
  await test.step("guess", async () => {
    await fillSignIn(other, { ...person, password: "wrong-Ground-0" });
    await expect(other.getByText(/password is incorrect/i).first()).toBeVisible();
    for (let count = 1; count < tries; count++) {
      await other.getByLabel("Password", { exact: true }).fill(`wrong-Ground-${count}`);
      const answered = other.waitForResponse((answer) =>
        answer.url().includes("/attempt_first_factor"),
      );
      await other.getByRole("button", { name: "Continue", exact: true }).click();
      expect((await answered).status()).toBe(422);
    }
  });

  await test.step("the right one does not help now", async () => {
    await other.getByLabel("Password", { exact: true }).fill(person.password);
    await other.getByRole("button", { name: "Continue", exact: true }).click();
    // Clerk's component leaves the page on this refusal, and says why where sign-in begins next.
    await other.waitForURL((url) => url.pathname === "/");
    await other.getByRole("link", { name: "Sign in" }).first().click();
    await expect(other.getByText(/account is locked/i).first()).toBeVisible();
    await picture(other, "sign-in-locked");
  });

  await test.step("an operator unlocks it", async () => {
    await enterConsole(page);
    await openUser(page, person.email);
    await expect(page.getByText("Locked until")).toBeVisible();
    await page.getByRole("button", { name: "Unlock" }).click();
    await expect(page.getByRole("status")).toContainText("unlocked");
    await fillSignIn(other, person);
    await other.waitForURL("**/org");
    await other.context().close();
  });
});
