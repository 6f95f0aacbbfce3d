//! A provider's public keys, and signatures under them.

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents, UnparsedPublicKey,
};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// Most keys that are read of a set.
const MAX: usize = 64;

/// A key that verifies signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    kid: Option<String>,
    material: Material,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Material {
    /// RS256: modulus and exponent.
    Rsa { n: Vec<u8>, e: Vec<u8> },
    /// ES256: the uncompressed point.
    P256(Vec<u8>),
}

/// The keys of a set that we can use; others are passed over.
pub fn read(set: &Value) -> Vec<Key> {
    let keys = set["keys"].as_array().into_iter().flatten().take(MAX);
    keys.filter_map(Key::read).collect()
}

impl Key {
    fn read(jwk: &Value) -> Option<Self> {
        let bytes = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
        let is = |name: &str, value: &str| jwk[name].as_str().is_none_or(|own| own == value);
        if !is("use", "sig") {
            return None;
        }
        let material = match jwk["kty"].as_str()? {
            "RSA" if is("alg", "RS256") => Material::Rsa {
                n: bytes("n")?,
                e: bytes("e")?,
            },
            "EC" if jwk["crv"] == "P-256" && is("alg", "ES256") => {
                let (x, y) = (bytes("x")?, bytes("y")?);
                let fits = x.len() == 32 && y.len() == 32;
                fits.then(|| Material::P256([&[4], &x[..], &y[..]].concat()))?
            }
            _ => return None,
        };
        let kid = jwk["kid"].as_str().map(str::to_owned);
        Some(Self { kid, material })
    }

    /// Whether a token that names this algorithm and key may have been signed with it. The
    /// algorithm is the key's, never the token's to choose.
    #[must_use]
    pub fn fits(&self, alg: &str, kid: Option<&str>) -> bool {
        let own = match self.material {
            Material::Rsa { .. } => "RS256",
            Material::P256(_) => "ES256",
        };
        own == alg && kid.is_none_or(|kid| self.kid.as_deref() == Some(kid))
    }

    /// Whether the signature is the key's.
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Rsa { n, e } => RsaPublicKeyComponents { n, e }
                .verify(&RSA_PKCS1_2048_8192_SHA256, message, signature)
                .is_ok(),
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point)
                .verify(message, signature)
                .is_ok(),
        }
    }
}
