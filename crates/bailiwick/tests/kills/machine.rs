//! `bailiwick dev` as a process: started, watched, killed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::ports::Ports;

/// A start must be done by then, recovery of the database and a loaded machine included.
pub const READY_MAX: Duration = Duration::from_secs(60);

/// What was started must be gone by then.
const GONE_MAX: Duration = Duration::from_secs(30);

/// A directory with a data directory in it. Removed in the end, unless a test failed there.
pub struct Machine {
    root: PathBuf,
    binary: PathBuf,
    ports: Ports,
    starts: u32,
}

impl Machine {
    /// A fresh one.
    pub fn new(name: &str, ports: Ports) -> Self {
        let unique = uuid::Uuid::from_u128(rand::random());
        let name = format!("bailiwick-{name}-{}", &unique.simple().to_string()[..8]);
        let root = std::env::temp_dir().join(name);
        fs::create_dir(&root).unwrap();
        // As root the database runs as another user, who must be able to pass.
        fs::set_permissions(&root, fs::Permissions::from_mode(0o711)).unwrap();
        // A build that runs beside this test must not change what it starts. Copied by another
        // process: a child that another test forks meanwhile would hold ours open for writing,
        // and a program that is open for writing cannot be started.
        let binary = root.join("bailiwick");
        let copied = Command::new("cp")
            .arg(env!("CARGO_BIN_EXE_bailiwick"))
            .arg(&binary)
            .status();
        assert!(copied.unwrap().success());
        Self {
            root,
            binary,
            ports,
            starts: 0,
        }
    }

    /// Where everything is kept.
    pub fn data_dir(&self) -> PathBuf {
        self.root.join("data")
    }

    /// The directory around it.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The program under test.
    pub fn binary(&self) -> &Path {
        &self.binary
    }

    /// Starts `bailiwick dev` with `more` arguments; does not wait for anything.
    pub fn spawn(&mut self, more: &[&str]) -> Dev {
        let mut command = Command::new(&self.binary);
        command.args(self.arguments(more));
        self.spawn_command(command)
    }

    /// The arguments of a start.
    pub fn arguments(&self, more: &[&str]) -> Vec<String> {
        let data_dir = self.data_dir().to_str().unwrap().to_owned();
        let fixed = ["dev".to_owned(), "--data-dir".to_owned(), data_dir];
        let more = more.iter().map(|argument| (*argument).to_owned());
        fixed
            .into_iter()
            .chain(self.ports.arguments())
            .chain(more)
            .collect()
    }

    /// Starts a command whose arguments are [`Machine::arguments`].
    pub fn spawn_command(&mut self, mut command: Command) -> Dev {
        self.starts += 1;
        let said = self.root.join(format!("said-{}", self.starts));
        let log = File::create(&said).unwrap();
        let twin = log.try_clone().unwrap();
        command.stdin(Stdio::null()).stdout(log).stderr(twin);
        let data_dir = self.data_dir();
        let old_database = database(&data_dir);
        let child = command.spawn().unwrap();
        Dev {
            child,
            said,
            data_dir,
            old_database,
            started: Instant::now(),
        }
    }

    /// Starts it and waits until it says that it is ready.
    pub fn start(&mut self, more: &[&str]) -> (Dev, Environment) {
        let mut dev = self.spawn(more);
        let environment = dev.await_ready();
        (dev, environment)
    }

    /// Waits until nothing of it is left: no process, no port.
    pub fn await_nothing_left(&self) {
        let deadline = Instant::now() + GONE_MAX;
        loop {
            let (processes, ports) = (self.processes(), self.ports.taken());
            if processes.is_empty() && ports.is_empty() {
                return;
            }
            assert!(
                Instant::now() < deadline,
                "left behind after {GONE_MAX:?}: processes {processes:?}, ports of {ports:?}"
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// Living processes that work in our directory or name it.
    pub fn processes(&self) -> Vec<(i32, String)> {
        let root = self.root.to_str().unwrap();
        let Ok(entries) = fs::read_dir("/proc") else {
            return Vec::new();
        };
        let names = entries
            .flatten()
            .filter_map(|e| e.file_name().to_str()?.parse().ok());
        let own = i32::try_from(std::process::id()).unwrap();
        names
            .filter(|pid| *pid != own)
            .filter_map(|pid: i32| {
                let command = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
                let command = String::from_utf8_lossy(&command).replace('\0', " ");
                let place = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
                let ours = command.contains(root) || place.starts_with(root);
                // A dead process that nobody has reaped has no command line.
                (ours && !command.is_empty()).then_some((pid, command))
            })
            .collect()
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        if std::thread::panicking() {
            println!("what was left behind: {}", self.root.display());
            return;
        }
        fs::remove_dir_all(&self.root).unwrap();
    }
}

/// A started process. Killed when dropped.
pub struct Dev {
    child: Child,
    said: PathBuf,
    data_dir: PathBuf,
    /// The database of the one before, which may not have ended yet.
    old_database: Option<i32>,
    started: Instant,
}

/// `dev.env`, read.
pub type Environment = BTreeMap<String, String>;

impl Dev {
    /// Waits for the line `ready`, reads what the file says.
    pub fn await_ready(&mut self) -> Environment {
        while !self.is_ready() {
            if let Some(status) = self.child.try_wait().unwrap() {
                panic!("ended with {status} before it was ready:\n{}", self.said());
            }
            assert!(
                self.started.elapsed() < READY_MAX,
                "not ready after {READY_MAX:?}:\n{}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
        read_environment(&self.data_dir.join("dev.env"))
    }

    fn is_ready(&self) -> bool {
        self.said().lines().any(|line| line.starts_with("ready"))
    }

    /// Since its start.
    pub fn age(&self) -> Duration {
        self.started.elapsed()
    }

    /// Everything it wrote to the terminal.
    pub fn said(&self) -> String {
        fs::read_to_string(&self.said).unwrap_or_default()
    }

    /// Its number.
    pub fn pid(&self) -> i32 {
        i32::try_from(self.child.id()).unwrap()
    }

    /// Sends it a signal.
    pub fn signal(&self, signal: Signal) {
        kill(Pid::from_raw(self.pid()), signal).unwrap();
    }

    /// Kills the main process of its database. `false` where there is none yet.
    pub fn kill_database(&self) -> bool {
        database(&self.data_dir)
            .filter(|pid| Some(*pid) != self.old_database)
            .is_some_and(|pid| kill(Pid::from_raw(pid), Signal::SIGKILL).is_ok())
    }

    /// Waits for its end.
    pub fn wait(&mut self) -> ExitStatus {
        let deadline = Instant::now() + GONE_MAX;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(
                Instant::now() < deadline,
                "still there after {GONE_MAX:?}:\n{}",
                self.said()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

impl Drop for Dev {
    fn drop(&mut self) {
        // It may have ended, and been waited for, long ago.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The main process of the database, as it names itself in its directory.
fn database(data_dir: &Path) -> Option<i32> {
    let text = fs::read_to_string(data_dir.join("postgres/cluster/postmaster.pid")).ok()?;
    text.lines().next()?.parse().ok()
}

/// Reads lines `NAME='value'`.
pub fn read_environment(file: &Path) -> Environment {
    let text = fs::read_to_string(file).unwrap();
    let pairs = text.lines().map(|line| line.split_once('=').unwrap());
    pairs
        .map(|(name, value)| (name.to_owned(), value.trim_matches('\'').to_owned()))
        .collect()
}
