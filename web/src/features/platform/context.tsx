import { createContext, use } from "react";
import type { Api } from "@/api/client";
import type { Me } from "@/api/types";

interface Operator {
  me: Me;
  api: Api;
  /** Why they may not do what takes a permission such as `platform:replay`; absent where they may. */
  obstacle(permission: string): string | undefined;
}

/** Who looks at the platform's pages. */
export const OperatorContext = createContext<Operator | undefined>(undefined);

/** Who looks at the platform's pages. */
export function useOperator(): Operator {
  const operator = use(OperatorContext);
  if (!operator) throw new Error("useOperator outside of OperatorGate");
  return operator;
}
