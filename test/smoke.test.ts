import { expect, test } from 'vitest'
test('toolchain runs on the pinned Node', () => { expect(process.versions.node.split('.')[0]).toBe('24') })
