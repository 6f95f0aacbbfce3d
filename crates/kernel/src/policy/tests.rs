//! The engine against the default pack and against broken ones.

use proptest::prelude::*;

use super::permission::{
    self, DOCUMENTS_DELETE, DOCUMENTS_READ, DOCUMENTS_UPLOAD, PROJECT_MEMBERS_MANAGE,
    PROJECTS_CREATE, PROJECTS_DELETE, PROJECTS_READ, PROJECTS_UPDATE,
};
use super::*;
use crate::error::Code;
use crate::role::PlatformRole;

fn member(key: &str) -> Actor {
    Actor::member(default_pack().role(key).unwrap())
}

fn reach(actor: impl std::borrow::Borrow<Actor>, permission: Permission) -> Option<Reach> {
    default_pack().decide(actor.borrow(), permission).reach()
}

#[test]
fn the_default_matrix() {
    insta::assert_snapshot!(default_pack().matrix());
}

#[test]
fn organization_roles_on_projects() {
    for (key, create, update, delete, read) in [
        ("owner", true, true, true, Reach::All),
        ("admin", true, true, false, Reach::All),
        ("manager", false, false, false, Reach::Project),
        ("member", false, false, false, Reach::Project),
        ("viewer", false, false, false, Reach::Project),
    ] {
        let actor = &member(key);
        assert_eq!(reach(actor, PROJECTS_CREATE).is_some(), create, "{key}");
        assert_eq!(reach(actor, PROJECTS_UPDATE).is_some(), update, "{key}");
        assert_eq!(reach(actor, PROJECTS_DELETE).is_some(), delete, "{key}");
        assert_eq!(reach(actor, PROJECTS_READ), Some(read), "{key}");
    }
}

#[test]
fn project_roles_add_for_members_and_not_for_viewers() {
    let lead = Some(ProjectRole::Lead);
    let contributor = Some(ProjectRole::Contributor);
    assert_eq!(
        reach(member("member").before(lead), DOCUMENTS_DELETE),
        Some(Reach::Project)
    );
    assert_eq!(
        reach(member("member").before(contributor), DOCUMENTS_DELETE),
        None
    );
    assert_eq!(
        reach(member("member").before(contributor), DOCUMENTS_UPLOAD),
        Some(Reach::Project)
    );
    assert_eq!(
        reach(member("member").before(lead), PROJECT_MEMBERS_MANAGE),
        Some(Reach::Project)
    );
    assert_eq!(
        reach(
            member("manager").before(contributor),
            PROJECT_MEMBERS_MANAGE
        ),
        None
    );
    for role in [lead, contributor] {
        let viewer = &member("viewer").before(role);
        assert_eq!(reach(viewer, DOCUMENTS_READ), Some(Reach::Project));
        assert_eq!(reach(viewer, DOCUMENTS_UPLOAD), None);
        assert_eq!(reach(viewer, DOCUMENTS_DELETE), None);
    }
    assert_eq!(
        reach(member("admin").before(None), DOCUMENTS_DELETE),
        Some(Reach::All)
    );
}

#[test]
fn before_a_project_is_known_the_answer_is_the_best_case() {
    assert_eq!(
        reach(member("member"), DOCUMENTS_UPLOAD),
        Some(Reach::Project)
    );
    assert_eq!(
        reach(member("member"), PROJECT_MEMBERS_MANAGE),
        Some(Reach::Project)
    );
    assert_eq!(reach(member("viewer"), DOCUMENTS_UPLOAD), None);
}

#[test]
fn refusals_say_what_to_do_about_them() {
    let pack = default_pack();
    let refusal = |actor: Actor, permission| pack.require(&actor, permission).unwrap_err().code();
    assert_eq!(
        refusal(member("member").before(None), DOCUMENTS_READ),
        Code::NotFound
    );
    assert_eq!(
        refusal(member("member").before(None), PROJECT_MEMBERS_MANAGE),
        Code::NotFound
    );
    assert_eq!(
        refusal(member("member"), PROJECTS_CREATE),
        Code::PermissionDenied
    );
    let contributor = member("member").before(Some(ProjectRole::Contributor));
    assert_eq!(
        refusal(contributor, DOCUMENTS_DELETE),
        Code::PermissionDenied
    );
    assert_eq!(
        refusal(Actor::outsider(), PROJECTS_READ),
        Code::PermissionDenied
    );
}

#[test]
fn platform_roles_need_no_membership() {
    let staff = &Actor::outsider().platform(PlatformRole::AdminStaff);
    assert_eq!(reach(staff, PROJECTS_UPDATE), Some(Reach::All));
    assert_eq!(reach(staff, PROJECTS_DELETE), None);
    assert_eq!(reach(staff, permission::ORG_UPDATE), None);
    let super_admin = &Actor::outsider().platform(PlatformRole::SuperAdmin);
    for declared in permission::ALL {
        assert_eq!(reach(super_admin, declared.permission), Some(Reach::All));
    }
}

