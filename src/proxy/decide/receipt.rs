//! A receipt: what the site's backend learns, signed, and takes once.
//!
//! A JWT signed with EdDSA. The backend may check it by itself with the published keys, or have
//! it redeemed, which it must do if it is to count once.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use ed25519_dalek::SigningKey;
use jwt_compact::alg::Ed25519;
use jwt_compact::jwk::JsonWebKey;
use jwt_compact::{AlgorithmExt as _, Claims, Header, UntrustedToken};
use mfa_core::Channel;
use serde::{Deserialize, Serialize};
use sha2::Sha256;

use crate::clock::UnixTime;
use crate::decide::books::{Books, Page};
use crate::decide::{Entropy, Rules};
use crate::secret::{Receipt, SecretKey};
use crate::settings::Settings;

/// No receipt of ours is longer.
const MAX_RECEIPT: usize = 4 * 1024;

/// For so many seconds after its end a receipt is known to have been redeemed: the clock of another
/// instance may lag.
const MOST_SKEW: u64 = 60;

/// What is stated in a receipt.
pub(crate) struct Statement {
    pub(crate) subject: String,
    pub(crate) channel: Channel,
    pub(crate) digest: Option<String>,
    pub(crate) nonce: Option<String>,
}

/// What a redeemed receipt said.
#[derive(Clone, PartialEq, Eq, Serialize)]
pub struct Redeemed {
    /// Who verified.
    pub subject: String,
    /// By which way the token went.
    pub channel: Channel,
    /// The methods in the words of RFC 8176: `otp`, and `sms` or `tel`.
    pub amr: Vec<String>,
    /// Of the summary that the ticket stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub digest: Option<String>,
    /// Of the ticket: the backend compares it with the one it got beside the ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub nonce: Option<String>,
    /// When, in seconds since 1970.
    pub verified_at: UnixTime,
}

impl fmt::Debug for Redeemed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not the subject: in visitor mode it is the number.
        write!(f, "Redeemed({}, {})", self.channel.as_str(), self.verified_at)
    }
}

/// Why a receipt is not redeemed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RedeemError {
    /// It is older than its life.
    #[error("the receipt has expired")]
    Expired,
    /// What was redeemed before cannot be looked up just now, or no more of it be remembered.
    #[error("the proxy cannot tell whether the receipt was redeemed before; try again")]
    Unavailable,
    /// This proxy did not sign it, or it is for another audience.
    #[error("the receipt is not one of this proxy")]
    Invalid,
    /// It was redeemed before.
    #[error("the receipt was redeemed before")]
    Used,
}

#[derive(Serialize, Deserialize)]
struct Body {
    iss: String,
    aud: String,
    sub: String,
    jti: String,
    channel: Channel,
    amr: Vec<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    nonce: Option<String>,
}

/// A receipt that is ours and still good, if it was not redeemed before.
#[derive(Debug)]
pub(crate) struct RedeemPlan {
    id: String,
    expires_at: UnixTime,
    redeemed: Redeemed,
}

impl RedeemPlan {
    /// What is read and written of the books.
    pub(crate) fn pages(&self) -> Vec<Page> {
        vec![Page::Receipt(self.id.clone())]
    }
}

/// A receipt whose signature holds.
struct Read {
    body: Body,
    issued_at: UnixTime,
    expires_at: UnixTime,
}

fn date(time: UnixTime) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp(i64::try_from(time).ok()?, 0)
}

/// Signs receipts and knows its own.
pub(crate) struct Signer {
    keys: Vec<Signing>,
    issuer: String,
    audience: String,
    valid_for: u32,
}

struct Signing {
    /// The key's thumbprint (RFC 7638).
    id: String,
    pair: SigningKey,
}

/// The receipt could not be signed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CannotSign;

