/**
 * Asks whether a file can be fetched, without fetching it: a HEAD that must be answered within the deadline (ms), by
 * whichever host its redirects lead to. A firewall that swallows packets costs the deadline and no more.
 * @returns undefined when it can, else why not
 */
export async function whyUnreachable(url: string, deadline: number): Promise<string | undefined> {
  const host = URL.canParse(url) ? new URL(url).host : url
  try {
    const { ok, status } = await fetch(url, { method: 'HEAD', signal: AbortSignal.timeout(deadline) })
    return ok ? undefined : `${host} answers ${status}`
  } catch (error) {
    const late = error instanceof DOMException && error.name === 'TimeoutError'
    return late ? `${host} does not answer` : `${host} cannot be reached`
  }
}
