import { Link } from "@tanstack/react-router";
import { ChevronRight, ServerCog } from "lucide-react";
import { Card } from "@/components/ui/bits";
import { paths } from "@/lib/paths";
import { isOperator } from "./words";

/** The way to the platform's pages beside the organizations, for those who operate the installation. */
export function PlatformCard({ role }: { role: string | undefined }) {
  if (!isOperator(role)) return null;
  return (
    <Card className="relative mb-8 flex items-center gap-3.5 px-4 py-3.5 transition-colors hover:border-line-strong">
      <span className="grid size-10 shrink-0 place-items-center rounded-lg bg-accent-soft text-accent-text">
        <ServerCog className="size-5" aria-hidden />
      </span>
      <div className="min-w-0 flex-1">
        <Link
          to={paths.platform()}
          className="block truncate rounded-sm font-[550] after:absolute after:inset-0 after:rounded-2xl"
        >
          Platform
        </Link>
        <p className="text-muted text-sm">
          Everything that runs here, of all organizations at once
        </p>
      </div>
      <ChevronRight className="size-4 shrink-0 text-faint" aria-hidden />
    </Card>
  );
}
