/**
 * Dresses Clerk's components in the product's own tokens. They are CSS variables, so light and
 * dark follow by themselves.
 */
const appearance = {
  options: {
    socialButtonsVariant: "blockButton",
    termsPageUrl: "",
    privacyPageUrl: "",
    unsafe_disableDevelopmentModeWarnings: true,
  },
  variables: {
    colorPrimary: "var(--bw-accent)",
    colorPrimaryForeground: "var(--bw-accent-ink)",
    colorDanger: "var(--bw-danger)",
    colorForeground: "var(--bw-ink)",
    colorMutedForeground: "var(--bw-ink-muted)",
    colorMuted: "var(--bw-sunken)",
    colorNeutral: "var(--bw-ink)",
    colorBackground: "var(--bw-raised)",
    colorInput: "var(--bw-surface)",
    colorInputForeground: "var(--bw-ink)",
    colorBorder: "var(--bw-ink)",
    colorShadow: "var(--bw-shadow-tint)",
    colorModalBackdrop: "var(--bw-overlay)",
    colorRing: "var(--bw-focus)",
    fontFamily: "var(--bw-face-sans)",
    fontFamilyButtons: "var(--bw-face-sans)",
    borderRadius: "0.5rem",
  },
  elements: {
    cardBox: { boxShadow: "none", border: "1px solid var(--bw-line)", width: "100%" },
    card: { boxShadow: "none" },
    footer: { background: "var(--bw-sunken)" },
    formButtonPrimary: { boxShadow: "none", fontWeight: 550, textTransform: "none" },
    formFieldInput: { minHeight: "2.5rem" },
    // As wide as its name, and on another line where it does not fit: no provider's name is cut.
    socialButtons: { display: "flex", flexWrap: "wrap" },
    socialButtonsBlockButton: { flex: "1 1 auto", width: "auto", paddingInline: "0.5rem" },
    modalContent: { border: "none" },
    organizationSwitcherPopoverCard: { boxShadow: "var(--bw-lift-raised)" },
    userButtonPopoverCard: { boxShadow: "var(--bw-lift-raised)" },
  },
} as const;

/** Providers whose picture Clerk's components take for a mask. */
const MASKED = new Set(["apple", "github"]);

/**
 * Pictures of providers from our own identity provider at `proxyUrl`: Clerk's components would
 * load theirs from the internet. Some they use as a mask, which the same picture serves.
 */
function providerIcons(proxyUrl: string) {
  const icons: Record<string, Record<string, string>> = {};
  for (const provider of ["google", "microsoft", "github", "apple", "linkedin_oidc"]) {
    const image = `url(${proxyUrl}/images/providers/${provider}.svg)`;
    const icon: Record<string, string> = MASKED.has(provider)
      ? { maskImage: image, WebkitMaskImage: image }
      : { backgroundImage: image };
    icons[`providerIcon__${provider}`] = icon;
    icons[`socialButtonsProviderIcon__${provider}`] = icon;
  }
  return icons;
}

/** The same for an instance that is served beside the page. */
export function appearanceAt(proxyUrl: string | null | undefined) {
  if (!proxyUrl) return appearance;
  return { ...appearance, elements: { ...appearance.elements, ...providerIcons(proxyUrl) } };
}

/** For Clerk's large components: they fill the column that they stand in. */
export const wide = { elements: { rootBox: { width: "100%" } } } as const;

/** For the organization switcher: as wide as its place, and never wider, however long the name. */
export const switcher = {
  elements: {
    rootBox: { width: "100%", minWidth: 0 },
    organizationSwitcherTrigger: {
      width: "100%",
      justifyContent: "space-between",
      padding: "0.375rem 0.5rem",
      color: "var(--bw-ink)",
    },
    organizationPreview: { minWidth: 0 },
    organizationPreviewTextContainer: { minWidth: 0 },
  },
} as const;
