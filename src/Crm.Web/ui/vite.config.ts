import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import type { Plugin } from 'vite';
import { VitePWA } from 'vite-plugin-pwa';
import { defineConfig } from 'vitest/config';

const server = 'http://127.0.0.1:5080';
const outDir = '../wwwroot';

/** Puts the API reference page beside our own files: the server's content policy allows no other origin. */
function apiReference(): Plugin {
  return {
    name: 'crm-api-reference',
    apply: 'build',
    closeBundle() {
      const from = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
      const to = resolve(import.meta.dirname, outDir, 'docs');
      mkdirSync(to, { recursive: true });
      for (const name of ['swagger-ui.css', 'swagger-ui-bundle.js']) copyFileSync(join(from, name), join(to, name));
    },
  };
}

export default defineConfig({
  plugins: [
    react(),
    apiReference(),
    VitePWA({
      registerType: 'autoUpdate',
      injectRegister: null,
      includeAssets: ['icon.svg'],
      manifest: {
        name: 'Crm',
        short_name: 'Crm',
        start_url: '/',
        display: 'standalone',
        background_color: '#f7f7f5',
        theme_color: '#17181c',
        icons: [
          { src: '/icon-192.png', sizes: '192x192', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png' },
          { src: '/icon-512.png', sizes: '512x512', type: 'image/png', purpose: 'maskable' },
        ],
      },
      workbox: {
        globPatterns: ['**/*.{js,css,html,svg,woff2}'],
        globIgnores: ['docs/**'],
        // Only our own files are kept offline. What the API answers is never stored on the device.
        runtimeCaching: [],
        navigateFallback: '/index.html',
        navigateFallbackDenylist: [
          /^\/api\//,
          /^\/live/,
          /^\/openapi\//,
          /^\/docs/,
          /^\/health\//,
          /^\/sign-in\/callback/,
        ],
        maximumFileSizeToCacheInBytes: 3 * 1024 * 1024,
      },
    }),
  ],
  build: {
    outDir,
    emptyOutDir: true,
    chunkSizeWarningLimit: 900,
    rollupOptions: {
      output: {
        manualChunks(id) {
          if (!id.includes('node_modules')) return undefined;
          if (/node_modules\/@dnd-kit\//.test(id)) return 'drag';
          if (/node_modules\/@microsoft\/signalr\//.test(id)) return 'live';
          if (/node_modules\/(react|react-dom|scheduler|@tanstack|i18next|react-i18next)\//.test(id)) return 'base';
          return undefined;
        },
      },
    },
  },
  server: {
    proxy: {
      '/api': server,
      '/openapi': server,
      '/health': server,
      '/live': { target: server, ws: true },
    },
  },
  test: { environment: 'jsdom', setupFiles: ['src/testing.ts'], include: ['src/**/*.test.{ts,tsx}'] },
});
