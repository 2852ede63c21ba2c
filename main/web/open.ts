/** Opens an address in the person's own browser. */
import { spawn } from 'node:child_process'

type Environment = Record<string, string | undefined>

/** Is there a screen to open a browser on? */
export const hasDisplay = (platform: NodeJS.Platform = process.platform, env: Environment = process.env): boolean =>
  platform === 'win32' || platform === 'darwin' || Boolean(env['DISPLAY'] || env['WAYLAND_DISPLAY'])

/** Asks the system to open `address`. Failing is no harm: the address is printed. */
export function openInBrowser(address: string): void {
  const [command, args] =
    process.platform === 'win32' ? (['rundll32', ['url.dll,FileProtocolHandler', address]] as const)
    : process.platform === 'darwin' ? (['open', [address]] as const)
    : (['xdg-open', [address]] as const)
  const child = spawn(command, args, { stdio: 'ignore', detached: true })
  child.on('error', () => {})
  child.unref()
}
