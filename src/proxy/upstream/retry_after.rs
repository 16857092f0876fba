//! `Retry-After`: how long the upstream asks to be left alone, in seconds.
//!
//! It comes as seconds or as a date. A date is compared with the answer's own `Date`, so that
//! two clocks that differ do no harm. What cannot be read was not said.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::http::header::{DATE, HeaderMap, RETRY_AFTER};

use crate::clock::UnixTime;

/// Nobody is believed to want a longer pause than this.
const MOST: u64 = 3_600;

/// The seconds that these headers ask for, from 1 to an hour.
pub(super) fn seconds(headers: &HeaderMap, now: UnixTime) -> Option<u64> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let said = text(RETRY_AFTER)?;
    let seconds = if !said.is_empty() && said.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than there is room for are many seconds.
        said.parse().unwrap_or(MOST)
    } else {
        let at = httpdate::parse_http_date(said).ok()?;
        let own = text(DATE).and_then(|date| httpdate::parse_http_date(date).ok());
        whole_seconds(own.unwrap_or(UNIX_EPOCH + Duration::from_secs(now)), at)
    };
    Some(seconds.clamp(1, MOST))
}

/// From the one to the other; nothing if the other is earlier.
fn whole_seconds(from: SystemTime, to: SystemTime) -> u64 {
    to.duration_since(from).map_or(0, |between| between.as_secs())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sun, 06 Nov 1994 08:49:37 GMT
    const NOW: UnixTime = 784_111_777;

    fn said(retry_after: &str, date: Option<&str>) -> Option<u64> {
        let mut headers = HeaderMap::new();
        headers.insert(RETRY_AFTER, retry_after.parse().unwrap());
        if let Some(date) = date {
            headers.insert(DATE, date.parse().unwrap());
        }
        seconds(&headers, NOW)
    }

    #[test]
    fn seconds_are_taken_up_to_an_hour() {
        for (text, expected) in [
            ("7", Some(7)),
            (" 120 ", Some(120)),
            ("0", Some(1)),
            ("3601", Some(3_600)),
            ("99999999999999999999999999", Some(3_600)),
            ("", None),
            ("-1", None),
            ("1.5", None),
            ("soon", None),
        ] {
            assert_eq!(said(text, None), expected, "{text:?}");
        }
        assert_eq!(seconds(&HeaderMap::new(), NOW), None);
    }

    #[test]
    fn a_date_is_so_long_after_the_date_of_the_answer() {
        let at = "Sun, 06 Nov 1994 08:50:07 GMT";
        // The upstream's clock is a day ahead of ours.
        assert_eq!(
            said("Mon, 07 Nov 1994 08:49:47 GMT", Some("Mon, 07 Nov 1994 08:49:37 GMT")),
            Some(10)
        );
        assert_eq!(said(at, None), Some(30));
        assert_eq!(said(at, Some("no date")), Some(30));
        assert_eq!(said(at, Some("Sun, 06 Nov 1994 09:00:00 GMT")), Some(1), "it is over");
        assert_eq!(said("Fri, 31 Dec 9999 23:59:59 GMT", None), Some(3_600));
    }
}
