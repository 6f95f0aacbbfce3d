//! One request of one browser: a transaction, the client, and the answer.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bailiwick_pg::Tx;
use http::{HeaderValue, StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::request::Meta;
use super::{Frontend, acting, cookies, pending, piggyback, reverification};
use crate::domain::sessions::{End, end};
use crate::domain::verifications::Judgement;
use crate::domain::{messages, people};
use crate::error::{Error, Refusal, Result};
use crate::ids;
use crate::instance::Idp;
use crate::mail::Mail;
use crate::model::user::Person;
use crate::secrets;
use crate::store;
use crate::store::clients::{self, Client};
use crate::store::sessions::{self, Session};
use crate::store::verifications::Verification;
use crate::webhooks::Unwritten;

/// A request being worked on. Dropped without an answer, nothing has happened.
pub struct Visit {
    /// The instance.
    pub idp: Idp,
    /// What this request does, all or nothing.
    pub tx: Tx,
    /// One instant for the whole request.
    pub now: Timestamp,
    /// Who asks.
    pub meta: Meta,
    /// The browser, where its cookie leads to one.
    pub client: Option<Client>,
    /// Whether the client is locked.
    pub is_writing: bool,
    frontend: Frontend,
    new_secret: Option<String>,
    mails: Vec<Mail>,
}

impl Visit {
    /// Begins a request that reads.
    pub async fn read(frontend: &Frontend, meta: Meta) -> Result<Self> {
        Self::begin(frontend, meta, false).await
    }

    /// Begins a request that may well have nothing to write, with the browser's live sessions as
    /// [`Visit::live_sessions`] has them. Until it does write, there is no transaction.
    pub async fn glance(frontend: &Frontend, meta: Meta) -> Result<(Self, Vec<Session>)> {
        let mut visit = Self::new(frontend, meta).await?;
        let Some(digest) = &visit.meta.cookie_digest else {
            return Ok((visit, Vec::new()));
        };
        let found = clients::glance_by_cookie(&mut visit.tx, digest, visit.now).await?;
        let (client, sessions) = found.map_or((None, Vec::new()), |(c, s)| (Some(c), s));
        visit.client = client;
        Ok((visit, sessions))
    }

    /// Begins a request that writes: the client is locked, so that the writes of one browser
    /// happen one by one.
    pub async fn write(frontend: &Frontend, meta: Meta) -> Result<Self> {
        Self::begin(frontend, meta, true).await
    }

    async fn begin(frontend: &Frontend, meta: Meta, locked: bool) -> Result<Self> {
        let mut visit = Self::new(frontend, meta).await?;
        let (tx, now) = (&mut visit.tx, visit.now);
        visit.client = match &visit.meta.cookie_digest {
            Some(digest) if locked => clients::find_by_cookie_locked(tx, digest, now).await?,
            Some(digest) => clients::find_by_cookie(tx, digest, now).await?,
            None => None,
        };
        visit.is_writing = locked;
        Ok(visit)
    }

    /// Of a browser that is not looked up yet.
    async fn new(frontend: &Frontend, meta: Meta) -> Result<Self> {
        let idp = frontend.idp.clone();
        let now = store::now(idp.env());
        let tx = idp.pool().begin().await?;
        Ok(Self {
            idp,
            tx,
            now,
            meta,
            client: None,
            is_writing: false,
            frontend: frontend.clone(),
            new_secret: None,
            mails: Vec::new(),
        })
    }

    /// From here on the request writes: the client is read anew, locked.
    pub async fn lock(&mut self) -> Result<()> {
        if let Some(digest) = &self.meta.cookie_digest {
            self.client = clients::find_by_cookie_locked(&mut self.tx, digest, self.now).await?;
        }
        self.is_writing = true;
        Ok(())
    }

    /// The browser, which gets a cookie if it has none that we know.
    pub async fn client(&mut self) -> Result<&mut Client> {
        if self.client.is_none() {
            let secret = secrets::opaque(self.idp.env());
            let client = Client {
                id: ids::new(self.idp.env(), ids::Kind::Client),
                cookie_digest: Some(secrets::digest(&secret)),
                sign_in_id: None,
                sign_up_id: None,
                last_active_session_id: None,
                last_authentication_strategy: None,
                cookie_expires_at: Some(self.cookie_end()),
                created_at: self.now,
                updated_at: self.now,
            };
            clients::insert(&mut self.tx, &client).await?;
            self.new_secret = Some(secret);
            self.client = Some(client);
        }
        self.known_client()
    }

    /// The browser; 401 where its cookie leads to none.
    pub fn known_client(&mut self) -> Result<&mut Client> {
        Ok(self.client.as_mut().ok_or_else(Refusal::signed_out)?)
    }

    fn cookie_end(&self) -> Timestamp {
        let age = SignedDuration::from_secs(cookies::MAX_AGE_SECONDS);
        self.now.saturating_add(age).unwrap_or(self.now)
    }

    /// Saves what was changed in the client. `updated_at` moves only where the set of sessions
    /// changes: tokens that are older than it count as stale.
    pub async fn save_client(&mut self) -> Result<()> {
        if let Some(client) = &self.client {
            clients::save(&mut self.tx, client).await?;
        }
        Ok(())
    }

    /// Makes the browser known for another year.
    pub async fn prolong(&mut self) -> Result<()> {
        let end = self.cookie_end();
        self.known_client()?.cookie_expires_at = Some(end);
        self.save_client().await
    }

    /// Takes a new session into the browser: the user's others there end, and everybody's where
    /// a browser holds one session only. The cookie is a new one, so that whoever planted or saw
    /// the old one gains nothing.
    pub async fn take_session(&mut self, session: &Session, strategy: &str) -> Result<()> {
        let (now, cookie_expires_at) = (self.now, self.cookie_end());
        let is_single = self.idp.settings().sessions.single_session;
        let secret = secrets::opaque(self.idp.env());
        let client = self.known_client()?;
        let client_id = client.id.clone();
        client.cookie_digest = Some(secrets::digest(&secret));
        client.cookie_expires_at = Some(cookie_expires_at);
        client.sign_in_id = None;
        client.sign_up_id = None;
        client.last_active_session_id = Some(session.id.clone());
        client.last_authentication_strategy = Some(strategy.to_owned());
        client.updated_at = now;
        self.new_secret = Some(secret);
        for other in sessions::list_live_by_client(&mut self.tx, &client_id, now).await? {
            let is_replaced = is_single || other.user_id == session.user_id;
            if is_replaced && other.id != session.id {
                end(&self.idp, &mut self.tx, &other.id, End::Replaced).await?;
            }
        }
        self.save_client().await
    }

    /// Ends sessions of this browser.
    pub async fn drop_sessions(&mut self, ids: &[String], how: End) -> Result<()> {
        for id in ids {
            end(&self.idp, &mut self.tx, id, how).await?;
        }
        let now = self.now;
        let client = self.known_client()?;
        client.updated_at = now;
        if client
            .last_active_session_id
            .as_ref()
            .is_some_and(|id| ids.contains(id))
        {
            client.last_active_session_id = None;
        }
        self.save_client().await
    }

    /// A live session of this browser, which may have tasks left; 401 for any other id, whoever's it is.
    pub async fn session(&mut self, id: &str) -> Result<Session> {
        let client_id = self.known_client()?.id.clone();
        let session = sessions::find(&mut self.tx, id).await?;
        let session = session.filter(|s| s.client_id == client_id && s.is_live(self.now));
        Ok(session.ok_or_else(not_of_this_browser)?)
    }

    /// The live sessions of this browser, oldest first; none of a browser that we do not know.
    pub async fn live_sessions(&mut self) -> Result<Vec<Session>> {
        match &self.client {
            Some(client) => sessions::list_live_by_client(&mut self.tx, &client.id, self.now).await,
            None => Ok(Vec::new()),
        }
    }

    /// The session that the request is made in, and its user; 401 where there is none, 403 where
    /// the request is a sensitive one and the factors were given too long ago, or somebody acts for
    /// the user and would change what is theirs.
    pub async fn signed_in(&mut self) -> Result<(Session, Person)> {
        let named = self.meta.query.get("_clerk_session_id").map(str::to_owned);
        let last = self.known_client()?.last_active_session_id.clone();
        let id = named.or(last).ok_or_else(Refusal::signed_out)?;
        let session = self.session(&id).await?;
        let person = people::find(&mut self.tx, &session.user_id)
            .await?
            .ok_or_else(Refusal::signed_out)?;
        if person.user.banned {
            return Err(user_banned().into());
        }
        let request = (&self.meta.method, self.meta.path.as_str());
        pending::check(&session, request)?;
        acting::check(session.actor.as_ref(), request)?;
        reverification::demand(&self.idp.settings(), request, &session, &person, self.now)?;
        Ok((session, person))
    }

    /// The same, with the user locked until the transaction's end.
    pub async fn signed_in_locked(&mut self) -> Result<(Session, Person)> {
        let (session, person) = self.signed_in().await?;
        let person = people::get_locked(&mut self.tx, &person.user.id).await?;
        Ok((session, person))
    }

    /// Sends a mail once the transaction is committed.
    pub fn send(&mut self, mail: Mail) {
        self.mails.push(mail);
    }

    /// Commits, and says nothing: the caller refuses.
    pub async fn commit(self) -> Result<()> {
        Ok(self.tx.commit().await?)
    }

    /// Goes on with what an answer proved; refuses one that was not right, and commits that a wrong
    /// one was counted.
    pub async fn proven(self, judgement: Judgement) -> Result<(Self, Verification)> {
        match judgement {
            Judgement::Right(verification) => Ok((self, verification)),
            Judgement::Wrong(refusal) => {
                self.commit().await?;
                Err(refusal.into())
            }
            Judgement::Closed(refusal) => Err(refusal.into()),
        }
    }

    /// Commits and answers `value` as it is.
    pub async fn bare(self, value: Value) -> Result<Response> {
        self.tx.commit().await?;
        Ok(axum::Json(value).into_response())
    }

    /// Commits and answers `value` together with the whole state of the browser.
    pub async fn answer(mut self, value: Value) -> Result<Response> {
        let state = piggyback::state(&mut self).await?;
        let body = Answer {
            response: &value,
            client: &state.client,
        };
        self.finish(body, state.uat).await
    }

    /// Commits and answers a live session of this browser, as it stands in the browser's state:
    /// its token is signed once.
    pub async fn answer_session(mut self, id: &str) -> Result<Response> {
        let rows = self.live_sessions().await?;
        self.answer_session_of(id, rows).await
    }

    /// The same, with the browser's [`Visit::live_sessions`] read already.
    pub async fn answer_session_of(mut self, id: &str, rows: Vec<Session>) -> Result<Response> {
        let state = piggyback::state_of(&mut self, rows).await?;
        let sessions = state.client["sessions"].as_array();
        let session = sessions
            .and_then(|sessions| sessions.iter().find(|session| session["id"] == id))
            .ok_or_else(|| Error::Internal("a session without its user".to_owned()))?;
        let body = Answer {
            response: session,
            client: &state.client,
        };
        self.finish(body, state.uat).await
    }

    /// Commits and answers the state of the browser as the resource itself.
    pub async fn answer_client(mut self, twice: bool) -> Result<Response> {
        let state = piggyback::state(&mut self).await?;
        let body = Answer {
            response: &state.client,
            client: if twice { &state.client } else { &Value::Null },
        };
        self.finish(body, state.uat).await
    }

    /// Commits and sends the browser on, with its cookies.
    pub async fn lead(mut self, location: &str) -> Result<Response> {
        let state = piggyback::state(&mut self).await?;
        let mut response = self.finish(Value::Null, state.uat).await?;
        let location = HeaderValue::from_str(location)
            .map_err(|error| Error::Internal(format!("a redirect URL: {error}")))?;
        *response.status_mut() = StatusCode::SEE_OTHER;
        *response.body_mut() = Body::empty();
        let headers = response.headers_mut();
        headers.remove(header::CONTENT_TYPE);
        headers.remove(header::CONTENT_LENGTH);
        headers.insert(header::LOCATION, location);
        Ok(response)
    }

    async fn finish(mut self, body: impl Serialize + Send, uat: Option<i64>) -> Result<Response> {
        messages::announce(&self.idp, &mut self.tx, &self.mails).await?;
        let is_unwritten = !self.tx.has_begun();
        self.tx.commit().await?;
        for mail in self.mails {
            self.idp.mailer().deliver(mail).await?;
        }
        let mut response = axum::Json(body).into_response();
        if is_unwritten {
            response.extensions_mut().insert(Unwritten);
        }
        let cookies = &self.frontend.cookies;
        if let Some(secret) = &self.new_secret {
            cookies.set_client(response.headers_mut(), secret)?;
        }
        match uat {
            Some(seconds) => cookies.set_uat(response.headers_mut(), seconds)?,
            None if self.meta.believes_signed_in => cookies.set_uat(response.headers_mut(), 0)?,
            None => {}
        }
        Ok(response)
    }
}

/// What every answer to a browser looks like.
#[derive(Serialize)]
struct Answer<'a> {
    response: &'a Value,
    client: &'a Value,
}

/// The refusal of a session that this browser does not have, whoever has it.
#[must_use]
pub fn not_of_this_browser() -> Refusal {
    let text = "Unable to authenticate this browser for the session.";
    Refusal::new(StatusCode::UNAUTHORIZED, "authentication_invalid", text)
}

/// The refusal of a banned user.
#[must_use]
pub fn user_banned() -> Refusal {
    let text = "Your account has been banned. Please contact support for more information.";
    Refusal::new(StatusCode::FORBIDDEN, "user_banned", text)
}
