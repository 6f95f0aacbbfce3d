//! Pages, grants, windows and who may give what, in all the packs that come with the binary.

use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::role::{PlatformRole, ProjectRole};

fn pack(name: &str) -> Pack {
    builtin(name)
        .unwrap()
        .unwrap_or_else(|errors| panic!("{errors}"))
}

fn grants(text: &str) -> Grants {
    Grants::from_stored(serde_json::from_str(text).unwrap()).unwrap()
}

fn with(pack: &Pack, role: &str, text: &str) -> Actor {
    let granted = pack.granted(&grants(text)).unwrap();
    Actor::member(pack.role(role).unwrap()).granted(Arc::new(granted))
}

#[test]
fn every_pack_in_tables() {
    for (name, _) in BUILTIN {
        let pack = pack(name);
        assert_eq!(pack.name(), *name);
        let tables = [
            pack.matrix(),
            pack.page_matrix(),
            pack.assignment_matrix(),
            pack.template_table(),
        ];
        insta::assert_snapshot!(format!("pack_{name}"), tables.join("\n"));
    }
}

#[test]
fn a_grant_opens_its_page_and_what_the_page_gives() {
    let pack = pack("booking");
    let page = |key| pack.page(key).unwrap();
    let may = |actor: &Actor, key, action| pack.decide_page(actor, page(key), action).is_allowed();
    let bare = Actor::member(pack.role("staff").unwrap());
    assert!(may(&bare, "walkins", Action::View) && !may(&bare, "walkins", Action::Create));
    assert!(!may(&bare, "cash_advances", Action::View));

    let approver = with(
        &pack,
        "staff",
        r#"{"pages":{"cash_advances":{"approve":true}}}"#,
    );
    assert!(may(&approver, "cash_advances", Action::Approve));
    assert!(may(&approver, "cash_advances", Action::View), "implied");
    assert!(!may(&approver, "cash_advances", Action::Create));
    let approve = permission::APPROVALS_APPROVE;
    let granted = Decision::Allowed {
        reach: Reach::All,
        by: Holder::Grant,
    };
    assert_eq!(pack.decide(&approver, approve), granted);
    assert!(!pack.decide(&bare, approve).is_allowed());
    let refused = pack.require(&bare, approve).unwrap_err();
    let needed = refused.needed().unwrap();
    assert_eq!(needed.grants, ["cash_advances:approve"]);
    assert_eq!(needed.reason, "not_granted");
}

#[test]
fn those_who_help_view_and_edit_and_no_settings() {
    let pack = pack("booking");
    let staff = Actor::outsider().platform(PlatformRole::AdminStaff);
    for page in pack.pages() {
        let is_settings = pack.page_key(page) == "settings";
        for action in [Action::View, Action::Edit] {
            let may = pack.decide_page(&staff, page, action).is_allowed();
            assert_eq!(may, !is_settings, "{}", pack.page_key(page));
        }
        assert!(!pack.decide_page(&staff, page, Action::Delete).is_allowed());
    }
}

