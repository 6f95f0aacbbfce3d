import { Link } from "@tanstack/react-router";
import { ChevronRight } from "lucide-react";
import type { Project } from "@/api/types";
import { Ago, Badge, Card } from "@/components/ui/bits";
import { useOrg } from "@/features/orgs/context";
import { roleName } from "@/features/orgs/words";
import { formatCount } from "@/lib/format";
import { paths } from "@/lib/paths";

/** Projects as rows, each a link to its page. */
export function ProjectList({ projects, label }: { projects: readonly Project[]; label: string }) {
  const { slug } = useOrg();
  return (
    <Card>
      <ul aria-label={label} className="divide-y divide-line">
        {projects.map((project) => (
          <li
            key={project.id}
            className="group relative flex items-center gap-4 px-4 py-4 transition-colors first:rounded-t-2xl last:rounded-b-2xl hover:bg-ink/3 sm:px-5"
          >
            <div className="min-w-0 flex-1">
              <div className="flex min-w-0 items-center gap-2.5">
                <Link
                  to={paths.project(slug, project.id)}
                  className="truncate rounded-sm font-[550] after:absolute after:inset-0 after:rounded-2xl"
                >
                  {project.name}
                </Link>
                {project.myRole && (
                  <Badge tone={project.myRole === "lead" ? "accent" : "plain"}>
                    {roleName(project.myRole)}
                  </Badge>
                )}
              </div>
              {project.description && (
                <p className="mt-0.5 truncate text-muted text-sm">{project.description}</p>
              )}
              <p className="mt-1 text-[0.8125rem] text-faint sm:hidden">
                {formatCount(project.documentCount, "document")} · changed{" "}
                <Ago at={project.updatedAt} />
              </p>
            </div>
            <div className="tabular hidden shrink-0 text-right text-[0.8125rem] text-muted sm:block">
              <div>{formatCount(project.documentCount, "document")}</div>
              <div className="text-faint">
                changed <Ago at={project.updatedAt} />
              </div>
            </div>
            <ChevronRight
              className="size-4 shrink-0 text-faint transition-transform group-hover:translate-x-0.5"
              aria-hidden
            />
          </li>
        ))}
      </ul>
    </Card>
  );
}
