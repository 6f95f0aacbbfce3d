//! What is not taken, before anything is written.

use bailiwick_kernel::Tier;
use bailiwick_services::archive;
use bailiwick_store::audit::Keys;
use bailiwick_testkit::{Dice, TestApp, World, audit_keys};

use super::{OBJECT_MAX, contents, export, furnished, import, verify};

async fn untouched(t: &TestApp, world: &World) {
    assert_eq!(contents(t, world).await, [serde_json::Value::Null; 0]);
    assert_eq!(t.count("select 1 from control.imports").await, 0);
}

/// The place of an entry's body in the file, and its size.
fn body(file: &[u8], name: &str) -> (usize, usize) {
    let mut at = 0;
    while at < file.len() {
        let header = &file[at..at + 512];
        let text = |range: std::ops::Range<usize>| {
            let bytes = header[range].iter().copied().take_while(|b| *b != 0);
            String::from_utf8(bytes.collect()).unwrap()
        };
        let size = usize::from_str_radix(&text(124..136), 8).unwrap();
        if text(0..100) == name {
            return (at + 512, size);
        }
        at += 512 + size.div_ceil(512) * 512;
    }
    panic!("no {name}")
}

#[tokio::test]
async fn an_archive_that_was_tampered_with() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let file = export(&t, &acme).await;
    for name in [
        "tenant.json",
        "tables/001/000001.ndjson",
        "objects/0000001.json",
        "objects/0000001.bin",
        "manifest.json",
    ] {
        let (at, size) = body(&file, name);
        for place in [at, at + size / 2, at + size - 1] {
            let mut other = file.clone();
            other[place] ^= 1;
            let refused = import(&t, &globex, &other, false).await;
            assert!(refused.is_err(), "{name} at {place}");
        }
    }
    // Any byte of a header, and any part cut off.
    let mut dice = Dice::new(5);
    for _ in 0..200 {
        let at = dice.below(file.len() / 512) * 512;
        let mut other = file.clone();
        other[at + 130] ^= 3;
        let is_padding = other[at..at + 512].iter().filter(|b| **b != 0).count() <= 1;
        if !is_padding {
            assert!(verify(&other).is_err(), "the block at {at}");
        }
        // Of the two empty blocks at the end the first is enough.
        let is_end = at + 1024 > file.len();
        assert!(is_end || verify(&file[..at]).is_err(), "cut off at {at}");
    }
    // An entry more, and one less.
    let (at, size) = body(&file, "objects/0000001.json");
    let whole = at - 512..at + size.div_ceil(512) * 512;
    let mut doubled = file.clone();
    doubled.splice(whole.start..whole.start, file[whole.clone()].to_vec());
    assert!(verify(&doubled).is_err());
    let mut fewer = file.clone();
    fewer.drain(whole);
    assert!(verify(&fewer).is_err());
    untouched(&t, &globex).await;
    verify(&file).unwrap();
}

/// Whoever writes a whole archive of their own does not have the keys.
#[tokio::test]
async fn an_archive_of_other_keys_needs_to_be_named() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let file = export(&t, &acme).await;
    let ours = verify(&file).unwrap();
    let key = format!("else:{}", "11".repeat(32));
    let theirs = Keys::parse([key.as_str()]).unwrap();
    let named = |keys, name| archive::verify(file.as_slice(), keys, name, OBJECT_MAX);
    let refused = named(&theirs, None).unwrap_err().to_string();
    assert!(refused.contains(&ours.fingerprint), "{refused}");
    named(&theirs, Some(&ours.fingerprint)).unwrap();
    let wrong = "0".repeat(64);
    assert!(named(&theirs, Some(&wrong)).is_err());
    assert!(
        named(&audit_keys(), Some(&wrong)).is_err(),
        "also where it is ours"
    );
}

#[tokio::test]
async fn more_than_is_taken() {
    let t = TestApp::start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let file = export(&t, &acme).await;
    let refused = archive::verify(file.as_slice(), &audit_keys(), None, 42).unwrap_err();
    assert!(refused.to_string().contains("43 bytes"), "{refused}");
    // A header that claims a terabyte.
    let (at, _) = body(&file, "objects/0000001.bin");
    let mut bomb = file.clone();
    bomb[at - 512 + 124..at - 512 + 135].copy_from_slice(b"77777777777");
    assert!(verify(&bomb).is_err());
}

#[tokio::test]
async fn a_tenant_that_has_rows() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = furnished(&t, "acme", Tier::Starter).await;
        let globex = t.tenant("globex", *tier).await;
        let own = globex.owner().create_project("Own").await;
        let file = export(&t, &acme).await;
        let refused = import(&t, &globex, &file, false).await.unwrap_err();
        assert!(
            refused.to_string().contains("rows in projects"),
            "{refused}"
        );
        import(&t, &globex, &file, true).await.unwrap();
        let _ = globex
            .owner()
            .get(format!("/projects/{own}"))
            .await
            .assert_status(200);
        assert_eq!(
            contents(&t, &globex).await.len(),
            1 + 1 + 7,
            "with who leads the own one"
        );
        // Once more changes nothing.
        let before = contents(&t, &globex).await;
        let again = import(&t, &globex, &file, true).await.unwrap();
        assert_eq!((again.written.rows, again.written.objects), (0, 0));
        assert_eq!(contents(&t, &globex).await, before);
        let refused = import(&t, &globex, &file, false).await.unwrap_err();
        assert!(refused.to_string().contains("before"), "{refused}");
    }
}

/// A row cannot be made another tenant's by what the archive says.
#[tokio::test]
async fn rows_are_the_targets_own() {
    let t = TestApp::start().await;
    let victim = furnished(&t, "victim", Tier::Starter).await;
    let before = contents(&t, &victim).await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let file = export(&t, &acme).await;
    import(&t, &globex, &file, false).await.unwrap();
    assert_eq!(contents(&t, &victim).await, before);
    let foreign = format!(
        "select 1 from tenant_shared.documents where tenant_id = '{}' and s3_key not like 'org/{}/%'",
        globex.id, globex.clerk_org_id
    );
    assert_eq!(t.count(&foreign).await, 0);
}
