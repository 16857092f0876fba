//! A thread for each core, each with its own part of the work.
//!
//! A connection belongs to one thread for as long as it is open, and so do the calls to the upstream
//! that are made for it. With the books in memory nothing of a request is handed from thread to thread, which would cost more
//! than the request's own rules: who has no work sleeps, and is woken by the system alone.

use std::cell::Cell;
use std::fmt;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, JoinHandle};

use tokio::net::TcpStream;
use tokio::runtime::{Builder, Handle};
use tokio::sync::watch;

thread_local! {
    /// Which worker this thread is.
    static NUMBER: Cell<usize> = const { Cell::new(0) };
}

/// Which worker is asking; the first, on a thread that is none.
pub(crate) fn number() -> usize {
    NUMBER.get()
}

/// Threads that serve connections. They end with this value, and with them what they are at.
pub struct Workers {
    threads: Vec<Worker>,
    /// Never said anything: its end is what is waited for.
    going: Option<watch::Sender<()>>,
}

struct Worker {
    runtime: Handle,
    connections: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// One connection more, at one of them.
struct Share(Arc<AtomicUsize>);

impl Workers {
    /// How many there are where each core has one.
    #[must_use]
    pub fn for_each_core() -> usize {
        thread::available_parallelism().map_or(1, usize::from)
    }

    /// So many threads.
    ///
    /// # Errors
    ///
    /// If the system has no thread or no descriptor left.
    pub fn start(many: usize) -> io::Result<Self> {
        let (going, gone) = watch::channel(());
        let threads = (0..many.max(1)).map(|number| Worker::start(number, gone.clone()));
        Ok(Self { threads: threads.collect::<io::Result<_>>()?, going: Some(going) })
    }

    /// Has the one that has the fewest connections serve one more.
    pub(crate) fn serve<F>(
        &self,
        stream: TcpStream,
        serve: impl FnOnce(TcpStream) -> F + Send + 'static,
    ) where
        F: Future<Output = ()> + Send,
    {
        let connections = |worker: &&Worker| worker.connections.load(Ordering::Relaxed);
        let Some(worker) = self.threads.iter().min_by_key(connections) else { return };
        let share = Share::of(&worker.connections);
        // It was accepted by another thread, which is to hear no more of it.
        let Ok(stream) = stream.into_std() else { return };
        worker.runtime.spawn(async move {
            if let Ok(stream) = TcpStream::from_std(stream) {
                serve(stream).await;
            }
            drop(share);
        });
    }
}

impl Worker {
    fn start(number: usize, mut gone: watch::Receiver<()>) -> io::Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let thread = thread::Builder::new().name(format!("worker-{number}")).spawn(move || {
            NUMBER.set(number);
            // It fails when nobody can say anything any more.
            runtime.block_on(async { while gone.changed().await.is_ok() {} });
        })?;
        Ok(Self { runtime: handle, connections: Arc::default(), thread: Some(thread) })
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.going = None;
        for worker in &mut self.threads {
            // What it had to say of a panic it has said.
            let _ = worker.thread.take().map(JoinHandle::join);
        }
    }
}

impl Share {
    fn of(connections: &Arc<AtomicUsize>) -> Self {
        connections.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(connections))
    }
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

impl fmt::Debug for Workers {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Workers({})", self.threads.len())
    }
}
