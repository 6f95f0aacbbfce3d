import { Building2, Database, Fence, KeyRound } from "lucide-react";

const LINKS = [
  {
    icon: KeyRound,
    title: "Session",
    text: "A signed token says who it is, and nothing about what they may do.",
  },
  {
    icon: Building2,
    title: "Organization",
    text: "The address says which one; the membership says as what.",
  },
  {
    icon: Fence,
    title: "Tenant",
    text: "Its data has a place of its own, which can move while people work.",
  },
  {
    icon: Database,
    title: "Rows",
    text: "Each carries its owner. What is not yours does not exist for you.",
  },
] as const;

/** The four steps between a person and their data. */
export function Chain() {
  return (
    <ol className="mt-12 grid gap-px overflow-hidden rounded-2xl border border-line bg-line sm:grid-cols-2 lg:grid-cols-4">
      {LINKS.map((link, index) => (
        <li key={link.title} className="bg-surface p-6">
          <div className="flex items-center justify-between">
            <link.icon className="size-5.5 text-accent-text" aria-hidden />
            <span aria-hidden className="tabular font-medium text-faint text-sm">
              {index + 1}
            </span>
          </div>
          <h3 className="mt-8 font-semibold text-lg">{link.title}</h3>
          <p className="mt-1.5 text-muted text-sm">{link.text}</p>
        </li>
      ))}
    </ol>
  );
}
