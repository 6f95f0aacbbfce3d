//! The identity provider over HTTP: session tokens and signs of life a second, beside what the
//! processor alone would allow. Everything runs in one `bailiwick dev`, on the browser's side of it.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Command, Stdio};
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use argon2::password_hash::PasswordHasher as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RsaKeyPair};

use crate::http::{Client, request_form};
use crate::measure::Sample;
use crate::process::Process;
use crate::{Cli, load, say, table};

/// What the product promises, a second, on two processors.
const GOAL: f64 = 2000.0;
/// Browsers, each signed in by itself.
const BROWSERS: usize = 96;
/// Who signs in: the demo's owner.
const ADDRESS: &str = "owner%40demo.example";
const PASSWORD: &str = "bailiwick-demo";
/// How long the processor's own figures are measured.
const RAW: Duration = Duration::from_secs(2);

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let folder = tempfile::Builder::new()
        .prefix("bailiwick-bench-")
        .tempdir()?;
    let data = folder.path().join("data");
    say("starting bailiwick dev");
    let mut process = start(cli, &data)?;
    let place = Place::read(&data)?;
    say(&format!("signing {BROWSERS} browsers in"));
    let mut browsers = Vec::new();
    for _ in 0..BROWSERS {
        browsers.push(sign_in(&place).await?);
    }
    let time = Duration::from_secs(cli.seconds.unwrap_or(if cli.quick { 3 } else { 8 }));
    let rounds = cli.rounds.unwrap_or(if cli.quick { 1 } else { 3 });
    let mut rows = Vec::new();
    for (what, verb) in [("tokens", "tokens"), ("touches", "touch")] {
        let requests: Vec<Vec<u8>> = browsers.iter().map(|b| b.request(&place, verb)).collect();
        let requests = Rc::new(requests);
        let mut samples = Vec::new();
        for round in 1..=rounds {
            let sample = load::run(place.address, Rc::clone(&requests), 32, time).await?;
            say(&format!(
                "{what}, round {round} of {rounds}: {:.0} a second",
                sample.per_second
            ));
            samples.push(sample);
        }
        rows.push(row(what, Sample::middle(&samples)));
    }
    process.stop()?;
    let raw = [
        ("RSA 2048 signatures, one processor", raw(signature()?)),
        (
            "argon2id hashes, one processor: bounds sign-ins",
            raw(hash()),
        ),
    ];
    for (what, per_second) in raw {
        let empty = || "–".to_owned();
        rows.push(vec![
            what.to_owned(),
            format!("{per_second:.0}"),
            empty(),
            empty(),
            empty(),
        ]);
    }
    Ok(format!(
        "# Identity provider\n\n{}\n{rounds} rounds of {} s, medians; {BROWSERS} sessions, 32 connections. Client, \
         server and PostgreSQL share this machine.\n",
        table::render(&["", "per s", "p50 ms", "p99 ms", "goal"], &rows),
        time.as_secs(),
    ))
}

fn row(what: &str, sample: Sample) -> Vec<String> {
    vec![
        what.to_owned(),
        format!("{:.0}", sample.per_second),
        format!("{:.2}", sample.p50_ms),
        format!("{:.2}", sample.p99_ms),
        format!("{GOAL:.0}"),
    ]
}

fn start(cli: &Cli, data: &Path) -> anyhow::Result<Process> {
    let mut command = Command::new(&cli.binary);
    command.arg("dev").arg("--data-dir").arg(data);
    let ports = [
        "--port",
        "--idp-port",
        "--internal-port",
        "--s3-port",
        "--mail-port",
        "--pg-port",
    ];
    for port in ports {
        command.args([port, "0"]);
    }
    if let Some(folder) = &cli.pg_bin {
        command.arg("--pg-bin").arg(folder);
    }
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    let mut process = Process::spawn(&mut command)?;
    process.wait_for_line("ready")?;
    Ok(process)
}

/// Where the provider is, for a browser.
struct Place {
    address: SocketAddr,
    origin: String,
}

impl Place {
    fn read(data: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(data.join("dev.env"))?;
        let line = text.lines().find_map(|line| line.strip_prefix("APP_URL='"));
        let origin = line
            .context("no APP_URL")?
            .trim_end_matches('\'')
            .to_owned();
        let port = origin.rsplit(':').next().context("no port")?.parse()?;
        Ok(Self {
            address: SocketAddr::from(([127, 0, 0, 1], port)),
            origin,
        })
    }
}

/// A browser in which somebody is signed in.
struct Browser {
    cookie: String,
    session: String,
}

impl Browser {
    fn request(&self, place: &Place, verb: &str) -> Vec<u8> {
        let path = format!("/__clerk/v1/client/sessions/{}/{verb}", self.session);
        let headers = [("origin", place.origin.as_str()), ("cookie", &self.cookie)];
        request_form(&path, &headers, "")
    }
}

async fn sign_in(place: &Place) -> anyhow::Result<Browser> {
    let mut client = Client::connect(place.address).await?;
    let form = format!("identifier={ADDRESS}&password={PASSWORD}&strategy=password");
    let headers = [("origin", place.origin.as_str())];
    let path = "/__clerk/v1/client/sign_ins";
    let answer = client
        .exchange(&request_form(path, &headers, &form))
        .await?;
    ensure!(
        answer.status == 200,
        "sign-in: {} {}",
        answer.status,
        answer.text()
    );
    let body: serde_json::Value = serde_json::from_slice(answer.body)?;
    let session = body["response"]["created_session_id"]
        .as_str()
        .context("no session")?;
    let cookies: Vec<String> = answer.cookies();
    let cookie = cookies.join("; ");
    ensure!(!cookie.is_empty(), "no cookie");
    Ok(Browser {
        cookie,
        session: session.to_owned(),
    })
}

/// How often `work` is done in a second, on this thread.
fn raw(work: impl Fn()) -> f64 {
    let (started, mut count) = (Instant::now(), 0_u32);
    while started.elapsed() < RAW {
        work();
        count += 1;
    }
    f64::from(count) / started.elapsed().as_secs_f64()
}

fn signature() -> anyhow::Result<impl Fn()> {
    let key = RsaKeyPair::generate(KeySize::Rsa2048).context("making a key")?;
    let random = SystemRandom::new();
    let content = [7_u8; 700];
    Ok(move || {
        let mut signature = vec![0; key.public_modulus_len()];
        let signed = key.sign(&RSA_PKCS1_SHA256, &random, &content, &mut signature);
        std::hint::black_box((signed.is_ok(), signature));
    })
}

fn hash() -> impl Fn() {
    let argon = argon2::Argon2::default();
    move || {
        let digest = argon.hash_password_with_salt(b"correct horse battery", &[7; 16]);
        std::hint::black_box(digest.is_ok());
    }
}
