/** An ESLint rule: imports follow scripts/lint/layers.js. Works on paths alone, so an import needs no resolver. */
import { isBuiltin } from 'node:module'
import { dirname, relative, resolve, sep } from 'node:path'
import { electronFiles, layers, worldly, worldlyLayers } from './layers.js'

const within = (/** @type {string} */ path, /** @type {string} */ folder) =>
  path === folder || path.startsWith(`${folder}/`)

/** The layer a file is of: the longest that fits. @param {string} path from the root of the checkout */
export const layerOf = (path) =>
  Object.keys(layers)
    .filter((folder) => within(path, folder))
    .sort((a, b) => b.length - a.length)[0]

/**
 * Judges one import.
 * @param {string} file the importing file, from the root of the checkout, with forward slashes
 * @param {string} source what it imports, as written
 * @param {boolean} typeOnly whether the import is gone when the code runs
 * @returns {string | undefined} a sentence saying what is wrong
 */
export function judge(file, source, typeOnly) {
  const name = layerOf(file)
  const layer = name === undefined ? undefined : layers[name]
  if (source.startsWith('.')) {
    if (name === undefined || layer === undefined) return undefined
    const target = relative('/', resolve('/', dirname(file), source.replace(/[?#].*$/, ''))).split(sep).join('/')
    if (layerOf(target) === name) return undefined
    if ((layer.values ?? []).some((allowed) => within(target, allowed))) return undefined
    if ((layer.types ?? []).some((allowed) => within(target, allowed)))
      return typeOnly ? undefined : `${name} may use the types of ${target}, not its code: write "import type".`
    return `${name} may not import ${target}.`
  }
  const module = isBuiltin(source) && !source.startsWith('node:') ? `node:${source}` : source
  if (module === 'electron' || module.startsWith('electron/')) {
    if (electronFiles.includes(file) || (typeOnly && !file.startsWith('engine/') && !file.startsWith('renderer/')))
      return undefined
    return `Only ${electronFiles.join(', ')} may import Electron.`
  }
  if (name === undefined || layer === undefined || typeOnly) return undefined
  if (layer.packages !== undefined && !layer.packages.includes(module)) return `${name} may not use ${module}.`
  if (name.startsWith('engine/') && worldly.includes(module) && !worldlyLayers.includes(name))
    return `Only ${worldlyLayers.join(', ')} touches processes, sockets and timers: not ${name}.`
  if (name === 'renderer' && module.startsWith('node:')) return `The window has no Node: not ${module}.`
  return undefined
}

/** @type {import('eslint').Rule.RuleModule} */
export const importDirection = {
  meta: {
    type: 'problem',
    docs: { description: 'imports follow the layers of the design' },
    schema: [],
    messages: { wrong: '{{ sentence }}' }
  },
  create(context) {
    const file = relative(context.cwd, context.filename).split(sep).join('/')
    /** @param {any} node @param {any} source @param {boolean} typeOnly */
    const check = (node, source, typeOnly) => {
      if (typeof source?.value !== 'string') return
      const sentence = judge(file, source.value, typeOnly)
      if (sentence !== undefined) context.report({ node, messageId: 'wrong', data: { sentence } })
    }
    /** `import type …`, or every name marked `type`. @param {any} node */
    const isTypeOnly = (node) =>
      node.importKind === 'type' ||
      node.exportKind === 'type' ||
      (node.specifiers?.length > 0 &&
        node.specifiers.every((/** @type {any} */ name) => name.importKind === 'type' || name.exportKind === 'type'))
    /** @param {any} node */
    const statement = (node) => check(node, node.source, isTypeOnly(node))
    return {
      ImportDeclaration: statement,
      ExportNamedDeclaration: statement,
      ExportAllDeclaration: statement,
      ImportExpression: (node) => check(node, node.source, false),
      /** `import('x').Y` as a type. @param {any} node */
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
      /** `require` and `createRequire(…)('x')` alike. @param {any} node */
      'CallExpression[callee.name=/^require/]': (node) => check(node, node.arguments[0], false)
    }
  }
}
