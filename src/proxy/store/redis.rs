//! The books in Redis: a key for each page, and one script that writes all of them or none.
//!
//! All keys are under one hash tag, so that they lie together in a cluster too. What a page says
//! has no secret in it but the answers that are kept for a repeat; those are sealed, as ids are.
//! No word that Redis answers is logged: it may repeat what it was told.

use std::fmt;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rand::RngExt as _;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, RedisError, Script};
use rustls::crypto::ring;

use crate::clock::UnixTime;
use crate::decide::books::{Books, Note, Page};
use crate::seal::{Purpose, Sealer};
use crate::secret::StoreUrl;
use crate::settings::SettingError;
use crate::store::Down;
use crate::store::trouble::Trouble;
use crate::store::turns::Turns;

/// All keys begin so. The number is that of the form in which notes are written.
const PREFIX: &str = "{mfa}:1:";

/// So often a decision is made again because another instance wrote in between. Somebody gets
/// through each time.
const MOST_TRIES: u32 = 200;

/// So many seconds may the clocks of Redis and this machine differ.
const MOST_SKEW: u64 = 5;

/// A page that only lives longer is not written anew for less than this, in seconds.
const WORTH_A_WRITE: u64 = 3_600;

/// Writes if every key still holds what was read. Of each key: what it held (blank for nothing),
/// what it shall hold, and for how many milliseconds: 0 takes it away, -1 leaves it as it is.
const WRITE: &str = "
for i, key in ipairs(KEYS) do
  if (redis.call('GET', key) or '') ~= ARGV[3 * i - 2] then return 0 end
end
for i, key in ipairs(KEYS) do
  local ttl = tonumber(ARGV[3 * i])
  if ttl > 0 then redis.call('SET', key, ARGV[3 * i - 1], 'PX', ttl) end
end
for i, key in ipairs(KEYS) do
  if ARGV[3 * i] == '0' then redis.call('DEL', key) end
end
return 1";

/// A Redis. It is called for the first time when it is needed.
pub(crate) struct Redis {
    client: Client,
    timeout: Duration,
    /// Made when it is needed. Given up when it does not answer: the other end may be gone without
    /// a word, and the manager only makes a new one when it is told that the old one is closed.
    connection: Mutex<Option<ConnectionManager>>,
    sealer: Sealer,
    write: Script,
    trouble: Trouble,
    turns: Turns,
}

/// A page as it was read: the text, and what that says.
struct Read {
    text: String,
    note: Option<(UnixTime, Note)>,
}

/// What becomes of a page.
enum Change {
    Leave,
    Remove,
    Write { text: String, milliseconds: u64 },
}

impl Redis {
    pub(crate) fn new(
        url: &StoreUrl,
        timeout: Duration,
        sealer: Sealer,
    ) -> Result<Self, SettingError> {
        // The library asks the process for its provider. Another one that is there already will do.
        let _ = ring::default_provider().install_default();
        // Not the library's own words: they may repeat the URL, and in it the password.
        let client = Client::open(url.expose()).map_err(|_| {
            let problem = "is not the URL of a Redis, e.g. redis://127.0.0.1:6379/0 or rediss://…";
            SettingError::new("store", problem)
        })?;
        let trouble = Trouble::new(client.get_connection_info().addr().to_string());
        let (connection, write) = (Mutex::new(None), Script::new(WRITE));
        let turns = Turns::new(timeout);
        Ok(Self { client, timeout, connection, sealer, write, trouble, turns })
    }

    pub(crate) async fn decide<T>(
        &self,
        pages: &[Page],
        now: UnixTime,
        mut decision: impl FnMut(&mut Books) -> T,
    ) -> Result<T, Down> {
        let mut once: Vec<&Page> = Vec::with_capacity(pages.len());
        for page in pages {
            if !once.contains(&page) {
                once.push(page);
            }
        }
        let (pages, keys) = (&once, once.iter().copied().map(key).collect::<Vec<_>>());
        let _turn = self.turns.take(pages.iter().zip(&keys)).await;
        for again in 0..MOST_TRIES {
            let read = self.read(&keys, now).await?;
            let mut books = Books::of_few();
            for (page, read) in pages.iter().zip(&read) {
                if let Some((expires, note)) = read.note.clone() {
                    books.place(page, note, expires, now).map_err(|_| Down)?;
                }
            }
            let decided = decision(&mut books);
            let changes = self.changes(pages, &read, &mut books, now)?;
            if changes.iter().all(|change| matches!(change, Change::Leave))
                || self.write(&keys, &read, &changes, now).await?
            {
                self.trouble.is_over();
                return Ok(decided);
            }
            tokio::time::sleep(pause(again)).await;
        }
        Err(self.trouble.because("too many instances write the same at once", now))
    }

    /// Whether it can be written to.
    pub(crate) async fn is_there(&self, now: UnixTime) -> Result<(), Down> {
        let mut connection = self.connection(now)?;
        let key = format!("{PREFIX}ready");
        redis::cmd("SET")
            .arg(&[&key, "", "PX", "60000"])
            .query_async::<()>(&mut connection)
            .await
            .map_err(|error| self.failed(&error, now))?;
        // The clocks are compared, too.
        self.read(&[key], now).await?;
        self.trouble.is_over();
        Ok(())
    }

