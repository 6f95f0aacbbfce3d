//! Permissions that somebody holds this far, each with its data window.

use super::permission::{Permission, PermissionSet};
use super::window::Window;

/// Permissions with their windows. Asking whether one is held is a bit test.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    set: PermissionSet,
    /// Those of `set` that a window bounds; few, so a scan is quicker than a map.
    windows: Vec<(Permission, Window)>,
}

impl Held {
    /// Adds `permission` within `window`. Who holds it twice holds what either lets through.
    pub(super) fn add(&mut self, permission: Permission, window: Window) {
        let known = self.window(permission);
        self.set.insert(permission);
        let window = known.map_or(window, |known| known.or(window));
        self.windows.retain(|(other, _)| *other != permission);
        if !window.is_open() {
            self.windows.push((permission, window));
        }
    }

    /// Whether it is held, within whatever window.
    #[inline]
    pub(super) fn contains(&self, permission: Permission) -> bool {
        self.set.contains(permission)
    }

    /// Within which window it is held, if at all.
    #[inline]
    pub(super) fn window(&self, permission: Permission) -> Option<Window> {
        if !self.set.contains(permission) {
            return None;
        }
        let found = self.windows.iter().find(|(known, _)| *known == permission);
        Some(found.map_or(Window::OPEN, |(_, window)| *window))
    }
}
