import type { ProjectRole } from "@/api/types";
import type { SelectOption } from "@/components/ui/select";

/** What one can be on a project. */
export const PROJECT_ROLES: ReadonlyArray<SelectOption<ProjectRole>> = [
  { value: "lead", label: "Lead" },
  { value: "contributor", label: "Contributor" },
];
