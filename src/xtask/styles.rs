//! The style sheets that stand in the hand-written JavaScript.
//!
//! To esbuild a template literal is a text, not to be touched: its styles are shrunk before.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};

use crate::shell::{installed, read};

/// How a style sheet begins and ends in a source file.
const BEGIN: &str = " = `\n";
const END: &str = "`;";

/// A copy of the file in `work`, with its style sheets shrunk; or the file itself, which has none.
pub(crate) fn shrunk(file: &Path, work: &Path) -> Result<PathBuf> {
    let text = fs::read_to_string(file)?;
    if !text.contains(BEGIN) {
        return Ok(file.to_owned());
    }
    let mut pieces = text.split(BEGIN);
    let mut shrunk = pieces.next().unwrap_or_default().to_owned();
    let sheet = work.join("sheet.css");
    for piece in pieces {
        let (styles, rest) = piece.split_once(END).context("a style sheet has no end")?;
        fs::write(&sheet, styles)?;
        // A single character beyond Latin-1 would have a browser keep two bytes for each of all.
        let styles = read(installed("esbuild").arg(&sheet).args(["--minify", "--charset=ascii"]))?;
        if styles.contains(['`', '$']) {
            bail!("{}: a style sheet has what a template literal would read", file.display());
        }
        let styles = styles.replace('\\', r"\\");
        shrunk = shrunk + " = `" + styles.trim_end() + END + rest;
    }
    let copy = work.join(file.file_name().context("a source file has a name")?);
    fs::write(&copy, shrunk)?;
    Ok(copy)
}
