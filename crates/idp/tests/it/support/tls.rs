//! Certificates for receivers of webhooks, good ones and bad ones, and a listener that shows them.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::serve::Listener;
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa, Issuer, KeyPair, date_time_ymd};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

/// Where all receivers listen, and what a good certificate is for.
const HERE: &str = "127.0.0.1";

/// A certificate authority that nobody trusts unless told to.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    /// Its certificate, for whoever shall trust it.
    pub pem: String,
}

/// What a receiver shows.
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
}

impl Authority {
    pub fn new(name: &str) -> Self {
        let mut params = named(name, &[]);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().unwrap();
        let pem = params.self_signed(&key).unwrap().pem();
        let issuer = Issuer::new(params, key);
        Self { issuer, pem }
    }

    /// As it should be.
    pub fn good(&self) -> Identity {
        self.sign(&named("Receiver", &[HERE]))
    }

    /// It was good until the beginning of this century.
    pub fn expired(&self) -> Identity {
        let mut params = named("Receiver", &[HERE]);
        params.not_before = date_time_ymd(1999, 1, 1);
        params.not_after = date_time_ymd(2000, 1, 1);
        self.sign(&params)
    }

    /// It is somebody else's.
    pub fn of_another_name(&self) -> Identity {
        self.sign(&named("Receiver", &["receiver.example"]))
    }

    fn sign(&self, params: &CertificateParams) -> Identity {
        let key = KeyPair::generate().unwrap();
        let signed = params.signed_by(&key, &self.issuer).unwrap();
        Identity {
            chain: vec![signed.der().clone()],
            key: key.serialize_der(),
        }
    }
}

impl Identity {
    /// Signed by nobody but itself.
    pub fn self_signed() -> Self {
        let key = KeyPair::generate().unwrap();
        let signed = named("Receiver", &[HERE]).self_signed(&key).unwrap();
        Self {
            chain: vec![signed.der().clone()],
            key: key.serialize_der(),
        }
    }

    fn acceptor(self) -> TlsAcceptor {
        let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(self.key));
        let config = ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(self.chain, key)
            .unwrap();
        TlsAcceptor::from(Arc::new(config))
    }
}

fn named(name: &str, subjects: &[&str]) -> CertificateParams {
    let subjects: Vec<String> = subjects.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(subjects).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params
}

/// Accepts whoever takes the certificate for good.
pub struct TlsListener {
    inner: TcpListener,
    acceptor: TlsAcceptor,
}

impl TlsListener {
    pub fn new(inner: TcpListener, identity: Identity) -> Self {
        let acceptor = identity.acceptor();
        Self { inner, acceptor }
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            let (stream, address) = Listener::accept(&mut self.inner).await;
            // Who refuses the certificate hangs up, and the next one is waited for.
            if let Ok(stream) = self.acceptor.accept(stream).await {
                return (stream, address);
            }
        }
    }

    fn local_addr(&self) -> std::io::Result<SocketAddr> {
        self.inner.local_addr()
    }
}
