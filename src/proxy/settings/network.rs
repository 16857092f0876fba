//! Reverse proxies as an operator writes them: a network, or the one address of a machine.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::settings::SettingError;

/// The networks of these texts.
pub(super) fn networks(texts: &[String]) -> Result<Vec<IpNet>, SettingError> {
    let read = |(index, text): (usize, &String)| {
        network(text.trim()).ok_or_else(|| {
            let problem = format!(
                "entry {} is no address and no network; write e.g. \"10.0.0.5\", \"10.0.0.0/8\" \
                 or \"fd00::/8\", and no names",
                index + 1
            );
            SettingError::new("trusted_proxies", problem)
        })
    };
    texts.iter().enumerate().map(read).collect()
}

fn network(text: &str) -> Option<IpNet> {
    // As peers are compared: `::ffff:10.0.0.5` is 10.0.0.5.
    let address = text.parse().ok().map(|address: IpAddr| address.to_canonical().into());
    address.or_else(|| text.parse().ok())
}

/// Whether they cover all addresses of one kind, together or one by itself.
pub(super) fn cover_all(networks: &[IpNet]) -> bool {
    IpNet::aggregate(&networks.to_vec()).iter().any(|network| network.prefix_len() == 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[&str]) -> Result<Vec<IpNet>, SettingError> {
        networks(&texts.iter().map(|&text| text.to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn an_address_is_the_network_of_itself() {
        let networks = read(&["127.0.0.1", " ::1", "::ffff:10.0.0.5", "10.0.0.0/8"]).unwrap();
        let networks: Vec<_> = networks.iter().map(ToString::to_string).collect();
        assert_eq!(networks, ["127.0.0.1/32", "::1/128", "10.0.0.5/32", "10.0.0.0/8"]);
    }

    #[test]
    fn what_is_neither_is_refused_with_what_to_write() {
        for text in ["", "nginx", "10.0.0.0/33", "10.0.0.5:80", "10.0.0.0-10.0.0.9", "*"] {
            let error = read(&["127.0.0.1", text]).unwrap_err();
            assert_eq!(error.setting(), "trusted_proxies", "{text}");
            let error = error.to_string();
            assert!(error.contains("entry 2") && error.contains("10.0.0.0/8"), "{error}");
        }
    }

    #[test]
    fn two_halves_are_the_whole() {
        for (networks, all) in [
            (&["0.0.0.0/0"][..], true),
            (&["0.0.0.0/1", "128.0.0.0/1"], true),
            (&["::/1", "10.0.0.0/8", "8000::/2", "c000::/2"], true),
            (&["0.0.0.0/1", "128.0.0.0/2"], false),
            (&["10.0.0.0/8", "::1"], false),
            (&[], false),
        ] {
            assert_eq!(cover_all(&read(networks).unwrap()), all, "{networks:?}");
        }
    }
}
