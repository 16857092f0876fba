//! A session: how far one browser has come in signing in.
//!
//! Sessions live here and the browser has a random id that means nothing elsewhere. Each step
//! forward is a new session under a new id, so that an id somebody planted, or saw at an earlier
//! step, opens nothing. Nothing here reads a clock.

use std::{
    collections::HashMap,
    fmt,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use time::OffsetDateTime;

use crate::{
    accounts::Account,
    gateway::{Channel, IssuedTicket, Redeemed},
};

/// As long as a ticket lives: the page cannot ask for a code after it either.
const HALF_SIGNED_IN: Duration = Duration::from_secs(15 * 60);

const SIGNED_IN: Duration = Duration::from_secs(30 * 60);

/// What the browser keeps. `Debug` never shows it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct SessionId(String);

/// How far a browser has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// The password was right, the code is still to come.
    HalfSignedIn,
    /// A receipt was redeemed.
    SignedIn {
        /// How the code reached them.
        channel: Channel,
        /// When.
        at: OffsetDateTime,
    },
}

/// Something to tell at the next page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Notice {
    /// The interaction takes no further attempt.
    CodeClosed,
    /// A code was sent without the element.
    CodeSent(Channel),
    /// The form came without a receipt.
    MissingReceipt,
    /// The proxy could not be asked about the receipt.
    NoAnswer,
    /// The receipt is wrong, expired, used before, or somebody else's.
    RefusedReceipt,
    /// A limit of the proxy, with its seconds.
    Wait(Option<u32>),
    /// The code was wrong; so many attempts are left, if the proxy says.
    WrongCode(Option<u32>),
}

/// One browser's session.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) account: &'static Account,
    pub(crate) stage: Stage,
    /// The one ticket of this sign-in. Each of its pages holds the same: by that the element
    /// knows, after a reload and in another tab, that it may go on where it was.
    pub(crate) ticket: Option<IssuedTicket>,
    /// The interaction that this backend started itself, for a page without scripts.
    pub(crate) interaction: Option<String>,
    notice: Option<Notice>,
    expires: Instant,
}

impl Session {
    /// Whether a receipt is of this person, and answers the ticket of this very session.
    pub(crate) fn accepts(&self, redeemed: &Redeemed) -> bool {
        let nonce = self.ticket.as_ref().map(|issued| &issued.nonce);
        redeemed.subject == self.account.username
            && nonce.is_some()
            && redeemed.nonce.as_ref() == nonce
    }
}

/// All of them, no more than a bound of each account.
pub(crate) struct Sessions {
    most_of_one: usize,
    /// By the digest of the id: what is in memory opens no session.
    kept: Mutex<HashMap<[u8; 32], Session>>,
}

impl SessionId {
    /// What a cookie said; it need not be an id of ours.
    pub(crate) fn presented(cookie: &str) -> Self {
        Self(cookie.to_owned())
    }

    pub(crate) fn expose(&self) -> &str {
        &self.0
    }

    fn digest(&self) -> [u8; 32] {
        Sha256::digest(&self.0).into()
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

impl Sessions {
    /// Room for this many of each account, so that nobody's log-ins end somebody else's session.
    pub(crate) fn keep_at_most(most_of_one: usize) -> Self {
        Self { most_of_one, kept: Mutex::default() }
    }

    /// Opens a session under a new id, and closes the one it follows.
    pub(crate) fn open(
        &self,
        follows: Option<&SessionId>,
        account: &'static Account,
        stage: Stage,
        now: Instant,
    ) -> SessionId {
        let id = SessionId(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 32]>()));
        let life = match stage {
            Stage::HalfSignedIn => HALF_SIGNED_IN,
            Stage::SignedIn { .. } => SIGNED_IN,
        };
        let session = Session {
            account,
            stage,
            ticket: None,
            interaction: None,
            notice: None,
            expires: now + life,
        };
        let mut kept = self.kept();
        if let Some(before) = follows {
            kept.remove(&before.digest());
        }
        let of_account = |kept: &Session| kept.account.username == account.username;
        if kept.values().filter(|session| of_account(session)).count() >= self.most_of_one {
            kept.retain(|_, session| session.expires > now);
            make_room(&mut kept, self.most_of_one, of_account);
        }
        kept.insert(id.digest(), session);
        id
    }

