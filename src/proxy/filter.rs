//! What is logged: `MFA_LOG`, read strictly. The library takes a word that is no level for the
//! name of a module, and logs nothing else then.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// The filter of this text; without one, what happens is logged and how is not.
pub(crate) fn parse(text: Option<&str>) -> Result<EnvFilter, String> {
    let text = text.map(str::trim).filter(|text| !text.is_empty()).unwrap_or("info");
    let meant = |directive: &str| {
        let (target, has_level) = match directive.find(['=', '[']) {
            Some(at) => (&directive[..at], true),
            None => (directive, false),
        };
        // No module has a hyphen in its name.
        directive.parse::<LevelFilter>().is_ok() || (has_level && !target.contains('-'))
    };
    let directives: Vec<_> =
        text.split(',').map(str::trim).filter(|directive| !directive.is_empty()).collect();
    if directives.is_empty() || !directives.iter().all(|directive| meant(directive)) {
        return Err(refused());
    }
    let filter = EnvFilter::builder().parse(directives.join(",")).map_err(|_| refused())?;
    // At its finest it logs the path of a request, and in that the sealed id.
    let silent = "tower_http=off".parse().map_err(|_| refused())?;
    Ok(filter.add_directive(silent))
}

fn refused() -> String {
    "MFA_LOG: cannot be read; say error, warn, info, debug, trace or off, or that of a module, e.g. \
     info,mfa_proxy=debug"
        .into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_or_that_of_a_module_is_taken() {
        for (text, shown) in [
            (None, "info"),
            (Some(""), "info"),
            (Some("WARN"), "warn"),
            (Some("off"), "off"),
            (Some("info,"), "info"),
            (Some("mfa_proxy=debug"), "mfa_proxy=debug"),
            (Some("warn, mfa_proxy::upstream=trace"), "mfa_proxy::upstream=trace,warn"),
            (Some("[request]=debug"), "[request]=debug"),
        ] {
            let filter = parse(text).unwrap().to_string();
            let others: Vec<_> = filter.split(',').filter(|it| *it != "tower_http=off").collect();
            assert!(others.len() < filter.split(',').count(), "{filter}");
            assert_eq!(others.join(","), shown);
        }
    }

    #[test]
    fn a_word_that_is_no_level_and_a_module_that_cannot_be_are_refused_with_the_levels() {
        for text in [
            "warning",
            "verbose",
            "mfa_proxy",
            "mfa_proxy=warning",
            "mfa-proxy=debug",
            "a=b=c",
            ",",
        ] {
            let said = parse(Some(text)).unwrap_err();
            assert!(said.contains("error, warn, info, debug, trace or off"), "{text}: {said}");
        }
    }
}
