import { ServiceError } from '@/lib/api/errors'
import { base, credentials } from '@/lib/api/place'
import type { Sent } from '@/lib/outbox'

interface Sending {
  name: string
  file: Blob
  signal: AbortSignal
  /** Told how far it is, 0-1. `fetch` cannot tell that of what it sends. */
  onProgress: (share: number) => void
}

interface Answer {
  photo_id?: string
  width?: number
  height?: number
  error?: { code?: string; message?: string }
}

/**
 * Send a photo to the service.
 *
 * @throws ServiceError it was refused, or nobody answered.
 */
export function sendPhoto({ name, file, signal, onProgress }: Sending): Promise<Sent> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    const form = new FormData()
    form.append('file', file, name)
    request.open('POST', `${base()}/api/v1/photos`)
    for (const [header, value] of Object.entries(credentials())) request.setRequestHeader(header, value)
    request.responseType = 'json'
    request.upload.onprogress = event => event.lengthComputable && onProgress(event.loaded / event.total)
    request.onload = () => {
      const answer = (request.response ?? {}) as Answer
      const { photo_id: id, width = 0, height = 0 } = answer
      if (request.status === 201 && id) resolve({ id, width, height })
      else reject(ServiceError.from(answer, request.status, request.getResponseHeader('Retry-After')))
    }
    request.onerror = () => reject(ServiceError.away(new TypeError('connection')))
    request.onabort = () => reject(new DOMException('stopped', 'AbortError'))
    signal.addEventListener('abort', () => request.abort())
    if (signal.aborted) reject(new DOMException('stopped', 'AbortError'))
    else request.send(form)
  })
}
