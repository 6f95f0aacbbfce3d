import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { createQueryClient } from "@/api/query-client";
import { Auth } from "@/auth/clerk";
import { ForgetOnChange } from "@/auth/identity";
import { sessionRefusal } from "@/auth/refusal";
import { StartFailure } from "@/components/start-failure";
import { ToastProvider } from "@/components/ui/toast";
import { TooltipProvider } from "@/components/ui/tooltip";
import { ConfigProvider, loadConfig } from "@/config/config";
import { createAppRouter } from "./router";
import "./styles.css";

/** Starts the page: settings first, since even the sign-in is set by them. */
async function start(element: HTMLElement): Promise<void> {
  const root = createRoot(element);
  try {
    const config = await loadConfig();
    const router = createAppRouter();
    const queries = createQueryClient(sessionRefusal.report);
    root.render(
      <StrictMode>
        <ConfigProvider value={config}>
          <Auth config={config} router={router}>
            <QueryClientProvider client={queries}>
              <ForgetOnChange />
              <TooltipProvider delayDuration={350}>
                <ToastProvider>
                  <RouterProvider router={router} />
                </ToastProvider>
              </TooltipProvider>
            </QueryClientProvider>
          </Auth>
        </ConfigProvider>
      </StrictMode>,
    );
  } catch (error) {
    root.render(<StartFailure error={error} />);
  }
}

const element = document.getElementById("root");
if (element) void start(element);