    /// The session of an id, if there is one and it has not expired.
    pub(crate) fn find(&self, id: &SessionId, now: Instant) -> Option<Session> {
        self.kept().get(&id.digest()).cloned().filter(|session| session.expires > now)
    }

    /// Makes this the ticket of the session, unless another tab was first: then that one's.
    pub(crate) fn hold(&self, id: &SessionId, issued: IssuedTicket) -> IssuedTicket {
        match self.kept().get_mut(&id.digest()) {
            Some(session) => session.ticket.get_or_insert(issued).clone(),
            None => issued,
        }
    }

    /// Remembers the interaction that was started for the session, or that it is over.
    pub(crate) fn interact(&self, id: &SessionId, interaction: Option<String>) {
        if let Some(session) = self.kept().get_mut(&id.digest()) {
            session.interaction = interaction;
        }
    }

    /// Leaves something to tell at the session's next page.
    pub(crate) fn leave(&self, id: &SessionId, notice: Notice) {
        if let Some(session) = self.kept().get_mut(&id.digest()) {
            session.notice = Some(notice);
        }
    }

    /// Takes what was left to tell.
    pub(crate) fn take_notice(&self, id: &SessionId) -> Option<Notice> {
        self.kept().get_mut(&id.digest())?.notice.take()
    }

    /// Forgets a session.
    pub(crate) fn close(&self, id: &SessionId) {
        self.kept().remove(&id.digest());
    }

    /// A panic elsewhere leaves the map whole.
    fn kept(&self) -> MutexGuard<'_, HashMap<[u8; 32], Session>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Forgets the session that would expire first where there are as many as there may be. Half-open
/// ones go before any other: to open one the password is enough, and the code keeps the rest.
fn make_room(
    kept: &mut HashMap<[u8; 32], Session>,
    most: usize,
    of_account: impl Fn(&Session) -> bool,
) {
    let theirs = kept.iter().filter(|(_, session)| of_account(session));
    if theirs.clone().count() >= most {
        let first = theirs
            .min_by_key(|(_, session)| (session.stage != Stage::HalfSignedIn, session.expires))
            .map(|(id, _)| *id);
        first.map(|id| kept.remove(&id));
    }
}

impl fmt::Debug for Sessions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sessions({})", self.kept().len())
    }
}

#[cfg(test)]
mod tests {
    use mfa_proxy::Ticket;

    use super::*;
    use crate::accounts::ACCOUNTS;

    const MARA: &Account = &ACCOUNTS[0];

    fn begun(sessions: &Sessions, now: Instant) -> SessionId {
        sessions.open(None, MARA, Stage::HalfSignedIn, now)
    }

    #[test]
    fn a_step_forward_is_another_id_and_the_one_before_opens_nothing() {
        let (sessions, now) = (Sessions::keep_at_most(9), Instant::now());
        let first = begun(&sessions, now);
        let signed_in = Stage::SignedIn { channel: Channel::Sms, at: OffsetDateTime::UNIX_EPOCH };
        let second = sessions.open(Some(&first), MARA, signed_in, now);
        assert_ne!(first, second);
        assert!(sessions.find(&first, now).is_none());
        assert_eq!(sessions.find(&second, now).unwrap().stage, signed_in);
    }

    #[test]
    fn an_id_that_a_browser_brings_along_is_never_taken_over() {
        let (sessions, now) = (Sessions::keep_at_most(9), Instant::now());
        let planted = SessionId::presented("planted");
        assert_ne!(sessions.open(Some(&planted), MARA, Stage::HalfSignedIn, now), planted);
        assert!(sessions.find(&planted, now).is_none());
    }

