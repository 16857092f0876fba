//! A program that is measured: started, watched and ended by the benchmark.

use std::fs;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};

/// Linux counts the time of processes in hundredths of a second, whatever the kernel's own tick.
const TICKS_PER_SECOND: f64 = 100.0;

/// A program that runs, with those that it started itself. It ends with this value.
pub(crate) struct Process(Child);

impl Process {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let named = format!("{}", Path::new(command.get_program()).display());
        let child = command.stdin(Stdio::null()).spawn();
        Ok(Self(child.with_context(|| format!("cannot run {named}"))?))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// Waits until somebody listens there.
    pub(crate) fn listens(&mut self, at: SocketAddr) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(10);
        while TcpStream::connect(at).is_err() {
            if let Some(status) = self.0.try_wait()? {
                bail!("a program ended with {status} before it listened at {at}");
            }
            if Instant::now() > deadline {
                bail!("nobody listens at {at}");
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        Ok(())
    }

    /// The time that processors have spent on it.
    pub(crate) fn cpu(&self) -> Result<Duration> {
        self.everybody().into_iter().map(cpu).sum()
    }

    /// Kilobytes that it has of the memory; of what it shares with others, its share.
    pub(crate) fn memory(&self) -> Result<u64> {
        self.everybody().into_iter().map(memory).sum()
    }

    /// It and its children, which have none themselves.
    fn everybody(&self) -> Vec<u32> {
        let own = self.0.id();
        let children = fs::read_to_string(format!("/proc/{own}/task/{own}/children"));
        let children = children.unwrap_or_default();
        children.split_whitespace().filter_map(|id| id.parse().ok()).chain([own]).collect()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked, not killed: nginx has to end its workers. Nobody is left to tell if it fails.
        let asked = Command::new("kill").arg(self.0.id().to_string()).status();
        let deadline = Instant::now() + Duration::from_secs(6);
        while asked.is_ok() && Instant::now() < deadline {
            if matches!(self.0.try_wait(), Ok(Some(_)) | Err(_)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A port of this machine that is free now.
pub(crate) fn free_port() -> Result<SocketAddr> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?)
}

/// The time that processors have spent on a process, and on this one for `self`.
pub(crate) fn cpu(id: impl std::fmt::Display) -> Result<Duration> {
    let text = read(&format!("/proc/{id}/stat"))?;
    // The name may have spaces in it; it ends with the last bracket.
    let fields = text.rsplit(')').next().unwrap_or_default().split_whitespace();
    let ticks: u32 = fields.skip(11).take(2).filter_map(|field| field.parse::<u32>().ok()).sum();
    Ok(Duration::from_secs_f64(f64::from(ticks) / TICKS_PER_SECOND))
}

/// Kilobytes that a process has of the memory, and this one for `self`.
pub(crate) fn memory(id: impl std::fmt::Display) -> Result<u64> {
    let text = read(&format!("/proc/{id}/smaps_rollup"))?;
    text.lines()
        .find_map(|line| line.strip_prefix("Pss:"))
        .and_then(|rest| rest.split_whitespace().next())
        .and_then(|kilobytes| kilobytes.parse().ok())
        .with_context(|| format!("the kernel does not say how much memory {id} has"))
}

fn read(path: &str) -> Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {path}; this needs Linux"))
}
