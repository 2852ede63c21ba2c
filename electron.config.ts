/**
 * What is built from what: the main side (one file for each process or thread we start by name), the
 * preload script and the renderer. scripts/build.ts runs these. They are plain Vite builds: what electron-vite would add
 * is these presets, while its dev and preview cannot start where Electron's binary is absent, which is where half of our
 * users run. Folders and names are those it expects, so it stays a possible choice.
 */
import { fileURLToPath } from 'node:url'
import { builtinModules } from 'node:module'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import type { InlineConfig } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Never bundled: Electron itself, Node's own modules, and pyodide, which finds its wasm beside itself. */
const external = ['electron', 'pyodide', ...builtinModules, ...builtinModules.map((name) => `node:${name}`)]

export const mainEntries = {
  desktop: here('main/desktop.ts'),
  browser: here('main/browser.ts'),
  cli: here('main/cli.ts'),
  driver: here('engine/driver/main.ts'),
  executor: here('engine/executor/main.ts'),
  python: here('engine/pyspark/thread.ts')
}

export const mainConfig = (entries: Record<string, string> = mainEntries): InlineConfig => ({
  configFile: false,
  root: here('.'),
  publicDir: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external },
  build: {
    ssr: true,
    outDir: here('out/main'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    sourcemap: true,
    rolldownOptions: {
      input: entries,
      external,
      output: { format: 'es', entryFileNames: '[name].js', chunkFileNames: 'chunks/[name]-[hash].js' }
    }
  }
})

export const preloadConfig = (): InlineConfig => ({
  configFile: false,
  root: here('.'),
  publicDir: false,
  logLevel: 'warn',
  ssr: { noExternal: true, external: ['electron'] },
  build: {
    ssr: true,
    outDir: here('out/preload'),
    emptyOutDir: true,
    target: 'node24',
    minify: false,
    rolldownOptions: {
      input: { preload: here('main/preload.ts') },
      external: ['electron'],
      // A sandboxed preload cannot be an ES module.
      output: { format: 'cjs', entryFileNames: '[name].cjs' }
    }
  }
})

export const rendererConfig = (): InlineConfig => ({
  configFile: false,
  root: here('renderer'),
  base: './',
  publicDir: here('renderer/public'),
  logLevel: 'warn',
  plugins: [svelte({ configFile: false })],
  build: {
    outDir: here('out/renderer'),
    emptyOutDir: true,
    target: 'chrome150',
    minify: true,
    sourcemap: false,
    chunkSizeWarningLimit: 2000,
    // How long plugins take is nobody's concern who installs Kindling.
    rolldownOptions: { checks: { pluginTimings: false } }
  }
})
