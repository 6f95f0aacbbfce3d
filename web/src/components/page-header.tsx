import type { ReactNode } from "react";

interface PageHeaderProps {
  title: string;
  /** Where this page belongs: a link back, usually. */
  above?: ReactNode;
  children?: ReactNode;
  actions?: ReactNode;
}

/** The head of a page: its name, a line about it, what one may do. */
export function PageHeader({ title, above, children, actions }: PageHeaderProps) {
  return (
    <header className="mb-8 flex flex-col gap-4 sm:flex-row sm:items-start sm:justify-between">
      <div className="min-w-0">
        {above && <div className="mb-2 text-sm">{above}</div>}
        <h1 className="break-words font-semibold text-[1.75rem] leading-tight">{title}</h1>
        {children && <div className="mt-2 max-w-2xl text-muted">{children}</div>}
      </div>
      {actions && <div className="flex shrink-0 flex-wrap items-center gap-2">{actions}</div>}
    </header>
  );
}