    fn connection(&self, now: UnixTime) -> Result<ConnectionManager, Down> {
        let mut slot = self.connection.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connection) = &*slot {
            return Ok(connection.clone());
        }
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(self.timeout))
            .set_response_timeout(Some(self.timeout))
            // The next request tries again: nobody is to wait for a Redis that is not there.
            .set_number_of_retries(0);
        let connection = ConnectionManager::new_lazy_with_config(self.client.clone(), config)
            .map_err(|error| self.trouble.is(&error, now))?;
        Ok(slot.insert(connection).clone())
    }

    fn failed(&self, error: &RedisError, now: UnixTime) -> Down {
        if error.is_timeout() {
            *self.connection.lock().unwrap_or_else(PoisonError::into_inner) = None;
        }
        self.trouble.is(error, now)
    }

    /// The pages as they are, if Redis and this machine agree on the time: who lags behind would
    /// take running windows for longer than they can be, and who is ahead take them for over.
    async fn read(&self, keys: &[String], now: UnixTime) -> Result<Vec<Read>, Down> {
        let mut connection = self.connection(now)?;
        let (texts, (there, _)): (Vec<Option<String>>, (UnixTime, u64)) = redis::pipe()
            .cmd("MGET")
            .arg(keys)
            .cmd("TIME")
            .query_async(&mut connection)
            .await
            .map_err(|error| self.failed(&error, now))?;
        if there.abs_diff(now) > MOST_SKEW {
            let cause =
                "its clock and that of this machine differ by more than 5 s; set them right";
            return Err(self.trouble.because(cause, now));
        }
        texts.into_iter().map(|text| self.understand(text.unwrap_or_default(), now)).collect()
    }

    fn understand(&self, text: String, now: UnixTime) -> Result<Read, Down> {
        if text.is_empty() {
            return Ok(Read { text, note: None });
        }
        // What another form of it, or another key, wrote is not passed over: it may be a count.
        let note: Option<(UnixTime, Note)> = if text.starts_with('{') || text.starts_with('[') {
            serde_json::from_str(&text).ok()
        } else {
            self.sealer.open(Purpose::Answer, &text).ok()
        };
        let Some((expires, note)) = note else {
            let cause = "it holds what this proxy cannot read, of another release or of other keys";
            return Err(self.trouble.because(cause, now));
        };
        Ok(Read { text, note: (expires > now).then_some((expires, note)) })
    }

    /// What the decision made of the pages.
    fn changes(
        &self,
        pages: &[&Page],
        read: &[Read],
        books: &mut Books,
        now: UnixTime,
    ) -> Result<Vec<Change>, Down> {
        let mut changes = Vec::with_capacity(pages.len());
        for (page, read) in pages.iter().zip(read) {
            let after = books.take(page).filter(|(_, note)| !note.is_blank());
            changes.push(match (&read.note, after) {
                (None, None) => Change::Leave,
                (Some(_), None) => Change::Remove,
                (Some((until, before)), Some((expires, after)))
                    if *before == after && expires < until.saturating_add(WORTH_A_WRITE) =>
                {
                    Change::Leave
                }
                (_, Some((expires, after))) => {
                    let milliseconds = expires.saturating_sub(now).max(1).saturating_mul(1_000);
                    Change::Write { text: self.text(expires, after)?, milliseconds }
                }
            });
        }
        if !books.is_empty() {
            tracing::error!("a decision wrote on a page that it had not named");
            return Err(Down);
        }
        Ok(changes)
    }

    fn text(&self, expires: UnixTime, note: Note) -> Result<String, Down> {
        let is_secret = matches!(note, Note::Repeat(_));
        let note = (expires, note);
        if is_secret {
            self.sealer.seal(Purpose::Answer, &note).map_err(|_| Down)
        } else {
            serde_json::to_string(&note).map_err(|_| Down)
        }
    }

    /// Whether it was written; not if somebody else wrote meanwhile.
    async fn write(
        &self,
        keys: &[String],
        read: &[Read],
        changes: &[Change],
        now: UnixTime,
    ) -> Result<bool, Down> {
        let mut connection = self.connection(now)?;
        let mut script = self.write.prepare_invoke();
        for ((key, read), change) in keys.iter().zip(read).zip(changes) {
            script.key(key).arg(&read.text);
            match change {
                Change::Leave => script.arg("").arg(-1),
                Change::Remove => script.arg("").arg(0),
                Change::Write { text, milliseconds } => script.arg(text).arg(*milliseconds),
            };
        }
        let written = script.invoke_async(&mut connection).await;
        written.map_err(|error| self.failed(&error, now))
    }
}

fn key(page: &Page) -> String {
    match page {
        Page::Counter(name) => format!("{PREFIX}counter:{name}"),
        Page::Interaction(name) => format!("{PREFIX}interaction:{name}"),
        Page::Receipt(name) => format!("{PREFIX}receipt:{name}"),
        Page::Repeat(name) => format!("{PREFIX}repeat:{name}"),
        Page::Subject(name) => format!("{PREFIX}subject:{name}"),
    }
}

/// So that those who got into each other's way do not do it again.
fn pause(again: u32) -> Duration {
    let most = u64::from(again.min(20) + 1) * 500;
    Duration::from_micros(rand::rng().random_range(0..most))
}

impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Redis")
    }
}
