//! The limits by name, as the log and the metrics have them. What they are is told elsewhere.

/// What a 429 of the proxy's own is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LimitName {
    /// The wait before a resend.
    Cooldown,
    /// Too many wrong codes of one subject.
    FailedVerifies,
    SendsInAll,
    SendsPerAddress,
    SendsPerNumber,
    SendsPerSubject,
}

impl LimitName {
    /// All of them, in alphabetical order.
    pub(crate) const ALL: [Self; 6] = [
        Self::Cooldown,
        Self::FailedVerifies,
        Self::SendsInAll,
        Self::SendsPerAddress,
        Self::SendsPerNumber,
        Self::SendsPerSubject,
    ];

    /// The word; of a setting it is the setting's.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Cooldown => "cooldown",
            Self::FailedVerifies => "failed_verifies",
            Self::SendsInAll => "sends_in_all",
            Self::SendsPerAddress => "sends_per_address",
            Self::SendsPerNumber => "sends_per_number",
            Self::SendsPerSubject => "sends_per_subject",
        }
    }

    /// The limit that has this setting, e.g. `limits.sends_per_number`.
    pub(crate) fn of_setting(setting: &str) -> Option<Self> {
        let name = setting.strip_prefix("limits.")?;
        Self::ALL.into_iter().find(|limit| limit.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_known_by_its_setting() {
        let known = LimitName::of_setting("limits.sends_per_number");
        assert_eq!(known, Some(LimitName::SendsPerNumber));
        assert_eq!(LimitName::of_setting("limits.capacity"), None);
        assert_eq!(LimitName::of_setting("sends_per_number"), None);
        assert!(LimitName::ALL.is_sorted_by_key(|limit| limit.as_str()));
    }
}
