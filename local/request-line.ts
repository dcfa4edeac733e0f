import pc from 'picocolors';
import { visible } from '../lib/plain-text.ts';
import type { AnsweredRequest } from './gateway.ts';

/** Such as `22:52:01 GET /ingest?playlist_uri=spotify:playlist:… 200 loaded 1.2 s`, in local time. */
export function requestLine(answered: AnsweredRequest, time: Date): string {
  const { code, durationMs, method, path, status } = answered;
  const paint = status < 400 ? pc.green : pc.red;
  return [
    pc.dim(time.toLocaleTimeString('sv-SE')),
    method,
    visible(decode(path)),
    paint([status, ...(code === '' ? [] : [visible(code)])].join(' ')),
    `${(durationMs / 1000).toFixed(1)} s`,
  ].join(' ');
}

/** A badly encoded path stays unchanged. */
function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
