//! The packs that come with the binary.

use std::sync::{Arc, LazyLock};

use super::{ModulePolicy, Pack, PackErrors};

macro_rules! packs {
    ($($name:literal),+) => {
        /// `(name, text)` of each pack that comes with the binary, the workspace's first.
        pub const BUILTIN: &[(&str, &str)] = &[$((
            $name,
            include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../policies/", $name, ".toml")),
        )),+];
    };
}

packs!("default", "firmflow", "tracehub", "booking", "tickets");

/// The pack of that name that comes with the binary.
///
/// # Errors
/// Never for what was built and tested; a broken file of a working copy says where.
#[must_use]
pub fn builtin(name: &str) -> Option<Result<Pack, PackErrors>> {
    builtin_with(name, &[])
}

/// The same for a binary that has these modules of a product's own.
///
/// # Errors
/// The pack does not go with the modules.
#[must_use]
pub fn builtin_with(name: &str, modules: &[ModulePolicy]) -> Option<Result<Pack, PackErrors>> {
    let (name, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
    let file = format!("policies/{name}.toml");
    Some(Pack::parse_with(&file, text, modules))
}

/// The workspace's pack.
#[must_use]
pub fn default_pack() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| {
        #[expect(
            clippy::expect_used,
            reason = "compiled in, and parsed by every test run"
        )]
        let pack = builtin("default").expect("there is a default pack");
        #[expect(
            clippy::expect_used,
            reason = "compiled in, and parsed by every test run"
        )]
        Arc::new(pack.expect("the default pack is valid"))
    });
    Arc::clone(&PACK)
}
