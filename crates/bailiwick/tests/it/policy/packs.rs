//! The packs of other products, each permission × each role, as a product asks for it.

use bailiwick_kernel::Tier;
use bailiwick_kernel::policy::{self, Action, Actor, Pack, Reach};
use bailiwick_kernel::{PlatformRole, ProjectRole};
use bailiwick_testkit::{Persona, TestApp};
use serde_json::{Value, json};

/// A server with the pack mounted, and everybody who has a column in its matrix.
pub async fn stage(name: &str) -> (TestApp, Vec<(String, Persona, Actor)>) {
    let pack = policy::builtin(name).unwrap().unwrap();
    let t = TestApp::options().pack(pack).start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut people = Vec::new();
    for role in [PlatformRole::SuperAdmin, PlatformRole::AdminStaff] {
        let persona = t.staff(role.as_str()).await.naming(&acme);
        let actor = Actor::outsider().platform(role);
        people.push((role.to_string(), persona, actor));
    }
    let pack = t.app.pack();
    for role in pack.roles().rev() {
        let key = pack.role_key(role).to_owned();
        let persona = acme.persona(&key).clone();
        people.push((key, persona, Actor::member(role)));
    }
    (t, people)
}

/// What `persona` is answered about all of `checks`, in batches as large as they may be.
pub async fn ask(persona: &Persona, checks: &[Value]) -> Vec<Value> {
    let mut results = Vec::new();
    for batch in checks.chunks(200) {
        let answer = persona.post("/authz/check", json!({"checks": batch})).await;
        let answer = answer.assert_status(200).json();
        results.extend(answer["results"].as_array().unwrap().clone());
    }
    assert_eq!(results.len(), checks.len());
    results
}

fn permissions(pack: &Pack) -> Vec<String> {
    let live = pack.permissions().filter(|p| pack.is_live(*p));
    let mut keys: Vec<String> = live.map(|p| pack.permission_key(p).to_owned()).collect();
    keys.sort();
    keys
}

/// A table as HTTP answered it; each cell is compared with what the pack says.
async fn table(name: &str) -> String {
    let (t, people) = stage(name).await;
    let pack = t.app.pack();
    let keys = permissions(pack);
    let pages: Vec<_> = pack.pages().collect();
    let mut checks: Vec<Value> = keys.iter().map(|key| json!({"permission": key})).collect();
    for page in &pages {
        let ask = |action: Action| json!({"page": pack.page_key(*page), "action": action});
        checks.extend(Action::ALL.map(ask));
    }
    let mut rows: Vec<String> = keys.iter().map(|key| format!("{key:<30}")).collect();
    rows.extend(
        pages
            .iter()
            .map(|page| format!("page {:<25}", pack.page_key(*page))),
    );
    let mut header = format!("{:<30}", pack.name());
    for (column, persona, actor) in &people {
        let answers = ask(persona, &checks).await;
        let (of_permissions, of_pages) = answers.split_at(keys.len());
        header.push_str(&format!("  {column:<12}"));
        for (index, (key, answer)) in keys.iter().zip(of_permissions).enumerate() {
            let permission = pack.permission(key).unwrap();
            let expected = pack.decide(actor, permission).reach().map(Reach::as_str);
            assert_eq!(
                answer["allowed"],
                expected.is_some(),
                "{column} {key}: {answer}"
            );
            assert_eq!(
                answer["reach"].as_str(),
                expected,
                "{column} {key}: {answer}"
            );
            rows[index].push_str(&format!("  {:<12}", expected.unwrap_or("·")));
        }
        for (index, page) in pages.iter().enumerate() {
            let answers = &of_pages[index * 5..index * 5 + 5];
            let letters: String = Action::ALL
                .into_iter()
                .zip(answers)
                .map(|(action, answer)| {
                    let expected = pack.decide_page(actor, *page, action).is_allowed();
                    let key = pack.page_key(*page);
                    assert_eq!(answer["allowed"], expected, "{column} {key}: {answer}");
                    if expected {
                        &action.as_str()[..1]
                    } else {
                        "·"
                    }
                })
                .collect();
            rows[keys.len() + index].push_str(&format!("  {letters:<12}"));
        }
    }
    rows.insert(0, header);
    let lines: Vec<&str> = rows.iter().map(|row| row.trim_end()).collect();
    lines.join("\n")
}

#[tokio::test]
async fn firmflow() {
    insta::assert_snapshot!(table("firmflow").await);
}

#[tokio::test]
async fn tracehub() {
    insta::assert_snapshot!(table("tracehub").await);
}

#[tokio::test]
async fn booking() {
    insta::assert_snapshot!(table("booking").await);
}