#[test]
fn held_lists_what_is_possible_somewhere() {
    let pack = default_pack();
    let held = pack.held(&member("viewer"));
    assert_eq!(
        held,
        [
            "organization:read",
            "users:read",
            "projects:read",
            "project_members:read",
            "documents:read"
        ]
    );
    assert_eq!(pack.held(&Actor::outsider()), Vec::<&str>::new());
}

#[test]
fn plans_and_ends_of_the_ladder() {
    let pack = default_pack();
    assert_eq!(pack.plan(Tier::Starter).members_max, 2);
    assert_eq!(pack.plan(Tier::Pro).members_max, 10);
    let entitles = |key| [Tier::Starter, Tier::Pro].map(|tier| pack.entitles(tier, key));
    assert_eq!(entitles("dedicated_schema"), [Some(false), Some(true)]);
    assert_eq!(entitles("max_members_2"), [Some(true), Some(false)]);
    assert_eq!(entitles("max_members_10"), [Some(false), Some(true)]);
    assert_eq!(entitles("max_members_11"), [None, None]);
    assert_eq!(pack.role_key(pack.top_role()), "owner");
    assert_eq!(pack.role_title(pack.least_role()), "Viewer");
    assert_eq!(pack.role("root"), None);
    assert!(pack.mounts("platform") && pack.mounts("documents") && !pack.mounts("tasks"));
}

#[test]
fn a_key_of_the_pack_alone_can_be_asked_for() {
    let text = pack_text("", "\"shipment:edit\" = { own = [\"boss\"] }");
    let pack = Pack::parse("p.toml", &text).unwrap();
    let edit = pack.permission("shipment:edit").unwrap();
    assert_eq!(pack.permission_key(edit), "shipment:edit");
    assert_eq!(edit.declared_key(), None);
    let boss = Actor::member(pack.top_role());
    let by_role = Decision::Allowed {
        reach: Reach::Own,
        by: Holder::Role,
    };
    assert_eq!(pack.decide(&boss, edit), by_role);
    assert_eq!(pack.permission("shipment:raze"), None);
}

#[test]
fn an_entitlement_is_a_key_and_given_once() {
    let with = |list: &str| {
        let plan = format!("{{ members_max = 1, entitlements = {list} }}");
        let text = pack_text("", "").replace("{ members_max = 1 }", &plan);
        Pack::parse("p.toml", &text).map(drop)
    };
    assert!(with("[\"seats\", \"own_domain\"]").is_ok());
    for list in ["[\"Seats\"]", "[\"\"]", "[\"a\", \"b\", \"a\"]"] {
        assert_eq!(with(list).unwrap_err().0.len(), 1, "{list}");
    }
}

/// A small pack that is right, with lines put in: `roles` among the roles, `rows` among the grants.
fn pack_text(roles: &str, rows: &str) -> String {
    let platform = permission::ALL
        .iter()
        .filter(|d| d.module == permission::PLATFORM);
    let held: String = platform
        .map(|d| format!("\"{}\" = {{ all = [\"boss\"] }}\n", d.key))
        .collect();
    format!(
        "name = \"small\"\nmodules = []\n\
         [[roles]]\nkey = \"boss\"\ntitle = \"Boss\"\nrank = 9\ninbound = [\"org:admin\"]\n\
         outbound = \"org:admin\"\n{roles}\n\
         [project_roles]\nfrom = \"boss\"\n[plans]\nstarter = {{ members_max = 1 }}\n\
         pro = {{ members_max = 5 }}\n[permissions]\n{held}{rows}\n"
    )
}

#[test]
fn every_mistake_has_its_line() {
    let role = |key: &str, rank: u8, inbound: &str, outbound: &str| {
        format!(
            "[[roles]]\nkey = \"{key}\"\ntitle = \"\"\nrank = {rank}\ninbound = [\"{inbound}\"]\n\
             outbound = \"{outbound}\""
        )
    };
    let cases = [
        pack_text("", "\"shipment:edit\" = { all = [\"bos\"] }"),
        pack_text("", "\"projects:raed\" = { all = [\"boss\"] }"),
        pack_text("", "\"platform:replay\" = { all = [\"boss\"] }"),
        pack_text("", "\"projects\" = { all = [\"boss\"] }"),
        pack_text("", "\"projects:read\" = {}"),
        pack_text("", "\"a:b\" = { all = [\"boss\"], own = [\"boss\"] }"),
        pack_text("", "\"a:b\" = { all = [\"lead\"] }"),
        pack_text("", "\"a:b\" = { own = [\"admin_staff\"] }"),
        pack_text("", "\"a:b\" = { all = [\"super_admin\", \"none\"] }"),
        pack_text("", "\"a:b\" = { everywhere = [\"boss\"] }"),
        pack_text(&role("clerk", 9, "org:member", "org:member"), ""),
        pack_text(&role("boss", 8, "org:member", "org:member"), ""),
        pack_text(&role("lead", 8, "org:member", "org:member"), ""),
        pack_text(&role("Clerk", 8, "org:member", "org:member"), ""),
        pack_text(&role("clerk", 8, "org:admin", "org:admin"), ""),
        pack_text(&role("clerk", 8, "org:member", "member"), ""),
        pack_text("color = 1", ""),
        pack_text("", "").replace("modules = []", "modules = [\"projects\", \"boats\"]"),
        pack_text("", "").replace("from = \"boss\"", "from = \"chief\""),
        pack_text("", "").replace("members_max = 1", "members_max = 0"),
        pack_text("", "").replace("\"users:read\"", "\"users:write\""),
        pack_text("", "").replace("name = \"small\"", "name = "),
    ];
    let report: Vec<String> = cases
        .iter()
        .map(|text| Pack::parse("small.toml", text).expect_err(text).to_string())
        .collect();
    insta::assert_snapshot!(report.join("\n--\n"));
}