    #[test]
    fn a_session_ends() {
        let (sessions, now) = (Sessions::keep_at_most(9), Instant::now());
        let id = begun(&sessions, now);
        assert!(sessions.find(&id, now + HALF_SIGNED_IN - Duration::from_secs(1)).is_some());
        assert!(sessions.find(&id, now + HALF_SIGNED_IN).is_none());
        sessions.close(&id);
        assert!(sessions.find(&id, now).is_none());
    }

    #[test]
    fn the_oldest_makes_room_when_there_are_too_many() {
        let (sessions, now) = (Sessions::keep_at_most(2), Instant::now());
        let ids: Vec<_> =
            (0..3).map(|second| begun(&sessions, now + Duration::from_secs(second))).collect();
        assert!(sessions.find(&ids[0], now).is_none());
        assert!(sessions.find(&ids[1], now).is_some());
        assert!(sessions.find(&ids[2], now).is_some());
    }

    #[test]
    fn one_accounts_log_ins_end_no_session_of_another() {
        let (sessions, now) = (Sessions::keep_at_most(2), Instant::now());
        let tomas = sessions.open(None, &ACCOUNTS[1], Stage::HalfSignedIn, now);
        for second in 1..100 {
            begun(&sessions, now + Duration::from_secs(second));
            assert!(sessions.kept().len() <= 3);
        }
        assert!(sessions.find(&tomas, now).is_some());
    }

    #[test]
    fn who_knows_the_password_alone_ends_nobody_that_is_signed_in() {
        let (sessions, now) = (Sessions::keep_at_most(2), Instant::now());
        let signed_in = Stage::SignedIn { channel: Channel::Sms, at: OffsetDateTime::UNIX_EPOCH };
        let mara = sessions.open(None, MARA, signed_in, now);
        // So much later that half-open ones would expire after it.
        let later = now + SIGNED_IN - Duration::from_secs(1);
        let half: Vec<_> = (0..3).map(|_| begun(&sessions, later)).collect();
        assert!(sessions.find(&mara, later).is_some());
        assert!(sessions.find(&half[1], later).is_none());
        assert!(sessions.find(&half[2], later).is_some());
    }

    fn receipt(subject: &str, nonce: Option<usize>) -> Redeemed {
        let nonce = nonce.map(|nonce| nonce.to_string());
        Redeemed { subject: subject.to_owned(), channel: Channel::Sms, nonce, verified_at: 0 }
    }

    #[test]
    fn a_session_accepts_its_own_persons_receipt_for_its_one_ticket() {
        let (sessions, now) = (Sessions::keep_at_most(9), Instant::now());
        let (mine, other) = (begun(&sessions, now), begun(&sessions, now));
        let issued = |nonce: &str| IssuedTicket {
            ticket: Ticket::new(format!("ticket {nonce}")),
            nonce: nonce.to_owned(),
        };
        assert_eq!(sessions.hold(&mine, issued("1")).nonce, "1");
        assert_eq!(sessions.hold(&mine, issued("2")).nonce, "1", "another tab was first");
        let accepts =
            |id, subject, nonce| sessions.find(id, now).unwrap().accepts(&receipt(subject, nonce));
        assert!(accepts(&mine, "mara", Some(1)));
        assert!(!accepts(&mine, "mara", Some(2)), "answers a ticket that no page holds");
        assert!(!accepts(&mine, "mara", None), "answers no ticket");
        assert!(!accepts(&mine, "tomas", Some(1)), "somebody else");
        assert!(!accepts(&other, "mara", Some(1)), "another browser");
        assert!(!accepts(&other, "mara", None), "no ticket on either side");
    }

    #[test]
    fn a_notice_is_told_once() {
        let (sessions, now) = (Sessions::keep_at_most(9), Instant::now());
        let id = begun(&sessions, now);
        sessions.leave(&id, Notice::MissingReceipt);
        assert_eq!(sessions.take_notice(&id), Some(Notice::MissingReceipt));
        assert_eq!(sessions.take_notice(&id), None);
    }

    #[test]
    fn an_id_prints_nothing() {
        assert_eq!(format!("{:?}", SessionId::presented("abc")), "SessionId(…)");
    }
}
