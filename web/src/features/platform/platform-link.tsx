import { Link } from "@tanstack/react-router";
import { ServerCog } from "lucide-react";
import { Button } from "@/components/ui/button";
import { Tooltip } from "@/components/ui/tooltip";
import { paths } from "@/lib/paths";
import { isOperator } from "./words";

/** The way to the platform's pages, for those who operate the installation. */
export function PlatformLink({ role }: { role: string | undefined }) {
  if (!isOperator(role)) return null;
  return (
    <Tooltip text="Platform">
      <Button asChild variant="quiet" size="icon">
        <Link to={paths.platform()} aria-label="Platform">
          <ServerCog aria-hidden />
        </Link>
      </Button>
    </Tooltip>
  );
}
