/**
 * Who may import whom (the Layout of the design, as data). A layer is a folder or a file; the longest path that fits
 * wins. `values` may be imported in any way, `types` by `import type` only. A layer may always import itself.
 */

/**
 * @typedef {object} Layer
 * @property {readonly string[]} [values] layers whose code it may use
 * @property {readonly string[]} [types] layers whose types it may use besides
 * @property {readonly string[]} [packages] packages and Node modules it may use; all unless told
 */

const sockets = ['node:net', 'node:http', 'node:https', 'node:http2', 'node:tls', 'node:dgram', 'node:inspector']
const processes = ['node:child_process', 'node:cluster']
const timers = ['node:timers', 'node:timers/promises']

/** The only files that may load Electron when they run. */
export const electronFiles = ['main/desktop.ts', 'main/preload.ts', 'main/spawners/utility-process.ts']

/** Modules with a hand in the outer world, and the layers of the engine that are that hand. */
export const worldly = [...sockets, ...processes, ...timers]
export const worldlyLayers = ['engine/world']

const engine = 'engine'
const pure = /** @type {const} */ ({ packages: [] })

/** @type {Record<string, Layer>} */
export const layers = {
  'engine/events': { ...pure },
  'engine/rules': { ...pure, values: ['engine/events'] },
  'engine/view': { ...pure, values: ['engine/events'], types: ['engine/lab-api.ts'] },
  'engine/judges': { ...pure, values: ['engine/events'] },
  'engine/lessons': {
    values: ['engine/events', 'engine/faults'],
    types: ['engine/lab-api.ts', 'engine/view'],
    packages: ['xstate', 'yaml', 'zod']
  },
  'engine/machines': {
    values: ['engine/rules', 'engine/events'],
    types: ['engine/world/interfaces.ts', 'engine/world/messages.ts'],
    packages: ['xstate', 'xstate/graph']
  },
  'engine/plans': { values: ['engine/rules', 'engine/events'] },
  'engine/faults': { values: ['engine/events', 'engine/world'], types: ['engine/lab-api.ts', 'engine/rules'] },
  'engine/world': { values: ['engine/events'], types: ['engine/rules', 'engine/pyspark'] },
  'engine/pyspark': { values: ['engine/events', 'engine/rules', 'engine/plans', 'engine/world'] },
  // With master local[…] the driver runs the tasks itself, by the executor's own code; never the other way round.
  'engine/driver': {
    values: [
      'engine/executor', 'engine/machines', 'engine/rules', 'engine/events', 'engine/world', 'engine/plans',
      'engine/pyspark'
    ]
  },
  'engine/executor': {
    values: ['engine/machines', 'engine/rules', 'engine/events', 'engine/world', 'engine/plans', 'engine/pyspark']
  },
  'engine/lab-api.ts': { types: [engine], packages: [] },
  // The protocol between a window and the lab: used on both sides, so it knows neither.
  'main/ipc': { values: ['engine/lab-api.ts', 'engine/events'], types: ['engine/view'], packages: ['zod'] },
  main: { values: [engine, 'main/ipc'] },
  // The machines' definitions, to draw them; nothing of the renderer runs one.
  renderer: { values: ['engine/view', 'engine/events', 'engine/machines', 'main/ipc'], types: ['engine/lab-api.ts'] }
}
