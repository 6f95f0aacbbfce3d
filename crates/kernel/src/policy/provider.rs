//! Roles as the identity provider names them, and who wins where both sides have one.

use super::{Pack, RoleId};

/// A provider's role, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Inbound {
    /// The role here.
    pub role: RoleId,
    /// Whether the pack knows the provider's key; where not, the role is the least one, and the
    /// caller counts a warning.
    pub known: bool,
}

/// What is sent to one provider for each role, computed from the keys that the provider has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderRoles {
    /// By role, the least first.
    outbound: Vec<String>,
}

impl ProviderRoles {
    /// The provider's key for `role`.
    ///
    /// Where the provider lacks the role, the next lower one that it has; where it has none below,
    /// its least one, and then the local role keeps the membership down ([`Pack::reconcile`]).
    #[must_use]
    pub fn outbound(&self, role: RoleId) -> &str {
        self.outbound.get(role.index()).map_or("", String::as_str)
    }
}

impl Pack {
    /// Fits the pack to a provider that has the keys `has` (`org:admin`, `org:member`, …). With
    /// none that the pack knows, every role is sent under its own key.
    #[must_use]
    pub fn for_provider(&self, has: &[&str]) -> ProviderRoles {
        let own = |role: RoleId| self.role_outbound(role);
        let exists = |role: &RoleId| has.contains(&own(*role));
        let outbound = self.roles().map(|role| {
            let at_most = self.roles().filter(|other| *other <= role);
            let image = at_most
                .rev()
                .find(exists)
                .or_else(|| self.roles().find(exists));
            own(image.unwrap_or(role)).to_owned()
        });
        ProviderRoles {
            outbound: outbound.collect(),
        }
    }

    /// The role here for a provider's key; an unknown key gets the least role.
    #[must_use]
    pub fn inbound(&self, provider_key: &str) -> Inbound {
        let found = self.roles().find(|role| {
            self.role_data(*role)
                .is_some_and(|data| data.inbound.iter().any(|key| key == provider_key))
        });
        Inbound {
            role: found.unwrap_or(self.least_role()),
            known: found.is_some(),
        }
    }

    /// The role that a membership has after the provider said `provider_key`.
    ///
    /// The provider decides whether a membership exists and its coarse role; the local role stays
    /// where the provider's is its image, since the provider could not say it finer. So what we
    /// sent never comes back as more than it was.
    #[must_use]
    pub fn reconcile(
        &self,
        provider: &ProviderRoles,
        local: Option<RoleId>,
        provider_key: &str,
    ) -> Inbound {
        let inbound = self.inbound(provider_key);
        match local {
            Some(local)
                if inbound.known && self.inbound(provider.outbound(local)).role == inbound.role =>
            {
                Inbound {
                    role: local,
                    known: true,
                }
            }
            _ => inbound,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::default_pack;
    use super::*;

    const STOCK: &[&str] = &["org:admin", "org:member"];
    const CUSTOM: &[&str] = &[
        "org:owner",
        "org:admin",
        "org:manager",
        "org:member",
        "org:viewer",
    ];

    fn role(key: &str) -> RoleId {
        default_pack().role(key).unwrap()
    }

    #[test]
    fn reads_both_spellings_and_lowers_what_it_does_not_know() {
        let pack = default_pack();
        for (key, expected) in [
            ("org:owner", "owner"),
            ("org:admin", "admin"),
            ("admin", "admin"),
            ("org:manager", "manager"),
            ("org:member", "member"),
            ("member", "member"),
            ("basic_member", "member"),
            ("org:viewer", "viewer"),
            ("guest_member", "viewer"),
        ] {
            assert_eq!(
                pack.inbound(key),
                Inbound {
                    role: role(expected),
                    known: true
                },
                "{key}"
            );
        }
        for key in ["", "org:ADMIN", "org:superhero", "Admin"] {
            assert_eq!(
                pack.inbound(key),
                Inbound {
                    role: role("viewer"),
                    known: false
                },
                "{key}"
            );
        }
    }

    #[test]
    fn sends_the_lower_neighbour_to_a_stock_provider() {
        let stock = default_pack().for_provider(STOCK);
        for (key, sent) in [
            ("owner", "org:admin"),
            ("admin", "org:admin"),
            ("manager", "org:member"),
            ("member", "org:member"),
            ("viewer", "org:member"),
        ] {
            assert_eq!(stock.outbound(role(key)), sent, "{key}");
        }
        let custom = default_pack().for_provider(CUSTOM);
        let sent: Vec<_> = default_pack()
            .roles()
            .map(|r| custom.outbound(r).to_owned())
            .collect();
        assert_eq!(
            sent,
            [
                "org:viewer",
                "org:member",
                "org:manager",
                "org:admin",
                "org:owner"
            ]
        );
    }

    #[test]
    fn the_finer_local_role_stays_and_a_real_change_wins() {
        let pack = default_pack();
        let stock = pack.for_provider(STOCK);
        let after = |local: &str, key| pack.reconcile(&stock, Some(role(local)), key).role;
        assert_eq!(after("viewer", "org:member"), role("viewer"));
        assert_eq!(after("manager", "member"), role("manager"));
        assert_eq!(after("owner", "org:admin"), role("owner"));
        assert_eq!(after("owner", "org:member"), role("member"));
        assert_eq!(after("viewer", "org:admin"), role("admin"));
        assert_eq!(
            pack.reconcile(&stock, None, "org:member").role,
            role("member")
        );
        let custom = pack.for_provider(CUSTOM);
        assert_eq!(
            pack.reconcile(&custom, Some(role("manager")), "org:member")
                .role,
            role("member")
        );
    }

    proptest! {
        #[test]
        fn a_round_trip_never_raises(
            has in proptest::sample::subsequence(CUSTOM, 0..=CUSTOM.len()),
            index in 0..CUSTOM.len(),
        ) {
            let pack = default_pack();
            let provider = pack.for_provider(&has);
            let local = pack.roles().nth(index).unwrap();
            let sent = provider.outbound(local);
            prop_assert!(pack.reconcile(&provider, Some(local), sent).role <= local);
            prop_assert!(has.is_empty() || has.contains(&sent));
            let least = pack.roles().find(|r| has.contains(&provider.outbound(*r)));
            let image = pack.inbound(sent).role;
            prop_assert!(image <= local || least.is_some_and(|l| provider.outbound(l) == sent));
        }
    }
}
