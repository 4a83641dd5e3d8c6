import { ServiceError } from '@/lib/api/errors'
import { base, credentials, elsewhere } from '@/lib/api/place'

/**
 * Save a file of the service.
 *
 * From the own service it is a plain download: the browser takes the bytes as they come, however many. Another
 * Safelight wants its token, which only a request of the page can show.
 *
 * @throws ServiceError the file is not there.
 */
export async function downloadFrom(path: string, name?: string): Promise<void> {
  if (!elsewhere()) {
    click(path, name)
    return
  }
  const response = await fetch(base() + path, { headers: credentials() })
  if (!response.ok) throw await ServiceError.of(response)
  const url = URL.createObjectURL(await response.blob())
  click(url, name ?? nameIn(response.headers.get('Content-Disposition')))
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

function click(url: string, name = ''): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

function nameIn(disposition: string | null): string {
  const found = disposition?.match(/filename\*=UTF-8''([^;]+)/)
  return found?.[1] ? decodeURIComponent(found[1]) : ''
}
