"""Plans, prices, subscriptions, statements and credits."""

from datetime import datetime, timedelta, timezone

from harness import Scenario, clerk, new_user, unique

billing = Scenario("billing")
step = billing.step


def current(organization_id):
    """The item in force."""
    found = clerk.organizations.get_billing_subscription(organization_id=organization_id)
    return next(item for item in found.subscription_items if item.status != "upcoming")


def buy(organization_id, price_id):
    """Brings an organization on a plan."""
    item = current(organization_id)
    return clerk.billing.create_price_transition(
        subscription_item_id=item.id, from_price_id=item.price_id, to_price_id=price_id
    )


@step("GetCommercePlanList")
def list_plans(s):
    s.plans = {plan.slug: plan for plan in clerk.billing.list_plans(payer_type="org").data}
    assert list(s.plans) == ["starter", "pro", "team"]
    assert s.plans["team"].fee.amount == 1900


@step("GetBillingPriceList")
def list_prices(s):
    (s.pro,) = clerk.billing.list_prices(plan_id=s.plans["pro"].id).data
    (s.team,) = clerk.billing.list_prices(plan_id=s.plans["team"].id).data
    assert (s.team.amount, s.team.is_default) == (1900, True)


@step("CreateBillingPrice")
def create_price(s):
    s.price = clerk.billing.create_price(plan_id=s.plans["pro"].id, amount=4200, currency="usd")
    assert (s.price.amount, s.price.is_default) == (4200, False)


@step("GetCommerceSubscriptionItemList")
def list_subscription_items(s):
    user = new_user()
    name = unique("Payers")
    s.id = clerk.organizations.create(request={"name": name, "created_by": user.id}).id
    s.item = current(s.id)
    page = clerk.billing.list_subscription_items(include_free=True, query=name)
    assert [(item.id, item.plan.slug) for item in page.data] == [(s.item.id, "starter")]


@step("CreateBillingPriceTransition")
def create_price_transition(s):
    done = buy(s.id, s.pro.id)
    assert done.transition.previous_plan.slug == "starter"
    assert (done.subscription_item.plan.slug, done.subscription_item.is_free_trial) == (
        "pro",
        True,
    )


@step("ExtendBillingSubscriptionItemFreeTrial")
def extend_free_trial(s):
    until = datetime.now(timezone.utc) + timedelta(days=30)
    item = current(s.id)
    extended = clerk.billing.extend_subscription_item_free_trial(
        subscription_item_id=item.id, extend_to=until
    )
    assert extended.id == item.id
    assert abs(extended.period_end - until.timestamp() * 1000) < 1000


@step("GetBillingStatementList")
def list_statements(s):
    buy(s.id, s.team.id)
    page = clerk.billing.list_statements(limit=100)
    (s.statement,) = [one for one in page.data if one.payer.organization_id == s.id]
    assert (s.statement.status, s.statement.totals.grand_total.amount) == ("open", 1900)


@step("GetBillingStatement")
def get_statement(s):
    assert clerk.billing.get_statement(statement_id=s.statement.id) == s.statement


@step("GetBillingStatementPaymentAttempts")
def payment_attempts(s):
    page = clerk.billing.get_statement_payment_attempts(statement_id=s.statement.id)
    (attempt,) = page.data
    assert (attempt.status, attempt.amount.amount) == ("paid", 1900)


@step("CancelCommerceSubscriptionItem")
def cancel_subscription_item(s):
    item = current(s.id)
    canceled = clerk.billing.cancel_subscription_item(subscription_item_id=item.id)
    assert (canceled.id, canceled.status) == (item.id, "active")
    assert canceled.canceled_at is not None
    ended = clerk.billing.cancel_subscription_item(subscription_item_id=item.id, end_now=True)
    assert ended.status == "ended"
    assert current(s.id).plan.slug == "starter"


@step("GetUserBillingSubscription")
def user_subscription(s):
    s.user = new_user()
    found = clerk.users.get_billing_subscription(user_id=s.user.id)
    assert [item.plan.slug for item in found.subscription_items] == ["basic"]


@step("AdjustUserBillingCreditBalance")
def adjust_user_credits(s):
    adjusted = clerk.users.adjust_billing_credit_balance(
        user_id=s.user.id, amount=100, action="increase", idempotency_key=unique("credit-")
    )
    assert adjusted.id


@step("GetUserBillingCreditBalance")
def user_credits(s):
    assert clerk.users.get_billing_credit_balance(user_id=s.user.id).balance.amount == 100


ALL = [billing]
