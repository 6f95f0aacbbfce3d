//! A product's own module beside ours, in packs that fit it and in packs that do not.

use super::*;
use crate::role::PlatformRole;

const READ: Checked = Checked::new("parcels:read").owned();
const SEND: Checked = Checked::new("parcels:send");
const PARCELS: ModulePolicy = ModulePolicy {
    name: "parcels",
    checks: &[READ, SEND],
    events: &[("parcels", READ)],
};

/// A pack with these rows beside ours.
fn text(rows: &str) -> String {
    let platform = permission::ALL
        .iter()
        .filter(|d| d.module == permission::PLATFORM);
    let held: String = platform
        .map(|d| format!("\"{}\" = {{ all = [\"boss\"] }}\n", d.key))
        .collect();
    let role = |key: &str, rank: u8, theirs: &str| {
        format!(
            "[[roles]]\nkey = \"{key}\"\ntitle = \"\"\nrank = {rank}\ninbound = [\"{theirs}\"]\n\
             outbound = \"{theirs}\"\n"
        )
    };
    format!(
        "name = \"post\"\nmodules = []\n{}{}[project_roles]\nfrom = \"clerk\"\n\
         [plans]\nstarter = {{ members_max = 1 }}\npro = {{ members_max = 5 }}\n\
         [permissions]\n{held}{rows}",
        role("boss", 9, "org:admin"),
        role("clerk", 5, "org:member"),
    )
}

fn parse(rows: &str) -> Result<Pack, PackErrors> {
    Pack::parse_with("post.toml", &text(rows), &[PARCELS])
}

const GOOD: &str = "\"parcels:read\" = { all = [\"boss\"], own = [\"clerk\"] }\n\
                    \"parcels:send\" = { all = [\"boss\", \"clerk\"] }\n";

#[test]
fn what_a_module_checks_is_decided_like_ours() {
    let pack = parse(GOOD).unwrap();
    let (read, send) = (pack.checked(READ).unwrap(), pack.checked(SEND).unwrap());
    let clerk = Actor::member(pack.role("clerk").unwrap());
    assert_eq!(pack.decide(&clerk, read).reach(), Some(Reach::Own));
    assert_eq!(pack.decide(&clerk, send).reach(), Some(Reach::All));
    let staff = Actor::outsider().platform(PlatformRole::AdminStaff);
    assert!(!pack.decide(&staff, read).is_allowed());
    assert_eq!(pack.heard("parcels"), Some(read));
    assert_eq!(pack.heard("letters"), None);
}

#[test]
fn a_pack_that_the_code_would_not_obey_is_refused() {
    let cases = [
        // Nobody holds what it checks: its routes would be closed by mistake.
        "\"parcels:read\" = { all = [\"boss\"] }\n".to_owned(),
        // Reaches and windows that its statements do not keep would be none.
        GOOD.replace("send\" = { all", "send\" = { own"),
        GOOD.replace("send\" = { all", "send\" = { project"),
        GOOD.replace("own = [\"clerk\"] }", "window = { boss = { back = 7 } } }"),
    ];
    let report: Vec<String> = cases
        .iter()
        .map(|rows| parse(rows).expect_err(rows).to_string())
        .collect();
    insta::assert_snapshot!(report.join("\n--\n"), @r"
    post.toml:1: module `parcels` checks `parcels:send`, and no role holds it
    --
    post.toml:30: `parcels:send` knows no such reach
    post.toml:30: `parcels:send` knows no such reach
    --
    post.toml:30: `parcels:send` knows no such reach
    post.toml:30: `parcels:send` knows no such reach
    --
    post.toml:29: `parcels:read` knows no data window
    ");
}

#[test]
fn a_module_has_keys_of_its_own() {
    const TAKEN: ModulePolicy = ModulePolicy {
        name: "spies",
        checks: &[READ, Checked::new("audit:read")],
        events: &[],
    };
    let refused = Pack::parse_with("post.toml", &text(GOOD), &[PARCELS, TAKEN]);
    insta::assert_snapshot!(refused.unwrap_err().to_string(), @r"
    post.toml:1: module `spies`: `parcels:read` is another module's
    post.toml:1: module `spies`: `audit:read` is ours
    ");
}

/// Nobody compared the pack with the module: the module's permission is none.
#[test]
fn without_the_module_its_permission_is_not_found() {
    let pack = Pack::parse("post.toml", &text(GOOD)).unwrap();
    assert!(pack.permission("parcels:read").is_some());
    assert_eq!(pack.checked(READ), None);
    assert_eq!(pack.heard("parcels"), None);
    let pack = parse(GOOD).unwrap();
    assert_eq!(pack.checked(Checked::new("parcels:read")), None);
}
