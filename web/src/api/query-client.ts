import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { ApiError, isProvisioning, isTransient } from "./errors";

const ATTEMPTS_MAX = 3;

/** Whether and when a failed reading is tried again. A refusal is final, and so is a wait for provisioning, which has a page of its own. */
export function shouldRetry(failures: number, error: unknown): boolean {
  return failures < ATTEMPTS_MAX - 1 && isTransient(error) && !isProvisioning(error);
}

/** Waits as long as the server asked, else a little longer each time. In milliseconds. */
export function retryDelay(failures: number, error: unknown): number {
  const asked = error instanceof ApiError ? error.retryAfterMs : undefined;
  return asked ?? Math.min(600 * 2 ** failures, 8000);
}

/** The cache of everything read. `onRefused` hears of every 401. */
export function createQueryClient(onRefused: (error: ApiError) => void): QueryClient {
  const onError = (error: unknown) => {
    if (error instanceof ApiError && error.status === 401) onRefused(error);
  };
  return new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      queries: { retry: shouldRetry, retryDelay, staleTime: 15_000, refetchOnWindowFocus: true },
      mutations: {
        retry: (failures, error) =>
          failures < 2 && error instanceof ApiError && error.status === 429,
        retryDelay,
      },
    },
  });
}
