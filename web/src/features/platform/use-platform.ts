import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { describeError } from "@/api/errors";
import { useNotify } from "@/components/ui/toast";
import { useOperator } from "./context";
import { platformCommands, refreshPlatform } from "./data";

interface Options<V, T> {
  /** What is told when it is done. */
  done(answer: T, variables: V): string;
  onDone?(): void;
  /** Its refusal is shown by whoever asked. */
  quiet?: boolean;
}

/** One change of the platform: it is told of when it is done and when it was refused; what is shown is read anew in any case. */
export function usePlatformChange<V = void, T = unknown>(
  run: (commands: ReturnType<typeof platformCommands>, variables: V) => Promise<T>,
  { done, onDone, quiet }: Options<V, T>,
) {
  const { api } = useOperator();
  const client = useQueryClient();
  const notify = useNotify();
  const commands = useMemo(() => platformCommands(api), [api]);
  return useMutation({
    mutationFn: (variables: V) => run(commands, variables),
    onSuccess: (answer, variables) => {
      notify("good", done(answer, variables));
      onDone?.();
    },
    onError: (error) => {
      if (!quiet) notify("bad", describeError(error));
    },
    onSettled: () => refreshPlatform(client),
  });
}
