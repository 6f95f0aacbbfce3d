//! `bailiwick tenants export` and `import`.

use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;

use super::{Names, options, run, run_with};
use crate::archive::{contents, furnished, objects};

#[tokio::test]
async fn a_tenant_goes_into_a_file_and_comes_out_of_it() {
    let t = options().s3().start().await;
    let acme = furnished(&t, "acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Pro).await;
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("acme.tar");
    let path = file.to_str().unwrap();
    let names = Names::of(&t).await.and(path, "file");

    let written = run(&t, &["tenants", "export", "acme", "--out", path]).await;
    let fingerprint = written.answer().rsplit_once(' ').unwrap().1.to_owned();
    let names = names.and(&fingerprint, "sha256");
    insta::assert_snapshot!("export", names.redact(written.answer()));
    assert_eq!(
        std::fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    let before = std::fs::read(&file).unwrap();
    let twice = run(&t, &["tenants", "export", "acme", "--out", path]).await;
    assert_eq!(
        names.redact(twice.complaint()),
        "[file] is there already; name another file"
    );
    assert_eq!(std::fs::read(&file).unwrap(), before);

    let restored = run(&t, &["tenants", "import", path, "--into", "globex"]).await;
    let said = names.redact(restored.answer());
    let (head, tail) = said.split_once(" is in ").unwrap();
    assert!(head.starts_with("acme ([id of acme]) of "), "{said}");
    insta::assert_snapshot!("import", tail);
    assert_eq!(contents(&t, &globex).await, contents(&t, &acme).await);
    assert_eq!(objects(&t, &globex).await, objects(&t, &acme).await);

    let twice = run(&t, &["tenants", "import", path, "--into", "globex"]).await;
    let filled = run(&t, &["tenants", "import", path, "--into", "acme"]).await;
    let merged = run(
        &t,
        &["tenants", "import", path, "--into", "acme", "--merge"],
    )
    .await;
    insta::assert_snapshot!(
        "import_filled",
        [twice.complaint(), filled.complaint()].join("\n")
    );
    assert!(
        merged.answer().contains(" 0 rows, 0 objects (0 B) written"),
        "{merged:?}"
    );
}

/// Keys of objects are of ids.
fn without_keys(text: &str) -> String {
    let words = text
        .split(' ')
        .map(|word| match word.starts_with("project/") {
            true => "[key]",
            false => word,
        });
    words.collect::<Vec<_>>().join(" ")
}

async fn refused(
    t: &TestApp,
    path: &Path,
    with: &[(&'static str, String)],
    more: &[&str],
) -> String {
    let arguments = [
        &[
            "tenants",
            "import",
            path.to_str().unwrap(),
            "--into",
            "globex",
        ],
        more,
    ]
    .concat();
    let ended = run_with(with, &arguments).await;
    assert_eq!(
        t.count("select 1 from control.imports").await,
        0,
        "nothing has begun"
    );
    ended.complaint().to_owned()
}

/// What is wrong with the file is said, and what to do where something can be done.
#[tokio::test]
async fn a_file_that_is_not_what_it_was_is_refused_with_the_reason() {
    let t = options().s3().start().await;
    furnished(&t, "acme", Tier::Starter).await;
    t.tenant("globex", Tier::Starter).await;
    let dir = tempfile::tempdir().unwrap();
    let good = dir.path().join("acme.tar");
    run(
        &t,
        &["tenants", "export", "acme", "--out", good.to_str().unwrap()],
    )
    .await
    .answer();
    let bytes = std::fs::read(&good).unwrap();
    let fox = bytes
        .windows(9)
        .position(|word| word == b"brown fox")
        .unwrap();
    let mut edited = bytes.clone();
    edited[fox] = b'c';
    let ours = t.settings();
    let mut said = Vec::new();
    for (what, file) in [
        ("edited", edited),
        ("cut off", bytes[..bytes.len() / 2].to_vec()),
        ("something else", b"PK\x03\x04 a letter".repeat(100)),
        (
            "longer",
            [&bytes[..bytes.len() - 1024], &bytes[..512], &[0; 1024]].concat(),
        ),
        ("nothing", Vec::new()),
    ] {
        let path = dir.path().join("other.tar");
        std::fs::write(&path, file).unwrap();
        let refused = refused(&t, &path, &ours, &[]).await;
        said.push(format!("{what}: {}", without_keys(&refused)));
    }
    let missing = refused(&t, &dir.path().join("gone.tar"), &ours, &[]).await;
    assert!(missing.contains("gone.tar: No such file"), "{missing}");
    insta::assert_snapshot!("import_refused", said.join("\n"));

    // Of another installation: who names its fingerprint takes it.
    let mut theirs = ours.clone();
    theirs.retain(|(name, _)| *name != "AUDIT_KEYS");
    theirs.push(("AUDIT_KEYS", format!("other:{}", "5a".repeat(32))));
    let strange = refused(&t, &good, &theirs, &[]).await;
    let (before, after) = strange.split_once("what its export printed with ").unwrap();
    assert!(
        before.contains("not signed with a key of AUDIT_KEYS"),
        "{strange}"
    );
    let fingerprint = &after[..64];
    assert_eq!(&after[64..], " and name it: --fingerprint");
    let other = "0".repeat(64);
    let wrong = refused(&t, &good, &theirs, &["--fingerprint", &other]).await;
    assert!(wrong.contains("not the one that was named"), "{wrong}");
    let path = good.to_str().unwrap();
    let taken = [
        "tenants",
        "import",
        path,
        "--into",
        "globex",
        "--fingerprint",
        fingerprint,
    ];
    run_with(&theirs, &taken).await.answer();
}
