//! The greeting: who we are, proven as the server asks for it.

use std::io;

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::authentication::md5_hash;
use postgres_protocol::authentication::sasl::{ChannelBinding, SCRAM_SHA_256, ScramSha256};
use postgres_protocol::message::backend::{AuthenticationSaslBody, Message};
use postgres_protocol::message::frontend;
use tokio_postgres::Config;

use super::Wire;
use crate::error::DbError;
use crate::{Error, Result};

impl Wire {
    /// Introduces us and waits until the server is ready.
    pub(super) async fn greet(&mut self, config: &Config) -> Result<()> {
        let nobody = || Error::Config("the connection string names no user".to_owned());
        let user = config.get_user().ok_or_else(nobody)?;
        let mut parameters = vec![("client_encoding", "UTF8"), ("user", user)];
        let optional = [
            ("database", config.get_dbname()),
            ("options", config.get_options()),
            ("application_name", config.get_application_name()),
        ];
        parameters.extend(
            optional
                .iter()
                .filter_map(|(name, v)| v.map(|v| (*name, v))),
        );
        frontend::startup_message(parameters, self.output()).map_err(unsendable)?;
        self.pending = 1;
        self.flush().await?;
        self.prove(config, user).await?;
        loop {
            match self.message().await? {
                Message::BackendKeyData(key) => {
                    self.process_id = key.process_id();
                    self.secret_key = key.secret_key();
                }
                Message::ReadyForQuery(_) => return Ok(()),
                Message::ErrorResponse(body) => return Err(DbError::read(&body)?.into()),
                _ => return Err(self.unexpected()),
            }
        }
    }

    async fn prove(&mut self, config: &Config, user: &str) -> Result<()> {
        let password = || {
            let missing = || Error::Config("the server wants a password".to_owned());
            config.get_password().ok_or_else(missing)
        };
        match self.message().await? {
            Message::AuthenticationOk => return Ok(()),
            Message::AuthenticationCleartextPassword => {
                frontend::password_message(password()?, self.output()).map_err(unsendable)?;
            }
            Message::AuthenticationMd5Password(body) => {
                let answer = md5_hash(user.as_bytes(), password()?, body.salt());
                frontend::password_message(answer.as_bytes(), self.output()).map_err(unsendable)?;
            }
            Message::AuthenticationSasl(body) => self.scram(&body, password()?).await?,
            Message::ErrorResponse(body) => return Err(DbError::read(&body)?.into()),
            _ => {
                let text = "the server asks for a kind of authentication that is not supported";
                return Err(Error::Config(text.to_owned()));
            }
        }
        self.flush().await?;
        match self.message().await? {
            Message::AuthenticationOk => Ok(()),
            Message::ErrorResponse(body) => Err(DbError::read(&body)?.into()),
            _ => Err(self.unexpected()),
        }
    }

    /// SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding. Both sides prove that they
    /// know the password.
    async fn scram(&mut self, offer: &AuthenticationSaslBody, password: &[u8]) -> Result<()> {
        let broken = |error: io::Error| Error::Config(format!("authentication: {error}"));
        let known = offer.mechanisms().any(|name| Ok(name == SCRAM_SHA_256));
        if !known.map_err(broken)? {
            return Err(Error::Config(
                "the server does not offer SCRAM-SHA-256".to_owned(),
            ));
        }
        let mut scram = ScramSha256::new(password, ChannelBinding::unsupported());
        frontend::sasl_initial_response(SCRAM_SHA_256, scram.message(), self.output())
            .map_err(unsendable)?;
        self.flush().await?;
        match self.message().await? {
            Message::AuthenticationSaslContinue(body) => {
                scram.update(body.data()).map_err(broken)?;
            }
            Message::ErrorResponse(body) => return Err(DbError::read(&body)?.into()),
            _ => return Err(self.unexpected()),
        }
        frontend::sasl_response(scram.message(), self.output()).map_err(unsendable)?;
        self.flush().await?;
        match self.message().await? {
            Message::AuthenticationSaslFinal(body) => scram.finish(body.data()).map_err(broken),
            Message::ErrorResponse(body) => Err(DbError::read(&body)?.into()),
            _ => Err(self.unexpected()),
        }
    }

    /// The server speaks another protocol than ours: the connection is of no more use.
    pub(crate) fn unexpected(&mut self) -> Error {
        self.fail(io::Error::new(
            io::ErrorKind::InvalidData,
            "an unexpected message",
        ))
    }
}

fn unsendable(error: io::Error) -> Error {
    Error::Config(error.to_string())
}
