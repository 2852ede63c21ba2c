/** What a page may ask of the computer. Electron would grant nearly everything. */
import type { Session } from 'electron'

/** Copying text is all the lab's window ever asks for. */
const ALLOWED: ReadonlySet<string> = new Set(['clipboard-sanitized-write'])

export function denyPermissions(session: Session): void {
  session.setPermissionRequestHandler((_contents, permission, callback) => callback(ALLOWED.has(permission)))
  session.setPermissionCheckHandler((_contents, permission) => ALLOWED.has(permission))
  session.setDevicePermissionHandler(() => false)
  session.setDisplayMediaRequestHandler((_request, callback) => callback(null))
}
