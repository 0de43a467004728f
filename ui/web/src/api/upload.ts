import { Problem } from './problem';

/**
 * Sends a file as it is and tells how much of it has gone, from 0 to 1. Only
 * XMLHttpRequest tells that; fetch does not.
 */
export function send<T>(path: string, file: Blob, type: string, onProgress?: (part: number) => void, signal?: AbortSignal, method: 'POST' | 'PUT' = 'POST'): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(method, `/api/v1${path}`);
    request.setRequestHeader('Content-Type', type);
    request.setRequestHeader('Accept', 'application/json, application/problem+json');
    request.upload.onprogress = (e) => e.lengthComputable && onProgress?.(e.loaded / e.total);
    request.onload = () => {
      const said = parse(request.responseText);
      if (request.status >= 200 && request.status < 300) resolve(said as T);
      else reject(new Problem(request.status, said, Number(request.getResponseHeader('Retry-After')) || 0));
    };
    request.onerror = () => reject(new Problem(0));
    request.onabort = () => reject(new DOMException('', 'AbortError'));
    signal?.addEventListener('abort', () => request.abort(), { once: true });
    request.send(file);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
