//! Pictures of providers, drawn here: plain shapes in a provider's colours and the first letter
//! of its name, no one's trade mark.

use crate::config::IdpConfig;

use super::provider::{Kind, Provider};

/// Where the picture of a provider is.
#[must_use]
pub fn url(config: &IdpConfig, provider: &Provider) -> String {
    match &provider.settings.logo_url {
        Some(url) => url.clone(),
        None => format!(
            "{}/images/providers/{}.svg",
            config.frontend_url(),
            provider.key
        ),
    }
}

/// The picture, an SVG of 64 by 64. Components use some as a mask: what is drawn must be opaque
/// and the rest clear.
#[must_use]
pub fn svg(provider: &Provider) -> String {
    let shapes = match provider.kind {
        // A ring of four colours, open at the right.
        Kind::Google => ring(),
        // Four panes.
        Kind::Microsoft => [
            (4, 4, "#f25022"),
            (34, 4, "#7fba00"),
            (4, 34, "#00a4ef"),
            (34, 34, "#ffb900"),
        ]
        .iter()
        .map(|(x, y, fill)| format!("<rect x='{x}' y='{y}' width='26' height='26' fill='{fill}'/>"))
        .collect(),
        // A branch with two ends: what is kept there.
        Kind::GitHub => concat!(
            "<g fill='none' stroke='#24292f' stroke-width='6'>",
            "<circle cx='18' cy='14' r='8'/><circle cx='18' cy='50' r='8'/>",
            "<circle cx='46' cy='22' r='8'/><path d='M18 22v20M46 30c0 10-12 10-26 14'/></g>"
        )
        .to_owned(),
        Kind::Apple => disc("#1d1d1f", "A"),
        Kind::LinkedIn => disc("#0a66c2", "L"),
        Kind::Custom => disc("#5b6472", &initial(provider.name())),
    };
    format!("<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 64 64'>{shapes}</svg>")
}

fn ring() -> String {
    let arcs = [
        ("#ea4335", "M10.8 20.6A24 24 0 0 1 49 15"),
        ("#fbbc05", "M11 43.8A24 24 0 0 1 10.8 20.6"),
        ("#34a853", "M48.6 49.4A24 24 0 0 1 11 43.8"),
        ("#4285f4", "M36 32H56A24 24 0 0 1 48.6 49.4"),
    ];
    let arcs: String = arcs
        .iter()
        .map(|(stroke, d)| format!("<path d='{d}' stroke='{stroke}'/>"))
        .collect();
    format!("<g fill='none' stroke-width='9'>{arcs}</g>")
}

fn disc(fill: &str, letter: &str) -> String {
    format!(
        "<rect x='4' y='4' width='56' height='56' rx='14' fill='{fill}'/>\
         <text x='32' y='44' font-family='sans-serif' font-size='34' font-weight='700' \
         text-anchor='middle' fill='#fff'>{letter}</text>"
    )
}

/// The first letter, as far as it can stand in XML as it is.
fn initial(name: &str) -> String {
    let letter = name.chars().find(|c| c.is_alphanumeric()).unwrap_or('?');
    letter.to_uppercase().collect()
}
