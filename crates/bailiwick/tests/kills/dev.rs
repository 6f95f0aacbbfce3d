//! `bailiwick dev` at a terminal: what it says, what it leaves behind, whom it runs for.

use std::net::{Ipv4Addr, TcpListener};
use std::os::unix::fs::chown;
use std::process::Command;
use std::time::Duration;

use nix::sys::signal::Signal;
use nix::unistd::geteuid;
use serde_json::Value;

use crate::browser::Browser;
use crate::machine::{Dev, Environment, Machine};
use crate::ports::Ports;
use crate::wire::{World, send};

/// What other programs find in `dev.env`.
const NAMES: [&str; 19] = [
    "APP_URL",
    "INTERNAL_URL",
    "INTERNAL_API_KEY",
    "AUDIT_KEYS",
    "CLERK_PUBLISHABLE_KEY",
    "CLERK_SECRET_KEY",
    "CLERK_API_URL",
    "CLERK_FRONTEND_API_URL",
    "CLERK_JWKS_URL",
    "CLERK_ISSUER",
    "CLERK_WEBHOOK_SIGNING_SECRET",
    "DATABASE_URL",
    "DATABASE_MIGRATION_URL",
    "S3_ENDPOINT",
    "AWS_S3_BUCKET",
    "AWS_REGION",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "MAIL_URL",
];

/// `nobody`, on every Linux that we know.
const NOBODY: u32 = 65_534;

/// How long a start on data of an earlier one takes on a machine that does nothing else.
const RESTART_USUAL: Duration = Duration::from_secs(3);

#[tokio::test(flavor = "multi_thread")]
async fn a_start_says_where_everything_is_and_an_end_leaves_nothing() {
    let mut machine = Machine::new("terminal", Ports::any());
    let (dev, environment) = machine.start(&[]);
    let said = dev.said();
    for word in [
        environment["APP_URL"].as_str(),
        "owner@demo.example",
        "operator@demo.example",
        "bailiwick-demo",
    ] {
        assert!(said.contains(word), "{word} is not in:\n{said}");
    }
    assert_eq!(said.lines().filter(|l| l.starts_with("ready")).count(), 1);
    a_shell_can_source_it(&machine, &environment);
    messages_have_their_shape(&environment).await;
    assert!(has_demo(&environment).await);
    assert_eq!(operator_grants(&environment).await, 1);
    end(&machine, dev);
    assert!(!machine.data_dir().join("dev.env").exists());

    let (dev, again) = machine.start(&[]);
    let took = dev.age();
    println!("a start on existing data took {:.1} s", took.as_secs_f64());
    if took > RESTART_USUAL {
        println!("that is more than {RESTART_USUAL:?}; a busy machine may be the reason");
    }
    for stable in [
        "CLERK_SECRET_KEY",
        "INTERNAL_API_KEY",
        "AUDIT_KEYS",
        "AWS_SECRET_ACCESS_KEY",
    ] {
        assert_eq!(environment[stable], again[stable], "{stable}");
    }
    assert!(has_demo(&again).await);
    assert_eq!(operator_grants(&again).await, 1, "not once a start");
    end(&machine, dev);
}

fn a_shell_can_source_it(machine: &Machine, environment: &Environment) {
    let file = machine.data_dir().join("dev.env");
    let echo: String = NAMES
        .iter()
        .map(|name| format!("echo \"${{{name}:?}}\"; "))
        .collect();
    let script = format!("set -eu; . '{}'; {echo}", file.display());
    let output = Command::new("sh").args(["-c", &script]).output().unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    let values: Vec<&str> = text.lines().collect();
    let want: Vec<&str> = NAMES
        .iter()
        .map(|name| environment[*name].as_str())
        .collect();
    assert_eq!(values, want);
}

async fn messages_have_their_shape(environment: &Environment) {
    let world = World::new(environment, 1);
    let email = "shape@dev.example";
    let mut browser = Browser::default();
    let who = (email, "a long enough password", "Shape");
    browser.sign_up(&world, who, || {}).await.unwrap();
    let of = async |to: &str| {
        let url = format!("{}/api/messages", world.mail);
        let request = world.client.get(url).query(&[("to", to)]);
        send("messages", request)
            .await
            .unwrap()
            .acknowledged()
            .unwrap()
    };
    let list = of(email).await;
    let message = &list[0];
    for name in ["id", "subject", "text", "html", "createdAt"] {
        assert!(message[name].is_string(), "{name} in {message}");
    }
    assert_eq!(message["kind"], "email");
    let to = [Value::from(email), Value::from(vec![email])];
    assert!(to.contains(&message["to"]), "{message}");
    let at = message["createdAt"].as_str().unwrap();
    assert!(
        at.parse::<jiff::Timestamp>().is_ok() && at.ends_with('Z'),
        "{at}"
    );
    assert_eq!(of("nobody@dev.example").await, Value::Array(Vec::new()));
}