fn any_standing() -> impl Strategy<Value = Standing> {
    prop_oneof![
        Just(Standing::Open),
        Just(Standing::NotOn),
        proptest::sample::select(ProjectRole::ALL).prop_map(Standing::On),
    ]
}

proptest! {
    /// Whoever ranks higher can do at least as much, as far, in every standing.
    #[test]
    fn the_default_pack_is_a_ladder(
        permission in proptest::sample::select(permission::ALL),
        standing in any_standing(),
        lower in 0..5_usize,
        higher in 0..5_usize,
    ) {
        prop_assume!(lower <= higher);
        let pack = default_pack();
        let reach = |index: usize| {
            let mut actor = Actor::member(pack.roles().nth(index).unwrap());
            actor.standing = standing;
            pack.decide(&actor, permission.permission).reach()
        };
        prop_assert!(reach(lower) <= reach(higher));
    }

    /// The best case before a project is known is never less than what a known one gives, and a
    /// platform role never takes away.
    #[test]
    fn axes_only_add(
        permission in proptest::sample::select(permission::ALL),
        standing in any_standing(),
        platform in proptest::sample::select(PlatformRole::ALL),
        role in 0..5_usize,
    ) {
        let pack = default_pack();
        let open = Actor::member(pack.roles().nth(role).unwrap());
        let mut known = open.clone();
        known.standing = standing;
        let reach = |actor: &Actor| pack.decide(actor, permission.permission).reach();
        prop_assert!(reach(&known) <= reach(&open));
        prop_assert!(reach(&known) <= reach(&known.clone().platform(platform)));
        prop_assert!(reach(&known.before(Some(ProjectRole::Contributor)))
            <= reach(&known.before(Some(ProjectRole::Lead))));
    }

    /// No text makes the parser panic, and what is refused has a line within the text.
    #[test]
    fn any_damage_is_an_error_or_a_pack(cut in 0..4000_usize, noise in "\\PC{0,8}") {
        let (_, whole) = BUILTIN[0];
        let at = whole.char_indices().map(|(at, _)| at).nth(cut).unwrap_or(whole.len());
        let text = format!("{}{noise}{}", &whole[..at], &whole[at..]);
        if let Err(errors) = Pack::parse("p", &text) {
            prop_assert!(!errors.0.is_empty());
            prop_assert!(errors.0.iter().all(|e| (1..=text.lines().count() + 1).contains(&e.line)));
        }
    }
}

#[test]
fn in_anothers_name_nothing_is_done_that_is_done_in_person() {
    use crate::policy::permission::IN_PERSON;
    let pack = default_pack();
    for role in pack.roles() {
        let oneself = Actor::member(role).platform(PlatformRole::SuperAdmin);
        let other = oneself.clone().impersonated();
        assert_eq!(other.platform_role(), PlatformRole::None);
        let plain = Actor::member(role);
        for permission in pack.permissions() {
            let decision = pack.decide(&other, permission);
            if IN_PERSON.contains(&permission) {
                let code = Code::PermissionDenied;
                let reason = Reason::Impersonated;
                assert_eq!(
                    decision,
                    Decision::Denied { code, reason },
                    "{permission:?}"
                );
                assert_eq!(pack.extent(&other, permission), Extent::default());
            } else {
                assert_eq!(decision, pack.decide(&plain, permission), "{permission:?}");
                assert_eq!(
                    pack.extent(&other, permission),
                    pack.extent(&plain, permission)
                );
            }
        }
        for page in pack.pages() {
            for action in Action::ALL {
                let may = pack.decide_page(&other, page, action).is_allowed();
                assert!(!may || pack.decide_page(&plain, page, action).is_allowed());
            }
        }
    }
}
