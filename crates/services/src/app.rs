//! What every use case needs, built once at start.

use std::collections::BTreeMap;
use std::hash::Hash;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bailiwick_clerk::api::ClerkApi;
use bailiwick_clerk::session::Verifier;
use bailiwick_kernel::Env;
use bailiwick_kernel::policy::{Pack, ProviderRoles};
use bailiwick_outside::storage::ObjectStore;
use bailiwick_store::{Store, users::Person};
use jiff::SignedDuration;
use moka::sync::Cache;
use uuid::Uuid;

use crate::authn::Rights;
use crate::events::Hub;
use crate::freshness::{Freshness, Stamp};
use crate::impersonations::ActingKey;
use crate::sync::verify::{Proof, Proofs};

/// Rules of one installation that are no policy of roles.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The largest file, bytes.
    pub upload_bytes_max: u64,
    /// Media types that may be uploaded, lower case, without parameters.
    pub content_types: Vec<String>,
    /// Whether a verified user without a row is fetched from the provider on first sight.
    pub jit_users: bool,
    /// How the mirror is kept in step with the provider.
    pub sync: SyncRules,
    /// The roles that the provider's organizations have: what is sent there is one of these. A
    /// setting and not what events told ([`crate::sync::catalogue`]): a role that was there before
    /// the first webhook is never told of, one that exists may not be in an organization's role set,
    /// and a role that came or went by an event would change what every membership's image is,
    /// between two requests.
    pub provider_roles: Vec<String>,
    /// Who makes organizations (C07).
    pub org_creation: OrgCreation,
    /// Whether people are in one organization at most (C03). A second membership waits.
    pub single_org_membership: bool,
    /// Invitations that one organization may send within an hour, repeated ones included.
    pub invitations_per_hour: i64,
    /// For how long an organization keeps a plan that has ended.
    pub plan_grace: SignedDuration,
    /// Where the link of an invitation's mail leads; the provider's own page where it is not set.
    pub invitation_url: Option<String>,
    /// What kinds of company there are (`buyer`); none for any word.
    pub org_types: Vec<String>,
    /// Keys of an organization's public metadata at the provider that are taken over into its
    /// settings (B65): whoever writes metadata there decides nothing else here.
    pub metadata_keys: Vec<String>,
    /// Feature flags as they are until somebody switches them.
    pub flags: BTreeMap<String, bool>,
    /// For how long the data of an organization is kept that was deleted.
    pub tenant_retention: SignedDuration,
    /// How tenants move between schemas.
    pub moves: MoveRules,
}

/// How tenants move between schemas.
#[derive(Debug, Clone)]
pub struct MoveRules {
    /// Rows that are copied in one transaction.
    pub batch_rows: i64,
    /// How long a move rests after each piece of its work, as a multiple of how long that took: what
    /// the others are left.
    pub rest: u32,
    /// How many tenants one process moves at once.
    pub at_once: usize,
}

impl Default for MoveRules {
    fn default() -> Self {
        Self {
            batch_rows: 5000,
            rest: 1,
            at_once: 2,
        }
    }
}

/// Who makes organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrgCreation {
    /// Nobody but who operates the installation.
    PlatformAdmin,
    /// Everybody, for themselves.
    SelfService,
    /// Everybody, and at their first visit one is made for who has none.
    AutoBootstrap,
}

impl OrgCreation {
    /// The words of the setting.
    pub const WORDS: [&'static str; 3] = ["self_service", "platform_admin", "auto_bootstrap"];

    /// The policy of that name.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "platform_admin" => Self::PlatformAdmin,
            "self_service" => Self::SelfService,
            "auto_bootstrap" => Self::AutoBootstrap,
            _ => return None,
        })
    }
}

impl Default for Settings {
    fn default() -> Self {
        let types = [
            "application/pdf",
            "application/zip",
            "application/json",
            "application/octet-stream",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
            "audio/mpeg",
            "image/gif",
            "image/jpeg",
            "image/png",
            "image/webp",
            "text/csv",
            "text/markdown",
            "text/plain",
            "video/mp4",
        ];
        Self {
            upload_bytes_max: 100 * 1024 * 1024,
            content_types: types.map(str::to_owned).to_vec(),
            jit_users: true,
            provider_roles: ["org:admin", "org:member"].map(str::to_owned).to_vec(),
            org_creation: OrgCreation::SelfService,
            single_org_membership: false,
            invitations_per_hour: 100,
            plan_grace: SignedDuration::from_hours(3 * 24),
            invitation_url: None,
            org_types: Vec::new(),
            metadata_keys: Vec::new(),
            flags: BTreeMap::new(),
            tenant_retention: SignedDuration::from_hours(30 * 24),
            sync: SyncRules::default(),
            moves: MoveRules::default(),
        }
    }
}

/// How the mirror is kept in step with the provider.
#[derive(Debug, Clone)]
pub struct SyncRules {
    /// How many calls a second this process makes to verify memberships; a sweep makes half as
    /// many beside. The provider's own limit is for all who use the key.
    pub calls_per_second: u32,
    /// A membership that was confirmed so long ago is verified on its next use; none: never.
    pub verify_after: Option<Duration>,
    /// How often all of the mirror is compared with the provider; none: only when asked.
    pub sweep_every: Option<Duration>,
}

impl Default for SyncRules {
    fn default() -> Self {
        Self {
            calls_per_second: 50,
            verify_after: Some(Duration::from_secs(20)),
            sweep_every: Some(Duration::from_secs(3600)),
        }
    }
}