#[test]
fn stored_forms_are_read_or_nobody_acts_on_them() {
    let pack = pack("booking");
    let old = grants(r#"{"pages":["pos","payments","no_such_page"]}"#);
    assert_eq!(old.pages["pos"], PageGrant::ALL);
    let actor =
        Actor::member(pack.role("staff").unwrap()).granted(Arc::new(pack.granted(&old).unwrap()));
    let page = pack.page("payments").unwrap();
    for action in Action::ALL {
        assert!(pack.decide_page(&actor, page, action).is_allowed());
    }
    for text in [
        r#"{"pages":7}"#,
        r#"{"pages":[7]}"#,
        r#"{"pages":{"pos":{"view":"yes"}}}"#,
        r#"{"pages":{"pos":{"watch":true}}}"#,
        r#"{"extra":1}"#,
        r#"[]"#,
    ] {
        let stored = serde_json::from_str(text).unwrap();
        assert!(Grants::from_stored(stored).is_err(), "{text}");
    }
    let nowhere =
        r#"{"access":{"days":["mon"],"from":"08:00","to":"09:00","timeZone":"No/Where"}}"#;
    assert!(pack.granted(&grants(nowhere)).is_err());
}

#[test]
fn what_a_request_may_not_say() {
    let workspace = default_pack();
    let complaints = |text: &str| {
        let mut fields = crate::text::Fields::new();
        workspace.check_grants(&grants(text), &mut fields);
        fields
            .finish()
            .map_or_else(|problem| problem.to_string(), |()| "fine".to_owned())
    };
    let report: Vec<String> = [
        r#"{"pages":{"projects":{"edit":true},"approvals":{"view":true,"window":{"backDays":30}}}}"#,
        r#"{"pages":{"kitchen":{"view":true}}}"#,
        r#"{"pages":{"overview":{"delete":true}}}"#,
        r#"{"pages":{"projects":{"view":true,"window":{"backDays":30}}}}"#,
        r#"{"pages":{"approvals":{"view":true,"window":{"backDays":4000}}}}"#,
        r#"{"permissions":["projects:create","boats:sail"]}"#,
        r#"{"access":{"days":["mon"],"from":"08:00","to":"25:00","timeZone":"UTC"}}"#,
    ]
    .map(complaints)
    .to_vec();
    insta::assert_snapshot!(report.join("\n"), @r"
    fine
    VALIDATION_FAILED; pages.kitchen: is no page here
    VALIDATION_FAILED; pages.overview.delete: is no action of this page
    VALIDATION_FAILED; pages.projects.window: cannot be kept for what this page gives
    VALIDATION_FAILED; pages.approvals.window: must name at most 3660 days
    VALIDATION_FAILED; permissions.boats:sail: is no permission here
    VALIDATION_FAILED; access.to: must be a time like 20:00
    ");
}

#[test]
fn windows_of_roles_and_grants_unite() {
    let text = BUILTIN[3].1.replace(
        "\"approvals:request\" = { all = [\"barber\"] }",
        "\"approvals:request\" = { all = [\"barber\"] }\n\
         \"reports:read\" = { all = [\"staff\"], window = { staff = { back = 30, forward = 0 } } }",
    );
    let pack = Pack::parse("p.toml", &text).unwrap();
    let read = pack.permission("reports:read").unwrap();
    let days = |back_days, forward_days| Window {
        back_days,
        forward_days,
    };
    let staff = Actor::member(pack.role("staff").unwrap());
    let extent = pack.extent(&staff, read);
    assert_eq!(extent.all, Some(days(Some(30), Some(0))));
    assert_eq!((extent.project, extent.own), (None, None));

    let window = r#"{"pages":{"cash_advances":{"view":true,"window":{"backDays":7}}}}"#;
    let barber = with(&pack, "barber", window);
    let extent = pack.extent(&barber, permission::APPROVALS_READ);
    assert_eq!(extent.all, Some(days(Some(7), None)));
    assert_eq!(extent.own, Some(Window::OPEN), "a grant takes nothing away");
    let named = with(&pack, "staff", r#"{"permissions":["reports:read"]}"#);
    assert_eq!(pack.extent(&named, read).all, Some(Window::OPEN));
}

#[test]
fn nobody_gives_a_role_from_below() {
    for (name, _) in BUILTIN {
        let pack = pack(name);
        for actor in pack.roles() {
            for role in pack.roles() {
                let may = pack.may_assign(&Actor::member(actor), role);
                assert!(!may || role <= actor, "{name}: {actor:?} {role:?}");
            }
        }
        let everything = Actor::outsider().platform(PlatformRole::SuperAdmin);
        assert!(pack.roles().all(|role| pack.may_assign(&everything, role)));
        assert!(
            pack.roles()
                .all(|role| !pack.may_assign(&Actor::outsider(), role))
        );
    }
}

#[test]
fn every_mistake_of_pages_has_its_line() {
    let (_, whole) = BUILTIN[0];
    let cases = [
        whole.replace("key = \"settings\"", "key = \"members\""),
        whole.replace("key = \"settings\"", "key = \"Settings\""),
        whole.replace("edit = { gives = [\"organization:update\"] }", "edit = { gives = [\"organization:raze\"] }"),
        whole.replace("edit = { gives = [\"organization:update\"] }", "edit = { held_by = [\"boss\", \"super_admin\"] }"),
        whole.replace("actions = [\"view\", \"edit\"]", "actions = [\"view\"]"),
        whole.replace("actions = [\"view\", \"edit\"]", "actions = [\"view\", \"fly\"]"),
        whole.replace("approvals = [\"view\", \"approve\"]", "approvals = [\"delete\"], kitchen = [\"view\"]"),
        whole.replace("key = \"bookkeeper\"", "key = \"auditor\""),
        whole.replace("assigned_by = [\"owner\", \"admin\"]", "assigned_by = [\"viewer\", \"chief\"]"),
        whole.replace("title = \"Viewer\"", "title = \"Viewer\"\naccess = \"night\""),
        whole.replace("[project_roles]", "[access.night]\ndays = [\"sun\"]\nfrom = \"22:00\"\nto = \"6\"\ntime_zone = \"UTC\"\n\n[project_roles]"),
        whole.replace("\"approvals:approve\" = { all = [\"owner\", \"admin\"] }", "\"approvals:approve\" = { all = [\"owner\"], window = { owner = { back = 3 } } }"),
        whole.replace("own = [\"manager\", \"member\"] }", "own = [\"manager\"], window = { member = { back = 3 }, manager = {} } }"),
        whole.replace("\n[permissions]\n", "\n[permissions]\n\"*\" = { own = [\"owner\"] }\n"),
        whole.replace("[project_roles]\nfrom = \"member\"\n", ""),
    ];
    let report: Vec<String> = cases
        .iter()
        .map(|text| {
            assert_ne!(text, whole);
            Pack::parse("p.toml", text).expect_err(text).to_string()
        })
        .collect();
    insta::assert_snapshot!(report.join("\n--\n"));
}

fn any_pack() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(BUILTIN.iter().map(|(name, _)| *name).collect::<Vec<_>>())
}

/// Grants of any pack: by numbers, so that one strategy serves all.
fn any_grants() -> impl Strategy<Value = Vec<(usize, [bool; 5], Option<u16>)>> {
    let window = proptest::option::weighted(0.3, 0..40_u16);
    proptest::collection::vec((0..64_usize, any::<[bool; 5]>(), window), 0..6)
}

fn made(pack: &Pack, numbers: &[(usize, [bool; 5], Option<u16>)], named: &[usize]) -> Grants {
    let mut grants = Grants::default();
    for (page, actions, window) in numbers {
        let count = pack.pages().count();
        let Some(page) = pack.pages().nth(page % count.max(1)) else {
            continue;
        };
        let chosen = Action::ALL
            .into_iter()
            .zip(actions)
            .filter(|(_, yes)| **yes);
        let mut grant = PageGrant::of(chosen.map(|(action, _)| action));
        grant.window = window.map(|days| Window {
            back_days: Some(days),
            forward_days: None,
        });
        grants.pages.insert(pack.page_key(page).to_owned(), grant);
    }
    for index in named {
        let keys: Vec<_> = pack.permissions().collect();
        let key = pack.permission_key(keys[index % keys.len()]);
        grants.permissions.insert(key.to_owned());
    }
    grants.normal()
}

fn some_actor(pack: &Pack, role: usize, platform: PlatformRole, granted: Granted) -> Actor {
    let roles: Vec<_> = pack.roles().collect();
    Actor::member(roles[role % roles.len()])
        .platform(platform)
        .granted(Arc::new(granted))
}

proptest! {
    /// The quick decision and the exact extent say the same, in any standing.
    #[test]
    fn decision_and_extent_agree(
        name in any_pack(), numbers in any_grants(), named in proptest::collection::vec(0..64_usize, 0..3),
        role in 0..8_usize, platform in proptest::sample::select(PlatformRole::ALL),
        standing in proptest::option::of(proptest::option::of(proptest::sample::select(ProjectRole::ALL))),
    ) {
        let pack = pack(name);
        let granted = pack.granted(&made(&pack, &numbers, &named)).unwrap();
        let mut actor = some_actor(&pack, role, platform, granted);
        if let Some(standing) = standing {
            actor = actor.before(standing);
        }
        for permission in pack.permissions() {
            let extent = pack.extent(&actor, permission);
            let widest = [(extent.all, Reach::All), (extent.project, Reach::Project), (extent.own, Reach::Own)];
            let widest = widest.into_iter().find_map(|(window, reach)| window.map(|_| reach));
            prop_assert_eq!(pack.decide(&actor, permission).reach(), widest);
        }
    }

    /// A grant takes nothing away: neither a page, nor a permission, nor a day.
    #[test]
    fn grants_only_add(name in any_pack(), numbers in any_grants(), role in 0..8_usize) {
        let pack = pack(name);
        let bare = some_actor(&pack, role, PlatformRole::None, Granted::default());
        let granted = pack.granted(&made(&pack, &numbers, &[])).unwrap();
        let more = some_actor(&pack, role, PlatformRole::None, granted);
        let covers = |more: Option<Window>, less: Option<Window>| {
            less.is_none_or(|less| more.is_some_and(|more| more.covers(less)))
        };
        for permission in pack.permissions() {
            let (before, after) = (pack.extent(&bare, permission), pack.extent(&more, permission));
            prop_assert!(covers(after.all, before.all) && covers(after.own, before.own));
        }
        for page in pack.pages() {
            for action in Action::ALL {
                let may = |actor: &Actor| pack.decide_page(actor, page, action).is_allowed();
                prop_assert!(!may(&bare) || may(&more));
                prop_assert!(!may(&more) || may_view(&pack, &more, page));
            }
        }
    }

    /// Whatever a grantor is let do, the other holds afterwards nothing that neither of the two
    /// held before; and who changes their own grants holds no more than before.
    #[test]
    fn no_grant_makes_more_than_there_was(
        name in any_pack(), mine in any_grants(), before in any_grants(), after in any_grants(),
        named in proptest::collection::vec(0..64_usize, 0..3),
        role in 0..8_usize, target in 0..8_usize, is_self in any::<bool>(),
        platform in proptest::sample::select(&[PlatformRole::None, PlatformRole::AdminStaff][..]),
    ) {
        let pack = pack(name);
        let compile = |numbers: &[_], named: &[usize]| pack.granted(&made(&pack, numbers, named)).unwrap();
        let (mine, before, after) = (compile(&mine, &[]), compile(&before, &[]), compile(&after, &named));
        let mine = if is_self { before.clone() } else { mine };
        let grantor = some_actor(&pack, role, platform, mine);
        prop_assume!(pack.may_grant(&grantor, &before, &after, is_self).is_ok());
        let target = if is_self { role } else { target };
        let had = some_actor(&pack, target, PlatformRole::None, before);
        let has = some_actor(&pack, target, PlatformRole::None, after);
        for permission in pack.permissions() {
            let Some(all) = pack.extent(&has, permission).all else { continue };
            let sources = [&had, &grantor].map(|actor| pack.extent(actor, permission).all);
            let sources = if is_self { [sources[0], None] } else { sources };
            let union = sources.into_iter().flatten().reduce(Window::or);
            prop_assert!(union.is_some_and(|union| union.covers(all)), "{}", pack.permission_key(permission));
        }
        for page in pack.pages() {
            for action in Action::ALL {
                let may = |actor: &Actor| pack.decide_page(actor, page, action).is_allowed();
                prop_assert!(!may(&has) || may(&had) || !is_self && may(&grantor), "{}", pack.page_key(page));
            }
        }
    }
}

fn may_view(pack: &Pack, actor: &Actor, page: PageId) -> bool {
    pack.decide_page(actor, page, Action::View).is_allowed()
}
