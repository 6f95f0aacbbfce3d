import { createContext, type ReactNode, use } from "react";
import { createPublicApi, take } from "@/api/client";
import type { Config } from "@/api/types";

const ConfigContext = createContext<Config | undefined>(undefined);

/** Asks the server for the settings of this installation. */
export function loadConfig(): Promise<Config> {
  return take(createPublicApi().GET("/api/v1/config"));
}

/** Hands the settings to everything below. */
export function ConfigProvider({ value, children }: { value: Config; children: ReactNode }) {
  return <ConfigContext value={value}>{children}</ConfigContext>;
}

/** The settings of this installation. */
export function useConfig(): Config {
  const config = use(ConfigContext);
  if (!config) throw new Error("useConfig outside of ConfigProvider");
  return config;
}
