import { CircleAlert, CircleCheck, X } from "lucide-react";
import { Toast as Primitive } from "radix-ui";
import { createContext, type ReactNode, use, useCallback, useState } from "react";

interface Message {
  id: number;
  tone: "good" | "bad";
  text: string;
}

type Notify = (tone: Message["tone"], text: string) => void;

const ToastContext = createContext<Notify | undefined>(undefined);

const SHOWN_MAX = 4;
let lastId = 0;

/** Shows short messages in the corner and reads them out. */
export function ToastProvider({ children }: { children: ReactNode }) {
  const [messages, setMessages] = useState<Message[]>([]);
  const notify = useCallback<Notify>((tone, text) => {
    lastId += 1;
    const message = { id: lastId, tone, text };
    setMessages((all) => [...all, message].slice(-SHOWN_MAX));
  }, []);
  const drop = (id: number) => setMessages((all) => all.filter((message) => message.id !== id));
  return (
    <ToastContext value={notify}>
      <Primitive.Provider swipeDirection="right" duration={6000} label="Message">
        {children}
        {messages.map((message) => (
          <Primitive.Root
            key={message.id}
            type={message.tone === "bad" ? "foreground" : "background"}
            onOpenChange={(open) => !open && drop(message.id)}
            className="flex items-start gap-3 rounded-xl border border-line bg-raised p-3.5 pr-2.5 shadow-raised animate-rise-in data-[swipe=move]:translate-x-(--radix-toast-swipe-move-x)"
          >
            {message.tone === "bad" ? (
              <CircleAlert className="mt-0.5 size-4.5 shrink-0 text-danger" aria-hidden />
            ) : (
              <CircleCheck className="mt-0.5 size-4.5 shrink-0 text-accent-text" aria-hidden />
            )}
            <Primitive.Description className="min-w-0 flex-1 break-words text-sm">
              {message.text}
            </Primitive.Description>
            <Primitive.Close
              aria-label="Dismiss"
              className="rounded-md p-1 text-muted hover:bg-ink/6 hover:text-ink"
            >
              <X className="size-3.5" aria-hidden />
            </Primitive.Close>
          </Primitive.Root>
        ))}
        <Primitive.Viewport className="fixed right-0 bottom-16 z-60 md:bottom-0 flex w-full max-w-sm flex-col gap-2 p-4 outline-none" />
      </Primitive.Provider>
    </ToastContext>
  );
}

/** A function that shows a message. */
export function useNotify(): Notify {
  const notify = use(ToastContext);
  if (!notify) throw new Error("useNotify outside of ToastProvider");
  return notify;
}
