import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import { tanstackRouter } from "@tanstack/router-plugin/vite";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { precompress } from "./build/precompress";

/** Where `npm run dev` finds the server whose API and `/__clerk` it passes on. */
const server = process.env.APP_URL ?? "http://localhost:3000";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [
    tanstackRouter({
      target: "react",
      autoCodeSplitting: true,
      quoteStyle: "double",
      semicolons: true,
    }),
    react(),
    tailwindcss(),
    precompress(),
  ],
  resolve: {
    alias: {
      "@bailiwick/react": here("./packages/react/src/index.ts"),
      "@": here("./src"),
    },
  },
  build: { sourcemap: false, target: "es2023", assetsInlineLimit: 0 },
  server: {
    host: "localhost",
    port: 5173,
    proxy: { "/api": server, "/__clerk": server },
  },
  test: {
    include: ["src/**/*.test.ts", "packages/react/src/**/*.test.{ts,tsx}"],
    environment: "node",
  },
});
