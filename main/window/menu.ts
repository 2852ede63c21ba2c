/** The native menu: what belongs to the system. What belongs to the lab is in the window. */
import type { MenuItemConstructorOptions } from 'electron'

export interface MenuChoices {
  platform: NodeJS.Platform
  packaged: boolean
  openLogs(): void
}

export function menuTemplate({ platform, packaged, openLogs }: MenuChoices): MenuItemConstructorOptions[] {
  const mac = platform === 'darwin'
  const developer: MenuItemConstructorOptions[] = packaged ? [] : [{ type: 'separator' }, { role: 'toggleDevTools' }]
  const about: MenuItemConstructorOptions[] = mac ? [] : [{ type: 'separator' }, { role: 'about', label: 'About Kindling' }]
  return [
    mac ? { role: 'appMenu' } : { label: '&Kindling', submenu: [{ role: 'quit' }] },
    { role: 'editMenu' },
    { label: '&View', submenu: [{ role: 'resetZoom' }, { role: 'zoomIn' }, { role: 'zoomOut' }, { type: 'separator' }, { role: 'togglefullscreen' }, ...developer] },
    { role: 'help', submenu: [{ label: 'Open the Folder of Run Logs', click: openLogs }, ...about] }
  ]
}
