/**
 * The bridge of the desktop window: `window.kindling` with the calls of LabApi and nothing else. Runs
 * sandboxed; it may require `electron` and no other thing.
 */
import { contextBridge, ipcRenderer } from 'electron'
import { connectLab } from './ipc/client.ts'
import { FROM_LAB, TO_LAB } from './ipc/frames.ts'
import type { ServerFrame } from './ipc/frames.ts'

const { connection: _, ...lab } = connectLab({
  send: (frame) => ipcRenderer.send(TO_LAB, frame),
  // The event holds the sender, which must not reach the page.
  onFrame: (handler) => void ipcRenderer.on(FROM_LAB, (_event, frame: ServerFrame) => handler(frame)),
  onState: (handler) => handler('open')
})

contextBridge.exposeInMainWorld('kindling', lab)
