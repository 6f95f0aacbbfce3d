//! Mails with texts that a server wrote.

use bailiwick_pg::sql;

use super::world::World;

sql! {
    /// Another text for the mail with the code.
    WRITE(TEXT, TEXT) = "
        insert into idp.templates (template_type, slug, name, subject, body, created_at, updated_at)
        values ('email', 'verification_code', 'Ours', $1, $2, now(), now())";
}

#[tokio::test]
async fn the_mail_says_what_was_written() {
    let world = World::new().await;
    let (subject, body) = (
        "{{otp_code}} it is",
        "<p>Hello, {{otp_code}} of {{app.name}}</p>",
    );
    let written = world.pool.execute(&WRITE, &[&subject, &body]).await;
    assert_eq!(written.unwrap(), 1);
    world.signed_up("ada@x.example").await;
    let mails = world.mails("ada@x.example");
    let code = world.code("ada@x.example");
    assert_eq!(mails[0].subject, format!("{code} it is"));
    assert_eq!(mails[0].html, format!("<p>Hello, {code} of Bailiwick</p>"));
    assert_eq!(mails[0].text, format!("Hello, {code} of Bailiwick\n"));
}