#[tokio::test]
async fn tickets() {
    insta::assert_snapshot!(table("tickets").await);
}

/// The matrix of the compliance product as its own documents have it, word for word.
#[tokio::test]
async fn the_compliance_products_matrix_is_exact() {
    let (_t, people) = stage("tracehub").await;
    let matrix = [
        ("shipment:create", ["yes", "yes", "yes", "no"]),
        ("shipment:edit", ["yes", "yes", "yes", "no"]),
        ("shipment:delete", ["yes", "no", "no", "no"]),
        ("document:upload", ["yes", "yes", "yes", "no"]),
        ("document:validate", ["yes", "yes", "no", "no"]),
        ("user:manage", ["yes", "no", "no", "no"]),
        ("org:manage", ["yes", "no", "no", "no"]),
        ("shipment:read", ["yes", "yes", "yes", "yes"]),
        ("document:read", ["yes", "yes", "yes", "yes"]),
    ];
    let checks: Vec<Value> = matrix
        .iter()
        .map(|(key, _)| json!({"permission": key}))
        .collect();
    for (column, role) in ["admin", "manager", "member", "viewer"]
        .into_iter()
        .enumerate()
    {
        let (_, persona, _) = people.iter().find(|(key, ..)| key == role).unwrap();
        for ((key, cells), answer) in matrix.iter().zip(ask(persona, &checks).await) {
            assert_eq!(
                answer["allowed"],
                cells[column] == "yes",
                "{role} {key}: {answer}"
            );
        }
    }
}

/// Members of the ticket product hold everything in their organization; guests read.
#[tokio::test]
async fn the_ticket_products_matrix_is_exact() {
    let (t, people) = stage("tickets").await;
    let keys = permissions(t.app.pack());
    let checks: Vec<Value> = keys.iter().map(|key| json!({"permission": key})).collect();
    for (role, persona, _) in &people {
        let answers = ask(persona, &checks).await;
        let held: Vec<&String> = keys
            .iter()
            .zip(answers)
            .filter(|(_, answer)| answer["allowed"] == true)
            .map(|(key, _)| key)
            .collect();
        match role.as_str() {
            "owner" | "admin" | "member" | "super_admin" => assert_eq!(held.len(), keys.len()),
            "guest_member" => {
                assert_eq!(held, ["organization:read", "tickets:read", "users:read"]);
            }
            _ => {}
        }
    }
}

/// What a pack does not mount is not there, and asking for it is a mistake.
#[tokio::test]
async fn routes_of_modules_that_are_not_mounted_are_not_there() {
    let (t, people) = stage("tickets").await;
    let (_, member, _) = people.iter().find(|(key, ..)| key == "member").unwrap();
    for path in ["/projects", "/approvals"] {
        let _ = member.get(path).await.assert_problem(404, "NOT_FOUND");
    }
    let document = t.anonymous().get("/openapi.json").await.json();
    assert!(document["paths"]["/api/v1/projects"].is_null());
    assert!(document["paths"]["/api/v1/authz/check"].is_object());
    let check =
        json!({"checks": [{"permission": "tickets:read"}, {"permission": "projects:read"}]});
    let answer = member.post("/authz/check", check).await;
    let _ = answer.assert_invalid(&["checks[1].permission"]);
}

/// A project role adds from the pack's threshold up, asked for through HTTP with the project.
#[tokio::test]
async fn standing_on_a_project_counts() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let project = acme.owner().create_project("Alpha").await;
    let pack = t.app.pack();
    let keys = permissions(pack);
    let checks: Vec<Value> = keys
        .iter()
        .map(|key| json!({"permission": key, "resource": {"projectId": project}}))
        .collect();
    for standing in [
        None,
        Some(ProjectRole::Contributor),
        Some(ProjectRole::Lead),
    ] {
        for role in ["viewer", "member", "manager", "admin"] {
            let persona = acme.persona(role);
            if let Some(standing) = standing {
                let body = json!({"memberId": persona.user(), "projectRole": standing});
                let path = format!("/projects/{project}/members");
                let added = acme.owner().post(&path, body).await;
                if added.status == 409 {
                    let path = format!("{path}/{}", persona.user());
                    let body = json!({"projectRole": standing});
                    let _ = acme.owner().put(path, body).await.assert_status(204);
                }
            }
            let actor = Actor::member(pack.role(role).unwrap()).before(standing);
            for (key, answer) in keys.iter().zip(ask(persona, &checks).await) {
                let expected = pack.decide(&actor, pack.permission(key).unwrap()).reach();
                let reach = expected.map(Reach::as_str);
                assert_eq!(
                    answer["reach"].as_str(),
                    reach,
                    "{role} {standing:?} {key}: {answer}"
                );
            }
        }
    }
}
