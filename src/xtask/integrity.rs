//! The hashes by which a page can tell that a file of `dist/` is the one that was published.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha384};

use crate::bundle::all_files;

/// The file that has them, in `dist/`.
const NAME: &str = "integrity.json";

/// Of every file that a browser can be sent, by its path from `dist/`.
pub(crate) fn write(dist: &Path) -> Result<()> {
    let mut hashes = BTreeMap::new();
    for file in all_files(dist)? {
        let name = file.strip_prefix(dist)?.to_string_lossy().replace('\\', "/");
        if [".js", ".wasm"].iter().any(|end| name.ends_with(end)) {
            hashes.insert(name, of(&fs::read(&file)?));
        }
    }
    let text = serde_json::to_string_pretty(&hashes)? + "\n";
    fs::write(dist.join(NAME), text).with_context(|| format!("cannot write {NAME}"))
}

/// As the attribute `integrity` of a script takes it.
fn of(content: &[u8]) -> String {
    format!("sha384-{}", STANDARD.encode(Sha384::digest(content)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_the_one_that_browsers_compute() {
        // `printf 'alert(1)' | openssl dgst -sha384 -binary | openssl base64 -A`
        let known = "HT2E9NfWiuQ/w1PRai+hTyqW16NIoCGA/m8VQDUopfAtcz6YQjtsMmQd5uRbVDpW";
        assert_eq!(of(b"alert(1)"), format!("sha384-{known}"));
    }
}