/// What an [`App`] is made of.
pub struct Parts {
    /// Time and randomness.
    pub env: Env,
    /// The data.
    pub store: Store,
    /// Makes and migrates schemas, where this process may.
    pub owner: Option<bailiwick_pg::Pool>,
    /// Removes the facts of organizations that are gone, where this process may.
    pub retention: Option<bailiwick_pg::Pool>,
    /// The policy.
    pub pack: Arc<Pack>,
    /// The one verifier.
    pub verifier: Verifier,
    /// The provider's Backend API.
    pub clerk: ClerkApi,
    /// Bytes of documents.
    pub objects: Arc<dyn ObjectStore>,
    /// Rules of the installation.
    pub settings: Settings,
}

/// What every use case needs. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

pub(crate) struct Inner {
    pub parts: Parts,
    pub provider_roles: ProviderRoles,
    /// `(user, organization)` of the token, and the header's where it names another → context.
    pub contexts: Cache<ContextKey, Known>,
    pub freshness: Freshness,
    pub events: Arc<Hub>,
    /// Memberships that the provider has lately said do not exist.
    pub absent: Cache<(String, String), ()>,
    pub people: Cache<Uuid, Person>,
    /// Who is being asked for at the provider, because the mirror does not have them; and when that
    /// failed last.
    pub arrivals: Cache<ContextKey, Arc<tokio::sync::Mutex<Option<Instant>>>>,
    /// What the provider confirmed of memberships in use.
    pub proofs: Proofs,
    pub wake: tokio::sync::Notify,
    /// Moves of tenants that may go on at once.
    pub moving: Arc<tokio::sync::Semaphore>,
}

/// A context, when it was read, and what it stands on.
#[derive(Clone)]
pub(crate) struct Known {
    pub context: Arc<Rights>,
    pub stamp: Stamp,
    /// The membership; none where there is none to verify.
    pub proof: Option<Arc<Proof>>,
}

/// Under which a context is cached: never without the organization.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct ContextKey {
    pub user: Arc<str>,
    pub organization: Option<Arc<str>>,
    pub override_org: Option<Uuid>,
    /// Who acts for the user, where it is not they.
    pub acting: Option<ActingKey>,
}

/// A context is kept for so long at most, however fresh: the door compares versions whatever its
/// age, and [`Freshness`] says for how long the rest of it may be used.
const CONTEXT_TTL: Duration = Duration::from_secs(60);

fn cache<K, V>(capacity: u64, time_to_live: Duration) -> Cache<K, V>
where
    K: Hash + Eq + Send + Sync + 'static,
    V: Clone + Send + Sync + 'static,
{
    Cache::builder()
        .max_capacity(capacity)
        .time_to_live(time_to_live)
        .build()
}

impl App {
    /// Puts the parts together.
    #[must_use]
    pub fn new(parts: Parts) -> Self {
        // A finer local role survives where the provider's is its image.
        let roles = parts.settings.provider_roles.iter().map(String::as_str);
        let provider_roles = parts.pack.for_provider(&roles.collect::<Vec<_>>());
        Self(Arc::new(Inner {
            provider_roles,
            contexts: cache(50_000, CONTEXT_TTL),
            freshness: Freshness::new(),
            events: Arc::new(Hub::new()),
            absent: cache(10_000, Duration::from_secs(3)),
            people: cache(50_000, Duration::from_secs(30)),
            arrivals: cache(10_000, Duration::from_secs(60)),
            proofs: Proofs::new(parts.settings.sync.calls_per_second),
            wake: tokio::sync::Notify::new(),
            moving: Arc::new(tokio::sync::Semaphore::new(parts.settings.moves.at_once)),
            parts,
        }))
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    /// Time and randomness.
    #[must_use]
    pub fn env(&self) -> &Env {
        &self.0.parts.env
    }

    /// The data.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.parts.store
    }

    /// Makes and migrates schemas, where this process may.
    #[must_use]
    pub fn owner(&self) -> Option<&bailiwick_pg::Pool> {
        self.0.parts.owner.as_ref()
    }

    /// Removes the facts of organizations that are gone, where this process may.
    #[must_use]
    pub fn retention(&self) -> Option<&bailiwick_pg::Pool> {
        self.0.parts.retention.as_ref()
    }

    /// The policy.
    #[must_use]
    pub fn pack(&self) -> &Arc<Pack> {
        &self.0.parts.pack
    }

    /// The one verifier.
    #[must_use]
    pub fn verifier(&self) -> &Verifier {
        &self.0.parts.verifier
    }

    /// The provider's Backend API.
    #[must_use]
    pub fn clerk(&self) -> &ClerkApi {
        &self.0.parts.clerk
    }

    /// Bytes of documents.
    #[must_use]
    pub fn objects(&self) -> &Arc<dyn ObjectStore> {
        &self.0.parts.objects
    }

    /// Rules of the installation.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.parts.settings
    }

    /// Tells the worker that there is something to do.
    pub fn wake_worker(&self) {
        self.0.wake.notify_one();
    }

    /// A turn among the moves that this process makes at once; none is free otherwise.
    pub(crate) fn turn_to_move(&self) -> Option<tokio::sync::OwnedSemaphorePermit> {
        Arc::clone(&self.0.moving).try_acquire_owned().ok()
    }

    /// Whether this process asks anything of the database just now but for its moves.
    pub(crate) fn serves_others(&self) -> bool {
        let moves = &self.settings().moves;
        let on = moves
            .at_once
            .saturating_sub(self.0.moving.available_permits());
        self.store().pool().status().in_use > on.max(1)
    }

    /// Waits for [`App::wake_worker`].
    pub async fn woken(&self) {
        self.0.wake.notified().await;
    }
}
