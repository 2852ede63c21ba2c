/** The machines' own definitions are the only thing of the engine's works that the window reads: what is drawn is what runs. */
export { machineDiagrams, stateLabel } from '../../engine/machines/index.ts'
