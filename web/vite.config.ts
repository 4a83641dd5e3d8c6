/// <reference types="vitest/config" />
import { fileURLToPath } from 'node:url'
import tailwind from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url))

// While the page is worked on: `safelight serve` beside `npm run dev`.
const SERVICE = process.env.SAFELIGHT_SERVICE ?? 'http://127.0.0.1:8000'

export default defineConfig({
  plugins: [react(), tailwind()],
  resolve: { alias: { '@': here('./src') } },
  build: {
    outDir: here('../src/safelight/pages'),
    emptyOutDir: true,
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    // The service answers pages of its own address only, so it has to be called by that of this page.
    proxy: Object.fromEntries(
      ['/api', '/docs', '/health', '/metrics'].map(path => [path, { target: SERVICE, changeOrigin: false }]),
    ),
  },
  test: {
    environment: 'jsdom',
    globals: true,
    setupFiles: ['./tests/setup.ts'],
    include: ['src/**/*.test.{ts,tsx}', 'tests/**/*.test.{ts,tsx}'],
    css: false,
  },
})
