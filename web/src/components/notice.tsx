import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { paths } from "@/lib/paths";
import { Brand } from "./brand";
import { MAIN_ID } from "./skip-link";

interface NoticeProps {
  title: string;
  children: ReactNode;
  /** Something above the title that shows what is going on. */
  figure?: ReactNode;
  actions?: ReactNode;
  requestId?: string;
}

/** A page that has one thing to say and one or two ways on. */
export function Notice(props: NoticeProps) {
  return (
    <div className="flex min-h-dvh flex-col">
      <header className="px-5 py-5 sm:px-8">
        <Link to={paths.home()} className="inline-flex rounded-lg">
          <Brand />
        </Link>
      </header>
      <main
        id={MAIN_ID}
        tabIndex={-1}
        className="flex flex-1 items-center px-5 pb-24 outline-none sm:px-8"
      >
        <NoticeBody {...props} />
      </main>
    </div>
  );
}

/** The same within a page that keeps its navigation. */
export function NoticeBody({ title, children, figure, actions, requestId }: NoticeProps) {
  return (
    <div className="mx-auto w-full max-w-md animate-rise-in">
      {figure && <div className="mb-6">{figure}</div>}
      <h1 className="font-semibold text-[1.625rem] leading-tight">{title}</h1>
      <div className="mt-3 space-y-3 text-muted">{children}</div>
      {actions && <div className="mt-7 flex flex-wrap gap-2.5">{actions}</div>}
      {requestId && <RequestId id={requestId} />}
    </div>
  );
}

/** The number under which the server's log knows what happened. */
export function RequestId({ id }: { id: string }) {
  return (
    <p className="mt-6 text-[0.8125rem] text-faint">
      Request <code className="select-all break-all font-mono text-xs">{id}</code>
    </p>
  );
}
