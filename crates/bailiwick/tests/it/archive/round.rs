//! There and back.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use jiff::SignedDuration;

use super::{contents, export, furnished, import, objects, verify};

#[tokio::test]
async fn every_row_and_object_comes_back_in_either_tier() {
    for from in Tier::ALL {
        for to in Tier::ALL {
            let t = TestApp::start().await;
            let acme = furnished(&t, "acme", *from).await;
            let globex = t.tenant("globex", *to).await;
            let file = export(&t, &acme).await;
            let done = import(&t, &globex, &file, false).await.unwrap();
            let what = format!("{from:?} to {to:?}");
            assert_eq!((done.written.objects, done.there.objects), (3, 0), "{what}");
            let (was, is) = (contents(&t, &acme).await, contents(&t, &globex).await);
            assert_eq!((was.len(), is), (7, was), "{what}");
            assert_eq!(
                objects(&t, &globex).await,
                objects(&t, &acme).await,
                "{what}"
            );
            // Nobody is a member for having been one elsewhere, and those who are stay.
            assert_eq!(done.not_members.len(), 5, "{what}");
            let schema = t
                .app
                .store()
                .find_placement(globex.id)
                .await
                .unwrap()
                .unwrap()
                .schema;
            let members = format!(
                "select 1 from {schema}.members where tenant_id = '{}' and status = ",
                globex.id
            );
            assert_eq!(t.count(&format!("{members} 'active'")).await, 5);
            assert_eq!(t.count(&format!("{members} 'removed'")).await, 5);
            let names = globex.owner().get("/projects").await.assert_status(200);
            assert_eq!(names.column("name"), ["Größe \"1\" \\ 2"]);
            let _ = acme.owner().get("/projects").await.assert_status(200);
            // What came is what goes.
            let again = export(&t, &globex).await;
            let (first, second) = (verify(&file).unwrap(), verify(&again).unwrap());
            assert_eq!(
                first.manifest.rows["documents"],
                second.manifest.rows["documents"]
            );
            assert_eq!(first.manifest.objects, second.manifest.objects);
        }
    }
}

/// The tables were lost; the organization and its people were not.
#[tokio::test]
async fn the_same_organization_gets_its_own_back() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = furnished(&t, "acme", *tier).await;
        let file = export(&t, &acme).await;
        let (rows, bytes) = (contents(&t, &acme).await, objects(&t, &acme).await);
        let schema = t
            .app
            .store()
            .find_placement(acme.id)
            .await
            .unwrap()
            .unwrap()
            .schema;
        for table in ["approvals", "documents", "project_members", "projects"] {
            t.tamper(&format!(
                "delete from {schema}.{table} where tenant_id = '{}'",
                acme.id
            ))
            .await;
        }
        let key = format!("org/{}{}", acme.clerk_org_id, bytes[0].0)
            .parse()
            .unwrap();
        t.app.objects().delete(&key).await.unwrap();
        let done = import(&t, &acme, &file, false).await.unwrap();
        assert_eq!((done.written.objects, done.there.objects), (1, 2));
        assert_eq!(done.not_members, [""; 0]);
        assert_eq!(contents(&t, &acme).await, rows);
        assert_eq!(objects(&t, &acme).await, bytes);
        let facts = t.audit().await;
        let count = |action: &str| facts.iter().filter(|fact| *fact == action).count();
        assert_eq!((count("tenants.export"), count("tenants.import")), (1, 1));
    }
}

/// The same people are other rows in another installation: they are found by the provider's ids.
#[tokio::test]
async fn another_installation_knows_the_people() {
    let (here, there) = (TestApp::start().await, TestApp::start().await);
    let acme = furnished(&here, "acme", Tier::Starter).await;
    let file = export(&here, &acme).await;
    let other = there.tenant("acme", Tier::Pro).await;
    assert_ne!(acme.owner().user(), other.owner().user());
    assert_eq!(acme.owner().clerk_user_id(), other.owner().clerk_user_id());
    let done = import(&there, &other, &file, false).await.unwrap();
    assert_eq!(done.not_members, [""; 0]);
    assert_eq!(contents(&there, &other).await, contents(&here, &acme).await);
    let projects = other
        .owner()
        .get("/projects")
        .await
        .assert_status(200)
        .json();
    assert_eq!(
        projects["data"][0]["createdBy"]["id"],
        other.owner().user().to_string(),
        "{projects}"
    );
}

/// What the organization wrote while it was read is in none of it.
#[tokio::test]
async fn rows_are_of_one_moment() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = furnished(&t, "acme", *tier).await;
        let placement = t
            .app
            .store()
            .find_placement(acme.id)
            .await
            .unwrap()
            .unwrap();
        let mut snapshot = t.app.store().snapshot(&placement).await.unwrap();
        let _ = snapshot.described().await.unwrap();
        acme.owner().create_project("later").await;
        let tables = snapshot.tables().to_vec();
        let projects = tables
            .iter()
            .find(|table| table.name == "projects")
            .unwrap();
        let (rows, last) = snapshot.rows(projects, None).await.unwrap();
        assert_eq!(rows.len(), 1, "{rows:?}");
        let (rows, last) = snapshot.rows(projects, last.as_ref()).await.unwrap();
        assert_eq!((rows.len(), last), (0, None));
    }
}

/// An organization that was deleted can be taken out for as long as it is kept.
#[tokio::test]
async fn what_is_kept_can_be_given_to_another() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Pro).await;
    t.advance(SignedDuration::from_secs(1));
    t.provider.forget(&acme.clerk_org_id);
    let gone = bailiwick_testkit::fixtures::deleted(&acme.resource);
    t.apply(&bailiwick_testkit::fixtures::event(
        "organization.deleted",
        &gone,
        t.now(),
    ))
    .await;
    let file = export(&t, &acme).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    import(&t, &globex, &file, false).await.unwrap();
    assert_eq!(contents(&t, &globex).await, contents(&t, &acme).await);
    let refused = import(&t, &acme, &file, true).await.unwrap_err();
    assert!(refused.to_string().contains("deleted"), "{refused}");
}