async fn has_demo(environment: &Environment) -> bool {
    let world = World::new(environment, 1);
    let mut browser = Browser::default();
    let owner = browser.sign_in(&world, "owner@demo.example", "bailiwick-demo");
    owner.await.unwrap().is_some()
}

/// How often the demo's operator was made one, as they read it themselves.
async fn operator_grants(environment: &Environment) -> usize {
    let world = World::new(environment, 1);
    let mut browser = Browser::default();
    let operator = browser.sign_in(&world, "operator@demo.example", "bailiwick-demo");
    operator.await.unwrap().unwrap();
    let token = browser.token(&world, "").await.unwrap();
    let url = format!("{}/api/v1/audit", world.app);
    let query = [("action", "platform.grant")];
    let request = world.client.get(url).query(&query).bearer_auth(token);
    let facts = send("the audit", request).await.unwrap();
    facts.acknowledged().unwrap()["data"]
        .as_array()
        .unwrap()
        .len()
}

fn end(machine: &Machine, mut dev: Dev) {
    dev.signal(Signal::SIGTERM);
    let status = dev.wait();
    assert!(status.success(), "{status}\n{}", dev.said());
    machine.await_nothing_left();
}

#[test]
fn a_taken_port_is_named_with_its_flag() {
    let held = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    let port = held.local_addr().unwrap().port();
    for flag in [
        "--port",
        "--idp-port",
        "--internal-port",
        "--s3-port",
        "--mail-port",
        "--pg-port",
    ] {
        let mut machine = Machine::new("port", Ports::any().with(flag, port));
        let mut dev = machine.spawn(&["--no-demo"]);
        let line = refusal(&mut dev);
        let mut words = line.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let names = words.any(|word| word == flag);
        assert!(names && line.contains(&port.to_string()), "{flag}: {line}");
    }
}

/// The one line that a start ends with which cannot be.
fn refusal(dev: &mut Dev) -> String {
    let status = dev.wait();
    let said = dev.said();
    assert_eq!(status.code(), Some(1), "{said}");
    let mut lines = said.lines().filter(|line| !line.starts_with("  ·"));
    let line = lines.next().unwrap_or_default().to_owned();
    let rest: Vec<&str> = lines.collect();
    assert!(line.starts_with("bailiwick: ") && rest.is_empty(), "{said}");
    line
}

#[tokio::test(flavor = "multi_thread")]
async fn one_at_a_time_and_over_again() {
    let mut machine = Machine::new("again", Ports::any());
    let (first, environment) = machine.start(&[]);
    for more in [[].as_slice(), &["--reset"]] {
        let line = refusal(&mut machine.spawn(more));
        let pid = first.pid().to_string();
        assert!(line.contains("--data-dir") && line.contains(&pid), "{line}");
    }
    // The first one was not disturbed.
    assert!(machine.data_dir().join("dev.env").is_file());
    assert!(has_demo(&environment).await);
    end(&machine, first);

    let (second, fresh) = machine.start(&["--reset", "--no-demo"]);
    assert_ne!(environment["CLERK_SECRET_KEY"], fresh["CLERK_SECRET_KEY"]);
    assert!(!has_demo(&fresh).await);
    assert!(!second.said().contains("owner@demo.example"));
    end(&machine, second);
}

#[test]
fn a_foreign_directory_is_left_alone() {
    let mut machine = Machine::new("foreign", Ports::any());
    std::fs::create_dir(machine.data_dir()).unwrap();
    let thesis = machine.data_dir().join("thesis.txt");
    std::fs::write(&thesis, "years of work").unwrap();
    for more in [[].as_slice(), &["--reset"]] {
        let line = refusal(&mut machine.spawn(more));
        assert!(line.contains("--data-dir"), "{line}");
    }
    assert_eq!(std::fs::read_dir(machine.data_dir()).unwrap().count(), 1);
    assert_eq!(std::fs::read_to_string(thesis).unwrap(), "years of work");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ordinary_user_may_run_it_as_well() {
    let has_setpriv = Command::new("setpriv").arg("--version").output().is_ok();
    if !geteuid().is_root() || !has_setpriv {
        println!("skipped: the other tests ran as an ordinary user, or there is no setpriv");
        return;
    }
    let mut machine = Machine::new("user", Ports::any());
    std::fs::create_dir(machine.data_dir()).unwrap();
    chown(machine.data_dir(), Some(NOBODY), Some(NOBODY)).unwrap();
    for _ in 0..2 {
        let mut command = Command::new("setpriv");
        let (user, group) = (format!("--reuid={NOBODY}"), format!("--regid={NOBODY}"));
        command.args([&user, &group, "--clear-groups", "--"]);
        command.arg(machine.binary()).args(machine.arguments(&[]));
        command.current_dir(machine.root());
        let mut dev = machine.spawn_command(command);
        let environment = dev.await_ready();
        assert!(has_demo(&environment).await);
        end(&machine, dev);
    }
}
