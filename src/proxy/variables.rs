//! The variables of the environment that begin as ours do and that nothing reads: a mistyped one
//! leaves the default in effect, which may let through what it was to keep out.

use std::collections::BTreeSet;

use clap::CommandFactory as _;
use mfa_proxy::settings::file::SECRETS;

use crate::cli::Cli;

/// All of our variables begin so.
const PREFIX: &str = "MFA_";

/// It is read before anything else, so that all that follows is logged.
pub(crate) const LOG: &str = "MFA_LOG";

/// Those of these names that nothing reads, in order.
pub(crate) fn unread(names: impl IntoIterator<Item = String>) -> Vec<String> {
    let given: BTreeSet<_> =
        names.into_iter().filter(|name| name.to_uppercase().starts_with(PREFIX)).collect();
    let known = known();
    let unread = |name: &&String| !known.contains(*name) && !is_of_others(name, &given);
    given.iter().filter(unread).cloned().collect()
}

fn known() -> BTreeSet<String> {
    let command = Cli::command();
    let options = command.get_arguments().filter_map(|option| option.get_env()?.to_str());
    let secrets = SECRETS.iter().flat_map(|name| [(*name).to_owned(), format!("{name}_FILE")]);
    options.map(str::to_owned).chain(secrets).chain([LOG.to_owned()]).collect()
}

/// Whether it is the emulator's, or Kubernetes made it of a service that is called `mfa-…`: each
/// pod has those of them all.
fn is_of_others(name: &str, given: &BTreeSet<String>) -> bool {
    if name.starts_with("MFA_EMULATOR_") {
        return true;
    }
    let services = given.iter().filter_map(|name| name.strip_suffix("_SERVICE_HOST"));
    services.filter_map(|service| name.strip_prefix(service)).any(|rest| {
        ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|made| rest.starts_with(made))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unread_of(names: &[&str]) -> Vec<String> {
        unread(names.iter().map(|&name| name.to_owned()))
    }

    #[test]
    fn every_variable_of_the_help_is_read() {
        let help = Cli::command().render_long_help().to_string();
        let words = help.split(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let named: BTreeSet<_> = words.filter(|word| word.len() > PREFIX.len()).collect();
        let named: Vec<_> = named.into_iter().filter(|word| word.starts_with(PREFIX)).collect();
        assert!(named.len() > 20, "{named:?}");
        assert_eq!(unread_of(&named), [""; 0]);
        assert_eq!(known(), named.iter().map(|&name| name.to_owned()).collect());
    }

    #[test]
    fn what_nothing_reads_is_found_and_what_others_made_is_not() {
        let typed = ["MFA_COUNTRY", "MFA_SEALING_KEY", "PATH", "MFA_COUNTRIES", "Mfa_Mode", "MFA"];
        assert_eq!(unread_of(&typed), ["MFA_COUNTRY", "MFA_SEALING_KEY", "Mfa_Mode"]);
        let service = ["HOST", "PORT", "PORT_HTTP"].map(|end| format!("MFA_PROXY_SERVICE_{end}"));
        let made = service.iter().map(String::as_str).chain(["MFA_PROXY_PORT_80_TCP"]);
        assert_eq!(unread_of(&made.collect::<Vec<_>>()), [""; 0]);
        assert_eq!(unread_of(&["MFA_EMULATOR_LISTEN"]), [""; 0]);
        assert_eq!(unread_of(&["MFA_PROXY_PORT"]), ["MFA_PROXY_PORT"]);
    }
}