impl Signer {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            keys: settings.keys.receipt.iter().map(Signing::new).collect(),
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
            valid_for: settings.receipt_valid_for,
        }
    }

    pub(crate) fn sign(
        &self,
        statement: Statement,
        entropy: Entropy,
        now: UnixTime,
    ) -> Result<Receipt, CannotSign> {
        let key = self.keys.first().ok_or(CannotSign)?;
        let method = match statement.channel {
            Channel::Call => "tel",
            Channel::Sms => "sms",
        };
        let body = Body {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub: statement.subject,
            jti: URL_SAFE_NO_PAD.encode(entropy),
            channel: statement.channel,
            amr: vec!["otp".into(), method.into()],
            digest: statement.digest,
            nonce: statement.nonce,
        };
        let header = Header::empty().with_key_id(&key.id).with_token_type("JWT");
        let mut claims = Claims::new(body);
        claims.issued_at = Some(date(now).ok_or(CannotSign)?);
        claims.expiration = Some(date(now + u64::from(self.valid_for)).ok_or(CannotSign)?);
        let token = Ed25519.token(&header, &claims, &key.pair).map_err(|_| CannotSign)?;
        Ok(Receipt::new(token))
    }

    /// What the receipt says, if it is ours and still good.
    fn read(&self, receipt: &str, now: UnixTime) -> Result<Read, RedeemError> {
        if receipt.len() > MAX_RECEIPT {
            return Err(RedeemError::Invalid);
        }
        let token = UntrustedToken::new(receipt).map_err(|_| RedeemError::Invalid)?;
        let key_id = token.header().key_id.clone();
        let claims = self
            .keys
            .iter()
            .filter(|key| key_id.as_deref().is_none_or(|wanted| wanted == key.id))
            .find_map(|key| Ed25519.validator::<Body>(key.pair.as_ref()).validate(&token).ok())
            .map(|token| token.into_parts().1)
            .ok_or(RedeemError::Invalid)?;
        let at = |date: Option<DateTime<Utc>>| {
            date.and_then(|date| UnixTime::try_from(date.timestamp()).ok())
                .ok_or(RedeemError::Invalid)
        };
        let (issued_at, expires_at) = (at(claims.issued_at)?, at(claims.expiration)?);
        let body = claims.custom;
        if body.iss != self.issuer || body.aud != self.audience {
            return Err(RedeemError::Invalid);
        }
        if now >= expires_at {
            return Err(RedeemError::Expired);
        }
        Ok(Read { body, issued_at, expires_at })
    }
}

impl Signing {
    fn new(seed: &SecretKey) -> Self {
        let pair = SigningKey::from_bytes(seed.expose());
        let thumbprint = JsonWebKey::from(pair.as_ref()).thumbprint::<Sha256>();
        Self { id: URL_SAFE_NO_PAD.encode(thumbprint), pair }
    }
}

impl Rules {
    /// Reads a receipt. The books say whether it was redeemed before.
    pub(crate) fn plan_redeem(
        &self,
        receipt: &str,
        now: UnixTime,
    ) -> Result<RedeemPlan, RedeemError> {
        let Read { body, issued_at, expires_at } = self.signer.read(receipt, now)?;
        let redeemed = Redeemed {
            subject: body.sub,
            channel: body.channel,
            amr: body.amr,
            digest: body.digest,
            nonce: body.nonce,
            verified_at: issued_at,
        };
        Ok(RedeemPlan { id: body.jti, expires_at, redeemed })
    }

    /// Takes a receipt, once.
    pub(crate) fn redeem(
        &self,
        books: &mut Books,
        plan: &RedeemPlan,
        now: UnixTime,
    ) -> Result<Redeemed, RedeemError> {
        if books.redeemed.get(plan.id.as_str(), now).is_some() {
            return Err(RedeemError::Used);
        }
        let until = plan.expires_at + MOST_SKEW;
        let noted = books.redeemed.put(plan.id.as_str(), (), until, now);
        noted.map_err(|_| RedeemError::Unavailable)?;
        Ok(plan.redeemed.clone())
    }

    /// The public keys, as a JSON Web Key Set.
    pub(crate) fn key_set(&self) -> serde_json::Value {
        let keys = self.signer.keys.iter().map(|Signing { id, pair }| {
            let x = URL_SAFE_NO_PAD.encode(pair.verifying_key().as_bytes());
            serde_json::json!({
                "kty": "OKP", "crv": "Ed25519", "x": x, "kid": id, "use": "sig", "alg": "EdDSA",
            })
        });
        serde_json::json!({ "keys": keys.collect::<Vec<_>>() })
    }
}
