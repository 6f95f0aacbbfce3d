import { useMutation } from "@tanstack/react-query";
import { Download } from "lucide-react";
import { describeError } from "@/api/errors";
import { Button } from "@/components/ui/button";
import { Menu, MenuItem } from "@/components/ui/menu";
import { useNotify } from "@/components/ui/toast";
import { useOrg } from "@/features/orgs/context";
import { type AuditFilter, type AuditFormat, exportAudit } from "./data";

/** Takes what the filters leave home as a file. */
export function ExportMenu({ filter }: { filter: AuditFilter }) {
  const { api, slug } = useOrg();
  const notify = useNotify();
  const take = useMutation({
    mutationFn: (format: AuditFormat) => exportAudit(api, filter, format),
    onSuccess: (blob, format) => save(blob, `audit-${slug}.${format}`),
    onError: (error) => notify("bad", describeError(error)),
  });
  return (
    <Menu
      trigger={
        <Button variant="secondary" busy={take.isPending}>
          <Download aria-hidden />
          Export
        </Button>
      }
    >
      <MenuItem onSelect={() => take.mutate("csv")}>For a spreadsheet (CSV)</MenuItem>
      <MenuItem onSelect={() => take.mutate("ndjson")}>For programs (NDJSON)</MenuItem>
    </Menu>
  );
}

function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken hold of it by the next turn.
  setTimeout(() => URL.revokeObjectURL(url), 0);
}
