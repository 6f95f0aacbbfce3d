import { UserButton } from "@clerk/react";
import type { ReactNode } from "react";
import { useIdentity } from "@/auth/identity";
import { ThemeToggle } from "./theme-toggle";
import { Skeleton } from "./ui/bits";

interface AccountFootProps {
  /** Where or as what one is here, below the name. */
  where: string;
  /** Ways out, before the theme's. */
  children: ReactNode;
}

/** The foot of a frame: who is signed in, and what they may change from anywhere. */
export function AccountFoot({ where, children }: AccountFootProps) {
  const user = useIdentity();
  const email = user.primaryEmailAddress?.emailAddress;
  return (
    <div className="flex items-center gap-2.5 border-line border-t px-1.5 pt-4">
      <UserButton fallback={<Skeleton className="size-7 rounded-full" />} />
      <div className="min-w-0 flex-1 leading-tight">
        <p className="truncate font-[550] text-sm">{user.fullName || email || "You"}</p>
        <p className="truncate text-[0.8125rem] text-muted">{where}</p>
      </div>
      <div className="flex">
        {children}
        <ThemeToggle />
      </div>
    </div>
  );
}
