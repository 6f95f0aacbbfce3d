//! An authenticator application, as people have it on their phones.

use aws_lc_rs::hmac;

use super::world::{Browser, PASSWORD, Reply, World};

/// Knows the secret that was shown once.
#[derive(Clone, Debug)]
pub struct Authenticator {
    secret: Vec<u8>,
}

impl Authenticator {
    /// Reads the secret in base32.
    pub fn scan(text: &str) -> Self {
        const ALPHABET: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
        let bits: String = text
            .chars()
            .map(|c| format!("{:05b}", ALPHABET.find(c).unwrap()))
            .collect();
        let bytes = bits.as_bytes().chunks_exact(8);
        let secret: Vec<u8> = bytes
            .map(|byte| u8::from_str_radix(std::str::from_utf8(byte).unwrap(), 2).unwrap())
            .collect();
        assert!(secret.len() >= 20, "160 bits");
        Self { secret }
    }

    /// What is shown now, moved by whole periods of 30 seconds.
    pub fn code(&self, world: &World, steps: i64) -> String {
        let step = world.time.now().as_second() / 30 + steps;
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &step.to_be_bytes());
        let tag = tag.as_ref();
        let start = usize::from(tag[19] & 15);
        let four: [u8; 4] = tag[start..start + 4].try_into().unwrap();
        let number = u32::from_be_bytes(four) & 0x7fff_ffff;
        format!("{:06}", number % 1_000_000)
    }

    /// A code that is none of those around now.
    pub fn wrong_code(&self, world: &World) -> String {
        let near: Vec<String> = (-2..=2).map(|steps| self.code(world, steps)).collect();
        (0..10)
            .map(|n| format!("{n:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }
}

impl Browser {
    /// Sets up an authenticator for the signed-in user, and lets a period pass so that its next
    /// code is a new one; with the backup codes.
    pub async fn enrol(&mut self, world: &World) -> (Authenticator, Vec<String>) {
        let path = self.own("/v1/me/totp").await;
        let reply = self.post(&path, &[]).await;
        let phone = Authenticator::scan(reply.ok()["secret"].as_str().unwrap());
        let path = self.own("/v1/me/totp/attempt_verification").await;
        let reply = self.post(&path, &[("code", &phone.code(world, 0))]).await;
        assert_eq!(reply.ok()["verified"], true, "{}", reply.body);
        let codes = reply.ok()["backup_codes"].as_array().unwrap();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        let codes = codes.collect();
        world.time.advance(jiff::SignedDuration::from_secs(30));
        (phone, codes)
    }

    /// Signs in up to the second factor; the id of the attempt.
    pub async fn up_to_second_factor(&mut self, address: &str) -> String {
        let id = self.begin_sign_in(address).await["id"].clone();
        let id = id.as_str().unwrap().to_owned();
        let reply = self.attempt_sign_in(&id, "password", PASSWORD).await;
        assert_eq!(
            reply.ok()["status"],
            "needs_second_factor",
            "{}",
            reply.body
        );
        id
    }

    pub async fn attempt_second(&mut self, id: &str, strategy: &str, code: &str) -> Reply {
        let path = format!("/v1/client/sign_ins/{id}/attempt_second_factor");
        self.post(&path, &[("strategy", strategy), ("code", code)])
            .await
    }
}
