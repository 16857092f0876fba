//! The settings as they are in effect, for an operator to read over. It has no secret: keys are
//! counted, the upstream's credentials left out.

use std::fmt::{self, Display};
use std::time::Duration;

use mfa_core::Channel;

use crate::settings::file::Standalone;
use crate::settings::place::Place;
use crate::settings::{
    ForwardedHeader, LimitName, Limits, Mode, Policy, Rate, Settings, StoreChoice,
};

impl Standalone {
    /// Everything that is in effect, a line each.
    #[must_use]
    pub fn summary(&self) -> impl Display {
        Summary(self)
    }
}

struct Summary<'a>(&'a Standalone);

impl Display for Summary<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Standalone { settings, bounds, stop_delay, .. } = self.0;
        let mut line = |name: &str, value: &dyn Display| writeln!(f, "{name:<26}{value}");
        let Settings { upstream, keys, .. } = settings;
        let mode = match settings.mode {
            Mode::Ticket => "ticket: your backend names the number",
            Mode::Visitor => "visitor: the page names the number",
            Mode::Library(_) => "library: the site names the number",
        };
        line("mode", &mode)?;
        let (connect, whole) = (Millis(upstream.connect_timeout), Millis(upstream.timeout));
        let base_url = &upstream.base_url;
        line("upstream", &format_args!("{base_url}, {connect} to connect, {whole} in all"))?;
        let most = upstream.max_in_flight;
        let (failures, pause) = (upstream.breaker_failures, upstream.breaker_pause);
        line(
            "upstream calls",
            &format_args!("{most} at once, after {failures} failures none for {pause} s"),
        )?;
        let store = match &settings.store {
            StoreChoice::Memory => "memory: run one instance".into(),
            // Its URL may have a password in it.
            StoreChoice::Redis(url) => {
                let place = Place::of(url).map(|place| format!(" at {place}")).unwrap_or_default();
                format!("Redis{place}: run as many instances as you like")
            }
        };
        line("store", &store)?;
        let (sealing, receipt) = (keys.sealing.len(), keys.receipt.len());
        line("keys", &format_args!("{sealing} for sealing, {receipt} for receipts"))?;
        line("countries", &List(&settings.countries, "all"))?;
        line("country_prefixes", &List(&settings.country_prefixes, "all"))?;
        line("allowed_origins", &List(&settings.allowed_origins, "the same origin only"))?;
        line("trusted_proxies", &List(&settings.trusted_proxies, "none"))?;
        let header = match settings.forwarded_header {
            ForwardedHeader::Forwarded => "Forwarded",
            ForwardedHeader::XForwardedFor => "X-Forwarded-For",
        };
        line("forwarded_header", &header)?;
        let Settings { issuer, audience, receipt_valid_for, ticket_valid_for, .. } = settings;
        line("tickets", &format_args!("for {ticket_valid_for} s"))?;
        line("receipts", &format_args!("for {receipt_valid_for} s, by {issuer} to {audience}"))?;
        for (name, policy) in settings.policies.iter() {
            line(&format!("policies.{name}"), policy)?;
        }
        for &limit in LimitName::ALL {
            let rates: Vec<_> = settings.limits.rates(limit).iter().map(Written).collect();
            line(&format!("limits.{}", limit.as_str()), &List(&rates, "OFF"))?;
        }
        let Limits { failed_window, failed_per_day, failed_in_row, capacity, .. } = settings.limits;
        line("limits.failed_window", &format_args!("{failed_window} s"))?;
        line("limits.failed_per_day", &failed_per_day)?;
        line("limits.failed_in_row", &failed_in_row)?;
        line("limits.capacity", &capacity)?;
        let (most, idle) = (bounds.connections, Millis(bounds.idle_timeout));
        line("connections", &format_args!("{most} at once, {idle} idle"))?;
        line("stop_delay_ms", &stop_delay.as_millis())
    }
}

impl Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (config, wait) = (&self.config, self.resend_after);
        let (length, tries) = (config.token_length(), config.max_attempts());
        let kind = if config.allow_alphas() { "letters and digits" } else { "digits" };
        let channels: Vec<_> = self.channels.iter().copied().map(Channel::as_str).collect();
        let (seconds, channels) = (config.valid_for(), channels.join(", "));
        let own = if self.message.is_some() { ", a text of your own" } else { "" };
        write!(f, "{length} {kind}, {tries} tries, for {seconds} s, by {channels}, ")?;
        write!(f, "{wait} s until a resend{own}")
    }
}

struct Millis(Duration);

impl Display for Millis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ms", self.0.as_millis())
    }
}

/// A rate as it is written in the file.
struct Written<'a>(&'a Rate);

impl Display for Written<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Rate { max, seconds } = self.0;
        let units = [(86_400, 'd'), (3_600, 'h'), (60, 'm'), (1, 's')];
        let (scale, unit) =
            units.into_iter().find(|(scale, _)| seconds % scale == 0).unwrap_or((1, 's'));
        write!(f, "{max}/{}{unit}", seconds / scale)
    }
}

struct List<'a, Item>(&'a [Item], &'static str);

impl<Item: Display> Display for List<'_, Item> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str(self.1);
        }
        for (index, item) in self.0.iter().enumerate() {
            write!(f, "{}{item}", if index == 0 { "" } else { ", " })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_is_shown_as_it_is_written() {
        for text in ["3/10m", "5/1h", "15/1d", "1/90s"] {
            let rate: Rate = text.parse().unwrap();
            assert_eq!(Written(&rate).to_string(), text);
        }
    }
}
