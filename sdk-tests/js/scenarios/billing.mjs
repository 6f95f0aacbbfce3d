import assert from "node:assert/strict";
import { clerk, direct, newUser } from "../client.mjs";

const DAY = 24 * 60 * 60 * 1000;

/** An organization of its own; its id. */
async function organization() {
  const user = await newUser();
  const made = await clerk.organizations.createOrganization({
    name: "Payers",
    createdBy: user.id,
  });
  return made.id;
}

/** The item in force. */
async function current(organizationId) {
  const subscription = await clerk.billing.getOrganizationBillingSubscription(organizationId);
  return subscription.subscriptionItems.find((item) => item.status !== "upcoming");
}

/** Brings an organization on a plan; the SDK has no method for it. */
async function buy(organizationId, plan) {
  const item = await current(organizationId);
  const prices = await direct("GET", `/billing/prices?plan_id=${plan.id}`);
  await direct("POST", `/billing/subscription_items/${item.id}/price_transition`, {
    from_price_id: item.priceId,
    to_price_id: prices.data.find((price) => price.is_default).id,
  });
}

const steps = [
  ["GetCommercePlanList", "billing.getPlanList", async (s) => {
    const page = await clerk.billing.getPlanList({ payerType: "org" });
    assert.deepEqual(page.data.map((plan) => plan.slug), ["starter", "pro", "team"]);
    [, s.pro, s.team] = page.data;
    assert.deepEqual([s.team.fee.amount, s.pro.freeTrialDays], [1900, 14]);
  }],
  ["GetOrganizationBillingSubscription", "billing.getOrganizationBillingSubscription",
    async (s) => {
      s.id = await organization();
      const subscription = await clerk.billing.getOrganizationBillingSubscription(s.id);
      const [item] = subscription.subscriptionItems;
      assert.deepEqual([subscription.status, item.plan.slug], ["active", "starter"]);
    }],
  ["GetUserBillingSubscription", "billing.getUserBillingSubscription", async () => {
    const user = await newUser();
    const subscription = await clerk.billing.getUserBillingSubscription(user.id);
    assert.equal(subscription.subscriptionItems[0].plan.slug, "basic");
  }],
  ["ExtendBillingSubscriptionItemFreeTrial", "billing.extendSubscriptionItemFreeTrial",
    async (s) => {
      await buy(s.id, s.pro);
      const item = await current(s.id);
      assert.deepEqual([item.plan.slug, item.isFreeTrial], ["pro", true]);
      const extendTo = new Date(Date.now() + 30 * DAY);
      const extended = await clerk.billing.extendSubscriptionItemFreeTrial(item.id, { extendTo });
      assert.deepEqual([extended.id, extended.periodEnd], [item.id, extendTo.getTime()]);
    }],
  ["CancelCommerceSubscriptionItem", "billing.cancelSubscriptionItem", async (s) => {
    await buy(s.id, s.team);
    const item = await current(s.id);
    assert.equal(item.plan.slug, "team");
    const canceled = await clerk.billing.cancelSubscriptionItem(item.id);
    assert.deepEqual([canceled.id, canceled.status], [item.id, "active"]);
    assert.ok(canceled.canceledAt <= Date.now());
    const ended = await clerk.billing.cancelSubscriptionItem(item.id, { endNow: true });
    assert.equal(ended.status, "ended");
    assert.equal((await current(s.id)).plan.slug, "starter");
  }],
];

export default [{ name: "billing", steps }];
