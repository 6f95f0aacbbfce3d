//! Child processes of ours, and what the kernel tells of them.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

/// A stop finishes requests and shuts databases down.
const STOP_MAX: Duration = Duration::from_secs(40);

/// A process that is asked to stop when it is dropped, and killed when it does not.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts the command.
    pub fn spawn(command: &mut Command) -> anyhow::Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        let child = command
            .spawn()
            .with_context(|| format!("starting {name}"))?;
        Ok(Self { child })
    }

    /// Its id.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Fails where it has ended.
    pub fn ensure_alive(&mut self) -> anyhow::Result<()> {
        match self.child.try_wait()? {
            Some(status) => bail!("it ended: {status}"),
            None => Ok(()),
        }
    }

    /// Waits for a line on its standard output that starts with `start`, and reads on in the
    /// background so that the process never blocks on a full pipe.
    pub fn wait_for_line(&mut self, start: &str) -> anyhow::Result<()> {
        let output = self.child.stdout.take().context("no standard output")?;
        let mut lines = BufReader::new(output);
        let mut line = String::new();
        loop {
            line.clear();
            if lines.read_line(&mut line)? == 0 {
                bail!("it ended before it said \"{start}\"");
            }
            if line.trim_start().starts_with(start) {
                std::thread::spawn(move || drain(lines));
                return Ok(());
            }
        }
    }

    /// Kills it where it stands.
    pub fn kill(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop and waits.
    pub fn stop(&mut self) -> anyhow::Result<()> {
        let pid = Pid::from_raw(i32::try_from(self.id())?);
        if self.child.try_wait()?.is_some() {
            return Ok(());
        }
        kill(pid, Signal::SIGTERM)?;
        let asked = Instant::now();
        while asked.elapsed() < STOP_MAX {
            if self.child.try_wait()?.is_some() {
                return Ok(());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        self.child.kill()?;
        self.child.wait()?;
        bail!("process {pid} did not stop when asked")
    }
}

fn drain(mut rest: impl Read) {
    // Its end is the end of the process.
    let _ended = std::io::copy(&mut rest, &mut std::io::sink());
}

impl Drop for Process {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            crate::say(&format!("stopping a process: {error:#}"));
        }
    }
}

/// Runs a command to its end; its standard output.
pub async fn output(command: &mut tokio::process::Command) -> anyhow::Result<String> {
    let name = command
        .as_std()
        .get_program()
        .to_string_lossy()
        .into_owned();
    let output = command
        .stdin(Stdio::null())
        .output()
        .await
        .with_context(|| format!("starting {name}"))?;
    if !output.status.success() {
        bail!(
            "{name}: {}\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// The memory of a process that is in RAM, in megabytes of 2^20 bytes.
pub fn resident_mb(pid: u32) -> anyhow::Result<f64> {
    let text = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kb = line.and_then(|line| line.split_whitespace().next());
    let kb: f64 = kb.context("no VmRSS")?.parse()?;
    Ok(kb / 1024.0)
}

/// Processor time that a process and its children have used so far, in seconds.
pub fn processor_secs(pid: u32) -> anyhow::Result<f64> {
    let mut ticks = 0;
    for entry in fs::read_dir("/proc")? {
        let name = entry?.file_name();
        let Some(other) = name.to_str().and_then(|name| name.parse::<u32>().ok()) else {
            continue;
        };
        // A process that ended since the directory was read has no file any more.
        let Ok(text) = fs::read_to_string(format!("/proc/{other}/stat")) else {
            continue;
        };
        if let Some(stat) = Stat::parse(&text)
            && (other == pid || stat.parent == pid)
        {
            ticks += stat.own_ticks + if other == pid { stat.ended_ticks } else { 0 };
        }
    }
    // USER_HZ is 100 on every Linux.
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let secs = ticks as f64 / 100.0;
    Ok(secs)
}

/// A line of `/proc/<pid>/stat`.
struct Stat {
    parent: u32,
    own_ticks: u64,
    /// Of children that have ended.
    ended_ticks: u64,
}

impl Stat {
    fn parse(text: &str) -> Option<Self> {
        // The name in parentheses may hold blanks; what follows counts from the third field on.
        let (_, rest) = text.rsplit_once(") ")?;
        let fields: Vec<&str> = rest.split(' ').collect();
        let number = |at: usize| fields.get(at)?.parse::<u64>().ok();
        Some(Self {
            parent: fields.get(1)?.parse().ok()?,
            own_ticks: number(11)? + number(12)?,
            ended_ticks: number(13)? + number(14)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_is_read_after_the_name() {
        let line = "7 (a b) c) S 3 7 7 0 -1 4194560 1 0 0 0 11 22 33 44 20 0 1 0 5 0";
        let stat = Stat::parse(line).unwrap();
        assert_eq!((stat.parent, stat.own_ticks, stat.ended_ticks), (3, 33, 77));
    }

    #[test]
    fn we_are_resident_and_work() {
        assert!(resident_mb(std::process::id()).unwrap() > 0.0);
        assert!(processor_secs(std::process::id()).unwrap() >= 0.0);
    }
}
