/**
 * Dresses Clerk's components in the product's own tokens. They are CSS variables, so light and
 * dark follow by themselves.
 */
export const appearance = {
  options: {
    socialButtonsVariant: "blockButton",
    termsPageUrl: "",
    privacyPageUrl: "",
    unsafe_disableDevelopmentModeWarnings: true,
  },
  variables: {
    colorPrimary: "var(--accent)",
    colorPrimaryForeground: "var(--accent-ink)",
    colorDanger: "var(--danger)",
    colorForeground: "var(--ink)",
    colorMutedForeground: "var(--ink-muted)",
    colorMuted: "var(--sunken)",
    colorNeutral: "var(--ink)",
    colorBackground: "var(--raised)",
    colorInput: "var(--surface)",
    colorInputForeground: "var(--ink)",
    colorBorder: "var(--ink)",
    colorShadow: "var(--shadow-tint)",
    colorModalBackdrop: "var(--overlay)",
    colorRing: "var(--focus)",
    fontFamily: "var(--face-sans)",
    fontFamilyButtons: "var(--face-sans)",
    borderRadius: "0.5rem",
  },
  elements: {
    cardBox: { boxShadow: "none", border: "1px solid var(--line)", width: "100%" },
    card: { boxShadow: "none" },
    rootBox: { width: "100%" },
    footer: { background: "var(--sunken)" },
    formButtonPrimary: { boxShadow: "none", fontWeight: 550, textTransform: "none" },
    formFieldInput: { minHeight: "2.5rem" },
    modalContent: { border: "none" },
    organizationSwitcherTrigger: { padding: "0.375rem 0.5rem", color: "var(--ink)" },
    organizationSwitcherPopoverCard: { boxShadow: "var(--lift-raised)" },
    userButtonPopoverCard: { boxShadow: "var(--lift-raised)" },
    providerIcon__google: { maskImage: "none", WebkitMaskImage: "none" },
    providerIcon__github: { maskImage: "none", WebkitMaskImage: "none" },
    providerIcon__microsoft: { maskImage: "none", WebkitMaskImage: "none" },
  },
} as const;
