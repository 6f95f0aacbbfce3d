//! Page grants of the booking product, each page × action by itself: granted through HTTP, and then
//! exactly that is allowed.

use std::collections::BTreeSet;

use bailiwick_kernel::policy::Action;
use serde_json::{Map, Value, json};

use super::packs::{ask, stage};

/// Always viewable, whatever is granted.
const ALWAYS: [&str; 3] = ["overview", "custom_bookings", "walkins"];

const PAGES: [&str; 30] = [
    "overview",
    "reports",
    "bookings",
    "custom_bookings",
    "calendar",
    "walkins",
    "pos",
    "barbers",
    "users",
    "services",
    "customers",
    "products",
    "order_products",
    "vouchers",
    "payroll",
    "cash_advances",
    "royalty",
    "pl",
    "balance_sheet",
    "payments",
    "payment_history",
    "attendance",
    "events",
    "notifications",
    "email_marketing",
    "branches",
    "catalog",
    "branding",
    "emails",
    "settings",
];

#[tokio::test]
async fn one_grant_opens_one_action_and_its_view() {
    let (t, people) = stage("booking").await;
    let find = |key: &str| {
        people
            .iter()
            .find(|(role, ..)| role == key)
            .unwrap()
            .1
            .clone()
    };
    let (super_admin, staff) = (find("super_admin"), find("staff"));
    let policy = staff.get("/policy").await.assert_status(200).json();
    let listed: Vec<&str> = policy["pages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|page| page["key"].as_str().unwrap())
        .collect();
    assert_eq!(listed, PAGES);

    let org = super_admin.get("/me").await.json()["organization"]["id"].clone();
    let org = org.as_str().unwrap();
    let path = format!("/organizations/{org}/members/{}/grants", staff.user());
    let checks: Vec<Value> = PAGES
        .iter()
        .flat_map(|page| Action::ALL.map(|action| json!({"page": page, "action": action})))
        .collect();
    let mut version = super_admin.get(&path).await.json()["version"].clone();
    for page in PAGES {
        for action in Action::ALL {
            let mut actions = Map::new();
            actions.insert(action.as_str().to_owned(), true.into());
            let body = json!({"version": version, "pages": {page: actions}});
            let granted = super_admin.put(&path, body).await.assert_status(200).json();
            assert_eq!(granted["pages"][page]["view"], true, "{granted}");
            version = granted["version"].clone();

            let mut expected: BTreeSet<(&str, Action)> =
                ALWAYS.iter().map(|page| (*page, Action::View)).collect();
            expected.extend([(page, Action::View), (page, action)]);
            let answers = ask(&staff, &checks).await;
            let cells = PAGES
                .iter()
                .flat_map(|page| Action::ALL.map(|action| (*page, action)));
            for (cell, answer) in cells.zip(answers) {
                assert_eq!(
                    answer["allowed"],
                    expected.contains(&cell),
                    "{cell:?}: {answer}"
                );
            }
            let mine = staff.get("/me/pages").await.assert_status(200).json();
            let open: BTreeSet<&str> = mine["pages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|page| page["page"].as_str().unwrap())
                .collect();
            let viewable: BTreeSet<&str> = expected.iter().map(|(page, _)| *page).collect();
            assert_eq!(open, viewable);
        }
    }
    assert_eq!(
        t.audit()
            .await
            .iter()
            .filter(|a| *a == "page_access_changed")
            .count(),
        150
    );
}
