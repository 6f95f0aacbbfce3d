import { claims } from "./claims";
import { signInLink } from "./clerk";
import { picture } from "./page-checks";
import { elsewhere, newPerson, signUp } from "./people";
import { expect, test } from "./test";

test("a link that a server made signs in, once", async ({ page, browser }) => {
  const person = newPerson("carried");
  await signUp(page, person);
  const link = await signInLink(person.email);

  const other = await elsewhere(browser);
  await other.goto(link);
  await other.waitForURL("**/org");
  expect(await claims(other)).not.toHaveProperty("act");
  await other.context().close();

  const late = await elsewhere(browser);
  await late.goto(link);
  await expect(late.getByText(/already been used/)).toBeVisible();
  await picture(late, "ticket-used");
  await late.goto("/org");
  await late.waitForURL(/\/sign-in/);
  await late.context().close();
});

test("a link for somebody who acts for the user says so in every token, and is refused where nobody let them", async ({
  page,
  browser,
}) => {
  const person = newPerson("represented");
  await signUp(page, person);
  const link = await signInLink(person.email, { sub: "support-7" });
  const other = await elsewhere(browser);
  await other.goto(link);
  await expect(other.getByRole("heading", { name: "Acting for somebody is over" })).toBeVisible();
  expect(await claims(other)).toMatchObject({ act: { sub: "support-7" } });
  expect(await claims(page)).not.toHaveProperty("act");
  await other.context().close();
});
