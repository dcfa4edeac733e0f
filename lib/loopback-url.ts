/** URL writes every form of an IPv4 address as four numbers. */
const LOOPBACK = /^(?:localhost|\[::1\]|127(?:\.\d{1,3}){3})$/;

/** Whether a URL leads to this machine. */
export function isLoopbackUrl({ hostname }: Pick<URL, 'hostname'>): boolean {
  return LOOPBACK.test(hostname);
}
