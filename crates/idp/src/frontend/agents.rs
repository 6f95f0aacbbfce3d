//! What a browser says of itself, in words for the list of devices.

/// A browser, as far as it can be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agent {
    /// The system: `Macintosh`, `Windows`, `Linux`, `iPhone`, …
    pub device: String,
    /// The browser's name.
    pub browser: String,
    /// The browser's version.
    pub version: String,
    /// Whether it is a phone or tablet.
    pub is_mobile: bool,
}

/// Marks of browsers; those that also claim to be others come first.
const BROWSERS: [(&str, &str); 6] = [
    ("Edg/", "Edge"),
    ("OPR/", "Opera"),
    ("Firefox/", "Firefox"),
    ("CriOS/", "Chrome"),
    ("Chrome/", "Chrome"),
    ("Version/", "Safari"),
];

/// Marks of systems; those that also claim to be others come first.
const DEVICES: [&str; 6] = ["iPhone", "iPad", "Android", "Macintosh", "Windows", "Linux"];

/// Reads a `User-Agent`.
#[must_use]
pub fn read(text: &str) -> Agent {
    let device = DEVICES
        .iter()
        .find(|mark| text.contains(**mark))
        .copied()
        .unwrap_or_default();
    let (browser, version) = BROWSERS
        .iter()
        .find_map(|(mark, name)| {
            let (_, rest) = text.split_once(mark)?;
            Some((
                *name,
                rest.split(|c: char| c != '.' && !c.is_ascii_digit())
                    .next()?,
            ))
        })
        .unwrap_or_default();
    Agent {
        device: device.to_owned(),
        browser: browser.to_owned(),
        version: version.to_owned(),
        is_mobile: matches!(device, "iPhone" | "iPad" | "Android"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_browsers_apart() {
        let agent = read(
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) \
             Chrome/131.0.0.0 Safari/537.36 Edg/131.0.2903.86",
        );
        assert_eq!(
            (agent.browser.as_str(), agent.version.as_str()),
            ("Edge", "131.0.2903.86")
        );
        assert_eq!((agent.device.as_str(), agent.is_mobile), ("Windows", false));
        let agent = read(
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 \
             (KHTML, like Gecko) Version/18.1 Mobile/15E148 Safari/604.1",
        );
        assert_eq!((agent.browser.as_str(), agent.is_mobile), ("Safari", true));
        assert_eq!(read("curl/8"), Agent::default());
    }
}
