/**
 * Draws assets/icon.svg in every size the packages want, with the Chromium that also runs the tests, and writes
 * assets/build/: icons/NxN.png (Linux), icon.icns (macOS), icon.ico (Windows). Run by hand after a change to the SVG;
 * the results are committed.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { remote } from 'webdriverio'
import { findChromium } from '../chromium.ts'
import { root } from '../node24.mjs'
import { icns, ico, type Picture } from './containers.ts'

const sizes = [16, 24, 32, 48, 64, 128, 256, 512, 1024]
const folder = join(root, 'assets', 'build')
const svg = readFileSync(join(root, 'assets', 'icon.svg'), 'utf8')

const found = findChromium()
if ('why' in found) throw new Error(found.why)
const browser = await remote({
  logLevel: 'error',
  capabilities: {
    browserName: 'chrome',
    'goog:chromeOptions': { binary: found.chrome, args: ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage'] },
    'wdio:chromedriverOptions': { binary: found.driver }
  }
})
try {
  await browser.url('about:blank')
  /** Runs in the page: the SVG on a canvas of the given size, as a data address of a PNG. */
  const draw = async (source: string, size: number): Promise<string> => {
    const image = new Image(size, size)
    image.src = `data:image/svg+xml,${encodeURIComponent(source)}`
    await image.decode()
    const canvas = document.createElement('canvas')
    canvas.width = canvas.height = size
    canvas.getContext('2d')?.drawImage(image, 0, 0, size, size)
    return canvas.toDataURL('image/png')
  }
  const pictures: Picture[] = []
  for (const size of sizes) {
    const address = await browser.execute(draw, svg, size)
    pictures.push({ size, png: Buffer.from(address.slice(address.indexOf(',') + 1), 'base64') })
  }
  mkdirSync(join(folder, 'icons'), { recursive: true })
  for (const { size, png } of pictures) writeFileSync(join(folder, 'icons', `${size}x${size}.png`), png)
  writeFileSync(join(folder, 'icon.icns'), icns(pictures))
  writeFileSync(join(folder, 'icon.ico'), ico(pictures))
} finally {
  await browser.deleteSession()
}
