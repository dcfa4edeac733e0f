const LOOPBACK_NAMES = ['127.0.0.1', '[::1]', 'localhost'];

/** Whether a URL leads to this machine. */
export function isLoopbackUrl({ hostname }: Pick<URL, 'hostname'>): boolean {
  return LOOPBACK_NAMES.includes(hostname);
}
