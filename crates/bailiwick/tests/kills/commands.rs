//! `bailiwick idp …` at a terminal: beside a running `bailiwick dev`, and where none runs.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Output};

use nix::sys::signal::Signal;

use crate::browser::Browser;
use crate::machine::{Environment, Machine};
use crate::ports::Ports;
use crate::wire::{Stop, World};

const EMAIL: &str = "ada@import.example";
const PASSWORD: &str = "correct horse battery";

/// Two people; of the second one nothing can be made.
const PEOPLE: &str = r#"{"id":"7","first_name":"Ada","verified_email_addresses":["ada@import.example"],"password":"correct horse battery","public_metadata":{"plan":"pro"}}
{"id":"8","verified_email_addresses":["no address"]}
"#;

impl Machine {
    /// Runs `bailiwick idp` on the data directory; waits for its end.
    fn idp(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(self.binary());
        command.arg("idp").args(arguments);
        command.arg("--data-dir").arg(self.data_dir());
        command.output().unwrap()
    }

    /// What such a command answers.
    #[track_caller]
    fn answer(&self, arguments: &[&str]) -> String {
        let output = self.idp(arguments);
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {told}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// What such a command says that cannot do it: one line, and the status 1.
    #[track_caller]
    fn complaint(&self, arguments: &[&str]) -> String {
        let output = self.idp(arguments);
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{arguments:?}: {told}");
        assert!(told.contains("bailiwick: "), "{told}");
        told
    }
}

async fn can_sign_in(environment: &Environment, password: &str) -> bool {
    let world = World::new(environment, 1);
    let mut browser = Browser::default();
    match browser.sign_in(&world, EMAIL, password).await {
        Ok(session) => session.is_some(),
        Err(Stop::Wrong(told)) => {
            assert!(told.contains("form_password_incorrect"), "{told}");
            false
        }
        Err(Stop::Cut(told)) => panic!("{told}"),
    }
}

/// The first word of the one line that has another one in it.
fn first_word(text: &str, with: &str) -> String {
    let mut lines = text.lines().filter(|line| line.contains(with));
    let line = lines
        .next()
        .unwrap_or_else(|| panic!("no {with} in: {text}"));
    assert_eq!(lines.next(), None, "{text}");
    line.split_whitespace().next().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_of_the_provider_works_beside_a_server_and_alone() {
    let mut machine = Machine::new("commands", Ports::any());
    let told = machine.complaint(&["keys", "list"]);
    assert!(told.contains("--data-dir"), "{told}");
    let (mut dev, environment) = machine.start(&["--no-demo"]);

    people_come(&machine, &environment).await;
    let last = passwords_are_reset(&machine, &environment).await;
    people_leave(&machine, "beside");
    keys_are_replaced(&machine);
    settings_are_written_out(&machine);
    messages_are_sent_again(&machine);

    dev.signal(Signal::SIGTERM);
    assert!(dev.wait().success());
    machine.await_nothing_left();

    people_leave(&machine, "alone");
    assert!(machine.answer(&["webhooks", "list"]).contains("in service"));
    let alone = machine.answer(&["users", "reset-password", EMAIL]);
    let kid = first_word(
        &machine.answer(&["keys", "rotate", "--compromised"]),
        "signing",
    );
    // Each of them left everything as it was: nothing runs, and the next start finds it.
    machine.await_nothing_left();
    let (mut dev, environment) = machine.start(&["--no-demo"]);
    assert!(!can_sign_in(&environment, &last).await);
    assert!(can_sign_in(&environment, alone.trim()).await);
    assert_eq!(
        first_word(&machine.answer(&["keys", "list"]), "signing"),
        kid
    );
    dev.signal(Signal::SIGTERM);
    assert!(dev.wait().success());
    machine.await_nothing_left();
}

async fn people_come(machine: &Machine, environment: &Environment) {
    let file = machine.root().join("people.ndjson");
    let path = file.to_str().unwrap();
    fs::write(&file, PEOPLE).unwrap();
    let told = machine.complaint(&["users", "import", path, "--dry-run"]);
    assert!(
        told.contains("people.ndjson:2: ") && told.contains("1 users were refused"),
        "{told}"
    );
    assert_eq!(machine.answer(&["users", "export"]).trim(), "");
    machine.complaint(&["users", "import", path]);
    assert!(can_sign_in(environment, PASSWORD).await);
    // Mended and repeated, it finishes what was left.
    fs::write(&file, PEOPLE.replace("no address", "bob@import.example")).unwrap();
    let said = machine.answer(&["users", "import", path]);
    assert_eq!(said, "1 users made, 1 known already, 0 refused\n");
    machine.complaint(&["users", "import", "/nowhere/people.csv"]);
}

async fn passwords_are_reset(machine: &Machine, environment: &Environment) -> String {
    let new = machine.answer(&["users", "reset-password", EMAIL]);
    let new = new.trim();
    assert!(
        new.len() >= 16 && !new.contains(char::is_whitespace),
        "{new}"
    );
    assert!(!can_sign_in(environment, PASSWORD).await);
    assert!(can_sign_in(environment, new).await);
    let told = machine.complaint(&["users", "reset-password", "nobody@import.example"]);
    assert!(told.contains("nothing was changed"), "{told}");
    new.to_owned()
}

fn people_leave(machine: &Machine, name: &str) {
    let plain = machine.answer(&["users", "export"]);
    assert_eq!(plain.lines().count(), 2, "{plain}");
    assert!(
        plain.contains(EMAIL) && plain.contains("\"plan\":\"pro\"") && !plain.contains("argon2")
    );
    let file = machine.root().join(format!("{name}.csv"));
    let path = file.to_str().unwrap();
    machine.answer(&["users", "export", path, "--with-passwords"]);
    let text = fs::read_to_string(&file).unwrap();
    assert!(
        text.starts_with("id,") && text.contains("$argon2id$"),
        "{text}"
    );
    // Digests are for nobody else to read, and a file that is there stays as it is.
    assert_eq!(
        fs::metadata(&file).unwrap().permissions().mode() & 0o777,
        0o600
    );
    machine.complaint(&["users", "export", path]);
    assert_eq!(fs::read_to_string(&file).unwrap(), text);
}

fn keys_are_replaced(machine: &Machine) {
    let old = first_word(&machine.answer(&["keys", "list"]), "signing");
    let both = machine.answer(&["keys", "rotate", "--lead", "3600"]);
    let next = first_word(&both, "next");
    assert_eq!(first_word(&both, "signing"), old);
    // Repeated, it changes nothing.
    let again = machine.answer(&["keys", "rotate"]);
    assert_eq!(first_word(&again, "next"), next);
    assert_eq!(again.lines().count(), 2);
}

fn settings_are_written_out(machine: &Machine) {
    let text = machine.answer(&["settings", "export"]);
    let file = machine.root().join("idp.toml");
    let path = file.to_str().unwrap();
    fs::write(&file, &text).unwrap();
    assert_eq!(
        machine.answer(&["settings", "check", path]),
        "the settings can be read\n"
    );
    assert_eq!(
        machine.answer(&["settings", "check"]),
        "the settings can be read\n"
    );
    fs::write(&file, "[factors]\ntotp = \"perhaps\"\n").unwrap();
    let told = machine.complaint(&["settings", "check", path]);
    assert!(told.contains("idp.toml") && told.contains("totp"), "{told}");
}

fn messages_are_sent_again(machine: &Machine) {
    let id = first_word(&machine.answer(&["webhooks", "list"]), "in service");
    assert!(id.starts_with("ep_"), "{id}");
    let said = machine.answer(&["webhooks", "replay", &id, "--since", "1h", "--which", "all"]);
    let (count, _) = said.split_once(' ').unwrap();
    assert!(count.parse::<u32>().unwrap() >= 2, "{said}");
    for (arguments, word) in [
        (["ep_unknown", "--since", "1h"], "not found"),
        ([&id, "--since", "soon"], "soon"),
        ([&id, "--message", "msg_unknown"], "not found"),
    ] {
        let told = machine.complaint(&[&["webhooks", "replay"][..], &arguments[..]].concat());
        assert!(told.to_lowercase().contains(word), "{told}");
    }
}
