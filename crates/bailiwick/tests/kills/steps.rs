//! The steps. Each brings one thing further, writes down what was acknowledged, and may be taken
//! again after its answer was lost: what was done twice must look as if done once.

use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use reqwest::{Method, StatusCode};
use serde_json::json;

use crate::browser::Browser;
use crate::ledger::{Document, Guest, Org, Person, Project, Stage, Way};
use crate::product::{Api, add_member, remove_member};
use crate::wire::{Step, Stop, World, send, text};

/// Signs up. Somebody whose last answer was lost signs in, and where that shows that nothing
/// happened signs up again.
pub async fn person(world: &World, person: &mut Person) -> Step<()> {
    if person.tried {
        person.browser = Browser::default();
        let (email, password) = (person.email.as_str(), person.password.as_str());
        if person
            .browser
            .sign_in(world, email, password)
            .await?
            .is_some()
        {
            let user = person.browser.touch(world, "").await?;
            person.user_id = text(&user, "/id")?;
            person.stage = Stage::There;
            return Ok(());
        }
    }
    person.browser = Browser::default();
    let who = (
        person.email.as_str(),
        person.password.as_str(),
        person.name.as_str(),
    );
    let tried = &mut person.tried;
    person.user_id = person.browser.sign_up(world, who, || *tried = true).await?;
    person.stage = Stage::There;
    person.browser.touch(world, "").await.map(drop)
}

/// Changes the first name.
pub async fn rename(world: &World, person: &mut Person) -> Step<()> {
    let Some(name) = person.wanted_name.clone() else {
        return Ok(());
    };
    let form = [("first_name", name.as_str())];
    let answer = person.browser.write(world, "PATCH", "/me", &form).await?;
    answer.acknowledged()?;
    person.name = name;
    person.wanted_name = None;
    Ok(())
}

/// Makes an organization, activates it and waits for its tenant. One whose answer was lost is
/// looked for first.
pub async fn org(world: &World, browser: &mut Browser, org: &mut Org) -> Step<()> {
    if org.stage == Stage::Wanted && org.tried {
        let found = memberships(world, browser).await?;
        let mut named = found.into_iter().filter(|(_, name)| *name == org.name);
        if let Some((id, _)) = named.next() {
            org.id = id;
            org.stage = Stage::There;
        }
        if named.next().is_some() {
            return Err(Stop::Wrong(format!("two organizations {}", org.name)));
        }
    }
    if org.stage == Stage::Wanted {
        org.tried = true;
        let form = [("name", org.name.as_str())];
        let answer = browser
            .write(world, "POST", "/organizations", &form)
            .await?;
        org.id = text(&answer.acknowledged()?, "/response/id")?;
        org.stage = Stage::There;
    }
    if !org.opened {
        browser.touch(world, &org.id).await?;
        let api = Api::of(world, browser, org).await?;
        api.open(&mut org.opened).await?;
    }
    Ok(())
}

/// The organizations of the signed-in user: id and name.
pub async fn memberships(world: &World, browser: &mut Browser) -> Step<Vec<(String, String)>> {
    let path = "/me/organization_memberships?paginated=true&limit=100";
    let answer = browser.read(world, path).await?.acknowledged()?;
    let list = answer
        .pointer("/response/data")
        .or_else(|| answer.get("data"));
    let list = list.and_then(|list| list.as_array());
    let list = list.ok_or_else(|| Stop::Wrong(format!("no list in {answer}")))?;
    let pair = |m| Ok((text(m, "/organization/id")?, text(m, "/organization/name")?));
    list.iter().map(pair).collect()
}

/// Lets somebody in or out.
pub async fn guest(world: &World, org: &str, guest: &mut Guest) -> Step<()> {
    let again = std::mem::replace(&mut guest.tried, true);
    match guest.stage {
        Stage::Wanted => {
            let answer = add_member(world, org, &guest.user_id).await?;
            if !(again && answer.code() == "already_a_member_in_organization") {
                answer.acknowledged()?;
            }
            guest.stage = Stage::There;
        }
        Stage::Unwanted => {
            let answer = remove_member(world, org, &guest.user_id).await?;
            if !(again && answer.status == StatusCode::NOT_FOUND) {
                answer.acknowledged()?;
            }
            guest.stage = Stage::Gone;
        }
        Stage::There | Stage::Gone => {}
    }
    guest.tried = false;
    Ok(())
}

/// Makes a project, or removes it.
pub async fn project(api: &Api<'_>, project: &mut Project) -> Step<()> {
    let again = std::mem::replace(&mut project.tried, true);
    match project.stage {
        Stage::Wanted => {
            let body = json!({"name": project.name, "description": "Made while machines died."});
            let answer = api.post("/projects", &project.key, &body).await?;
            project.id = text(&answer.acknowledged()?, "/id")?;
            project.stage = Stage::There;
        }
        Stage::Unwanted => {
            let path = format!("/projects/{}", project.id);
            let answer = api.call(Method::DELETE, &path).await?;
            if !(again && answer.status == StatusCode::NOT_FOUND) {
                answer.acknowledged()?;
            }
            project.stage = Stage::Gone;
        }
        Stage::There | Stage::Gone => {}
    }
    project.tried = false;
    Ok(())
}

/// Brings a document to where it rests: announced, sent and confirmed, or removed.
pub async fn document(
    world: &World,
    api: &Api<'_>,
    project: &str,
    document: &mut Document,
) -> Step<()> {
    loop {
        let again = std::mem::replace(&mut document.tried, true);
        match document.way.clone() {
            Way::Announce => document.way = announce(api, project, document).await?,
            Way::Send { url, headers } => {
                let request = world.client.put(url).headers(header_map(&headers));
                let answer = send("the upload", request.body(document.bytes())).await?;
                // The URL makes an object and never replaces one: it may have been made.
                if !(again && answer.status == StatusCode::PRECONDITION_FAILED) {
                    answer.acknowledged()?;
                }
                document.way = Way::Confirm;
            }
            Way::Confirm => {
                let path = format!("/documents/{}/confirm", document.id);
                api.call(Method::POST, &path).await?.acknowledged()?;
                document.way = Way::Past(Stage::There);
            }
            Way::Past(Stage::Unwanted) => {
                let path = format!("/documents/{}", document.id);
                let answer = api.call(Method::DELETE, &path).await?;
                if !(again && answer.status == StatusCode::NOT_FOUND) {
                    answer.acknowledged()?;
                }
                document.way = Way::Past(Stage::Gone);
            }
            Way::Past(_) => {
                document.tried = false;
                return Ok(());
            }
        }
        document.tried = false;
    }
}

async fn announce(api: &Api<'_>, project: &str, document: &mut Document) -> Step<Way> {
    let body = json!({
        "fileName": document.name, "contentType": "application/octet-stream",
        "size": document.size, "sha256": document.sha256(),
    });
    let path = format!("/projects/{project}/documents/upload-init");
    let answer = api
        .post(&path, &document.key, &body)
        .await?
        .acknowledged()?;
    document.id = text(&answer, "/documentId")?;
    let headers = serde_json::from_value(answer["headers"].clone());
    Ok(Way::Send {
        url: text(&answer, "/presignedUrl")?,
        headers: headers.map_err(|e| Stop::Wrong(format!("{e} in {answer}")))?,
    })
}

fn header_map(headers: &std::collections::BTreeMap<String, String>) -> HeaderMap {
    let pairs = headers.iter().map(|(name, value)| {
        let name: HeaderName = name.parse().unwrap();
        (name, HeaderValue::from_str(value).unwrap())
    });
    pairs.collect()
}
