/** The same policy on both hosts: the window's own files, nothing inline, nothing from elsewhere. */

/**
 * The Content-Security-Policy of the window.
 * @param connect origins beside its own that the window may talk to, e.g. `ws://127.0.0.1:4040`
 */
export const contentSecurityPolicy = (connect: readonly string[] = []): string =>
  [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    "font-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'"
  ].join('; ')

/** Headers of everything that is served to a window. */
export const securityHeaders = (connect: readonly string[] = []): Record<string, string> => ({
  'Content-Security-Policy': contentSecurityPolicy(connect),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin'
})
