//! An instance of the provider inside an application.

use std::sync::{Arc, Mutex};

use aws_lc_rs::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use axum::Router;
use bailiwick_idp::mail::Delivery;
use bailiwick_idp::{Idp, IdpConfig, Mail, MailError, MailKind, Mailer};
use bailiwick_pg::{Pool, sql};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

pub use super::browser::{Browser, Reply};
use crate::conformance::events::Watch;
use crate::support::postgres::database;
use crate::support::time::Time;

pub const ORIGIN: &str = "http://localhost:3000";
pub const PASSWORD: &str = "correct horse battery";

sql! {
    /// Everything that was said, in order, but for billing: every organization begins on a plan.
    SAID() = "
        select event_type, payload from idp.webhook_messages
        where event_type not like 'subscription%' and event_type not like 'paymentAttempt%'
        order by seq limit 1000";
}

/// Keeps what it is given, or refuses to.
#[derive(Default)]
pub struct Outbox {
    mails: Mutex<Vec<Mail>>,
    pub is_broken: std::sync::atomic::AtomicBool,
}

impl Outbox {
    /// What was sent to an address, in order.
    pub fn to(&self, address: &str) -> Vec<Mail> {
        let mails = self.mails.lock().unwrap();
        let to = mails.iter().filter(|mail| mail.to == address);
        to.cloned().collect()
    }

    /// Everything so far, in order.
    pub fn all(&self) -> Vec<Mail> {
        self.mails.lock().unwrap().clone()
    }
}

impl Mailer for Outbox {
    fn deliver(&self, mail: Mail) -> Delivery<'_> {
        Box::pin(async move {
            if self.is_broken.load(std::sync::atomic::Ordering::SeqCst) {
                return Err(MailError("out of order".to_owned()));
            }
            self.mails.lock().unwrap().push(mail);
            Ok(())
        })
    }
}

/// An application with the provider at `/__clerk`.
pub struct World {
    pub time: Time,
    pub idp: Idp,
    pub pool: Pool,
    pub outbox: Arc<Outbox>,
    router: Router,
    _events: Watch,
}

impl World {
    pub async fn new() -> Self {
        Self::with(|_| {}).await
    }

    pub async fn with(change: impl FnOnce(&mut IdpConfig)) -> Self {
        let mut config = IdpConfig::new("Bailiwick", ORIGIN, "sk_live_0123456789abcdef".into());
        change(&mut config);
        Self::on(database().await, Time::stopped(), config).await
    }

    pub async fn on(pool: Pool, time: Time, config: IdpConfig) -> Self {
        let outbox = Arc::new(Outbox::default());
        let idp = Idp::new(config, pool.clone(), time.env.clone(), outbox.clone())
            .await
            .unwrap();
        let router = Router::new().nest("/__clerk", idp.frontend_router());
        let _events = Watch::of(&pool).await;
        Self {
            _events,
            time,
            idp,
            pool,
            outbox,
            router,
        }
    }

    pub fn browser(&self) -> Browser {
        Browser::new(self.router.clone())
    }

    /// The code in the newest mail to this address.
    pub fn code(&self, address: &str) -> String {
        let mails = self.mails(address);
        let mail = mails
            .last()
            .unwrap_or_else(|| panic!("no mail to {address}"));
        let code: String = mail.subject.chars().take(6).collect();
        assert!(code.bytes().all(|b| b.is_ascii_digit()), "{}", mail.subject);
        assert!(mail.text.contains(&code) && mail.html.contains(&code));
        code
    }

    /// The code in the newest text message to this number.
    pub fn sms_code(&self, number: &str) -> String {
        let mails = self.mails(number);
        let mail = mails
            .last()
            .unwrap_or_else(|| panic!("no message to {number}"));
        assert_eq!(mail.kind, MailKind::Sms);
        mail.text.chars().take(6).collect()
    }

    /// The path of the link in the newest mail to this address.
    pub fn link(&self, address: &str) -> String {
        let mails = self.mails(address);
        let text = &mails.last().unwrap().text;
        let (_, rest) = text.split_once("/__clerk").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    pub fn mails(&self, address: &str) -> Vec<Mail> {
        self.outbox.to(address)
    }

    /// The ticket in the newest mail to this address.
    pub fn ticket(&self, address: &str) -> String {
        let mail = self.mails(address).pop().unwrap();
        let (_, rest) = mail.text.split_once("ticket=").unwrap();
        rest.split_whitespace().next().unwrap().to_owned()
    }

    /// A code that is not the one in the newest mail.
    pub fn wrong_code(&self, address: &str) -> String {
        let right: u32 = self.code(address).parse().unwrap();
        format!("{:06}", (right + 1) % 1_000_000)
    }

    /// A browser in which a new user with this address has just signed up.
    pub async fn signed_up(&self, address: &str) -> Browser {
        let mut browser = self.browser();
        browser.sign_up(self, address).await;
        browser
    }

    /// Type and data of every event so far, in order.
    pub async fn said(&self) -> Vec<(String, Value)> {
        let rows = self.pool.query(&SAID, &[]).await.unwrap();
        let read = |row: &bailiwick_pg::Row| {
            let payload: Value = serde_json::from_str(row.get(1)).unwrap();
            (row.get(0), payload["data"].clone())
        };
        rows.iter().map(read).collect()
    }

    pub async fn said_types(&self) -> Vec<String> {
        self.said()
            .await
            .into_iter()
            .map(|(event, _)| event)
            .collect()
    }

    /// The claims of a token, after its signature was checked against the published keys.
    pub async fn claims(&self, jwt: &str) -> Value {
        let keys = self.browser().get("/.well-known/jwks.json").await.body;
        let part = |index: usize| {
            URL_SAFE_NO_PAD
                .decode(jwt.split('.').nth(index).unwrap())
                .unwrap()
        };
        let header: Value = serde_json::from_slice(&part(0)).unwrap();
        assert_eq!(header["alg"], "RS256");
        assert_eq!(header["cat"], "cl_B7d4PD111AAA");
        let key = keys["keys"].as_array().unwrap();
        let key = key.iter().find(|key| key["kid"] == header["kid"]).unwrap();
        let number = |name: &str| URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
        let public = RsaPublicKeyComponents {
            n: number("n"),
            e: number("e"),
        };
        let signed = jwt.rsplit_once('.').unwrap().0;
        public
            .verify(&RSA_PKCS1_2048_8192_SHA256, signed.as_bytes(), &part(2))
            .unwrap();
        serde_json::from_slice(&part(1)).unwrap()
    }
}
