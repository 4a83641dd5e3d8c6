import { ServiceError } from '@/lib/api/errors'
import { base, credentials } from '@/lib/api/place'

/**
 * Save a report as PDF. It is waited for, so that the page can tell that it is made, and why if it cannot be.
 *
 * @throws ServiceError the service could not make it.
 */
export async function getPdf(path: string, name: string): Promise<void> {
  let response: Response
  try {
    response = await fetch(base() + path, { headers: credentials() })
  } catch (error) {
    throw ServiceError.away(error)
  }
  if (!response.ok) throw await ServiceError.of(response)
  const url = URL.createObjectURL(await response.blob())
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
