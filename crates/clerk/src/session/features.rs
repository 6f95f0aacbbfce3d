//! Features and permissions in their compact form: `fea`, `o.per` and `o.fpm`.

use super::TokenError;

/// The features that the active organization's and the user's plans include.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Features {
    /// Of the active organization, in the order of the token.
    pub organization: Vec<String>,
    /// Of the user.
    pub user: Vec<String>,
}

/// Reads `fea`: comma-separated `scope:name`, the scope being `o`, `u` or both.
///
/// # Errors
/// An element without a colon is refused, as Clerk's own verifier does. Unknown scopes are ignored.
pub(super) fn parse(fea: &str) -> Result<Features, TokenError> {
    let mut features = Features::default();
    if fea.is_empty() {
        return Ok(features);
    }
    for element in fea.split(',') {
        let (scope, name) = element
            .trim()
            .split_once(':')
            .ok_or(TokenError::ClaimMalformed("fea"))?;
        if matches!(scope, "o" | "ou" | "uo") {
            features.organization.push(name.to_owned());
        }
        if matches!(scope, "u" | "ou" | "uo") {
            features.user.push(name.to_owned());
        }
    }
    Ok(features)
}

/// Expands the masks: bit *i* of the mask at position *n* joins the organization's *n*-th feature
/// with permission *i*. Missing, superfluous and unreadable masks give nothing.
///
/// Masks count over the organization's features alone. Readers that count over all of `fea` agree
/// where the organization's come first, which is how issuers must order them.
pub(super) fn permissions(features: &Features, per: &str, fpm: &str) -> Vec<String> {
    let names: Vec<&str> = per.split(',').map(str::trim).collect();
    let mut permissions = Vec::new();
    for (feature, mask) in features.organization.iter().zip(fpm.split(',')) {
        for (name, granted) in names.iter().zip(bits(mask.trim(), names.len())) {
            if granted && !name.is_empty() {
                permissions.push(format!("org:{feature}:{name}"));
            }
        }
    }
    permissions
}

/// The lowest `count` bits of a decimal number of any size, least significant first; all unset
/// where it is no number.
fn bits(mask: &str, count: usize) -> Vec<bool> {
    if mask.is_empty() || !mask.bytes().all(|byte| byte.is_ascii_digit()) {
        return vec![false; count];
    }
    if let Ok(mask) = mask.parse::<u128>() {
        return (0..count)
            .map(|bit| bit < 128 && mask >> bit & 1 == 1)
            .collect();
    }
    let mut digits: Vec<u8> = mask.bytes().map(|byte| byte - b'0').collect();
    (0..count).map(|_| halve(&mut digits)).collect()
}

/// Halves a decimal number in place and returns the bit that fell off.
fn halve(digits: &mut [u8]) -> bool {
    let mut carry = 0;
    for digit in digits {
        let value = carry * 10 + *digit;
        *digit = value / 2;
        carry = value % 2;
    }
    carry == 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn decoded(fea: &str, per: &str, fpm: &str) -> Vec<String> {
        permissions(&parse(fea).unwrap(), per, fpm)
    }

    #[test]
    fn the_documented_example() {
        assert_eq!(
            decoded("o:dashboard,o:teams", "manage,read", "3,2"),
            [
                "org:dashboard:manage",
                "org:dashboard:read",
                "org:teams:read"
            ]
        );
    }

    #[test]
    fn masks_count_over_organization_features() {
        assert_eq!(
            decoded("u:beta,o:dashboard", "read,manage", "1"),
            ["org:dashboard:read"]
        );
        assert_eq!(
            decoded("u:beta,o:dashboard", "read,manage", "0,1"),
            Vec::<String>::new()
        );
        assert_eq!(
            decoded("ou:x,uo:y", "read", "1,1"),
            ["org:x:read", "org:y:read"]
        );
    }

    #[test]
    fn odd_masks_give_nothing() {
        for fpm in ["", "x", "-1", "1.5", "0x3", "4"] {
            assert_eq!(
                decoded("o:a,o:b", "manage,read", fpm),
                Vec::<String>::new(),
                "{fpm}"
            );
        }
        assert_eq!(decoded("o:a", "read", "1,1,1"), ["org:a:read"]);
        assert_eq!(decoded("", "read", "1"), Vec::<String>::new());
    }

    #[test]
    fn masks_of_any_size() {
        let names: Vec<String> = (0..200).map(|n| format!("p{n}")).collect();
        let per = names.join(",");
        // 2^53 + 1
        assert_eq!(
            decoded("o:a", &per, "9007199254740993"),
            ["org:a:p0", "org:a:p53"]
        );
        // 2^150 + 1, beyond 128 bits
        assert_eq!(
            decoded(
                "o:a",
                &per,
                "1427247692705959881058285969449495136382746625"
            ),
            ["org:a:p0", "org:a:p150"]
        );
    }

    #[test]
    fn a_feature_without_scope_is_refused() {
        assert_eq!(parse("dashboard"), Err(TokenError::ClaimMalformed("fea")));
        assert_eq!(parse("o:a,"), Err(TokenError::ClaimMalformed("fea")));
        assert_eq!(parse("x:a").unwrap(), Features::default());
    }
}
