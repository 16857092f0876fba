//! The people who bank here: two, seeded, and told to whoever opens the page.
//!
//! A site of your own keeps a slow salted hash (Argon2id) of each password; these are public, so
//! that the only thing to get right is that an unknown name takes as long as a wrong password.

use std::fmt;

use sha2::{Digest, Sha256};
use subtle::{Choice, ConstantTimeEq};

/// One person. `Debug` shows the name alone.
pub struct Account {
    /// What they sign in as; the subject of their tickets and receipts.
    pub username: &'static str,
    /// What the page calls them.
    pub name: &'static str,
    /// Their password.
    pub password: &'static str,
    /// Their telephone, in E.164. From the range kept for fiction.
    pub number: &'static str,
    /// How their codes are made.
    pub policy: &'static Policy,
}

/// A policy of the proxy as the page needs to know it.
#[derive(Debug)]
pub struct Policy {
    /// Its name at the proxy.
    pub name: &'static str,
    /// Characters of a code.
    pub token_length: u8,
    /// Whether a code may have letters.
    pub allow_alphas: bool,
}

/// Six digits.
const DIGITS: Policy = Policy { name: "default", token_length: 6, allow_alphas: false };

/// Eight letters and digits, so that the other alphabet can be tried too.
const LETTERS: Policy = Policy { name: "letters", token_length: 8, allow_alphas: true };

/// Everybody.
pub static ACCOUNTS: [Account; 2] = [
    Account {
        username: "mara",
        name: "Mara Lindqvist",
        password: "north-pier-lantern",
        number: "+12025550143",
        policy: &DIGITS,
    },
    Account {
        username: "tomas",
        name: "Tomás Ferreira",
        password: "seven-salt-gulls",
        number: "+12025550178",
        policy: &LETTERS,
    },
];

impl Account {
    /// The person with this name and password. A wrong password and an unknown name are the same
    /// answer, and take the same time.
    pub(crate) fn admit(username: &str, password: &str) -> Option<&'static Self> {
        Self::admit_by(same, username, password)
    }

    /// Compares with everybody's name and password, whatever was found before.
    fn admit_by(
        mut same: impl FnMut(&str, &str) -> Choice,
        username: &str,
        password: &str,
    ) -> Option<&'static Self> {
        ACCOUNTS.iter().fold(None, |admitted, account| {
            let known = same(username, account.username);
            let right = same(password, account.password);
            if bool::from(known & right) { Some(account) } else { admitted }
        })
    }

    /// The number as a page may show it: `+1 ••• ••• 0143`.
    pub(crate) fn masked_number(&self) -> String {
        format!("+1 ••• ••• {}", &self.number[self.number.len() - 4..])
    }

    /// The number as the list of demo accounts shows it: `+1 202 555 0143`.
    pub(crate) fn spaced_number(&self) -> String {
        let n = self.number;
        format!("{} {} {} {}", &n[..2], &n[2..5], &n[5..8], &n[8..])
    }

    /// What they are called by.
    pub(crate) fn first_name(&self) -> &'static str {
        self.name.split(' ').next().unwrap_or(self.name)
    }
}

/// Digests have one length, so that where two texts begin to differ does not show.
fn same(given: &str, known: &str) -> Choice {
    Sha256::digest(given).ct_eq(&Sha256::digest(known))
}

impl Policy {
    /// What a code is like, in words.
    pub(crate) fn words(&self) -> String {
        let alphabet = if self.allow_alphas { "letters and numbers" } else { "numbers" };
        format!("{} {alphabet}", self.token_length)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Account({})", self.username)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_name_with_its_own_password_is_admitted() {
        let [mara, tomas] = &ACCOUNTS;
        let admitted = |name, password| Account::admit(name, password).map(|a| a.username);
        assert_eq!(admitted("mara", mara.password), Some("mara"));
        assert_eq!(admitted("tomas", tomas.password), Some("tomas"));
        assert_eq!(admitted("mara", tomas.password), None);
        assert_eq!(admitted("nobody", mara.password), None);
        assert_eq!(admitted("", ""), None);
    }

    #[test]
    fn an_unknown_name_is_as_much_work_as_a_wrong_password_and_as_the_right_one() {
        let [mara, tomas] = &ACCOUNTS;
        let everything = [mara.username, mara.password, tomas.username, tomas.password];
        for (name, password) in [
            ("nobody", "wrong"),
            ("", ""),
            ("mara", "wrong"),
            ("tomas", "wrong"),
            ("mara", mara.password),
            ("tomas", tomas.password),
        ] {
            let mut compared = Vec::new();
            let counting = |given: &str, known: &str| {
                compared.push(known.to_owned());
                same(given, known)
            };
            let admitted = Account::admit_by(counting, name, password);
            assert_eq!(compared, everything, "{name}");
            let plainly = Account::admit(name, password);
            assert_eq!(admitted.map(|it| it.username), plainly.map(|it| it.username));
        }
    }

    #[test]
    fn every_number_is_from_the_range_kept_for_fiction() {
        for account in &ACCOUNTS {
            assert_eq!(account.number.len(), 12);
            assert!(account.number[5..].starts_with("55501"), "{account:?}");
        }
    }

    #[test]
    fn a_masked_number_shows_its_last_four_digits_alone() {
        assert_eq!(ACCOUNTS[0].masked_number(), "+1 ••• ••• 0143");
        assert_eq!(ACCOUNTS[0].spaced_number(), "+1 202 555 0143");
    }
}
