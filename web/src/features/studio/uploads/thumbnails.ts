const SIDE = 480
const MOST = 400

/**
 * Small pictures of files that this tab has picked, so that a photo is seen before the service has looked at it.
 *
 * Made one after the other, off the page's thread where the browser can; what it cannot open has none.
 */
export class Thumbnails {
  private readonly urls = new Map<string, string>()
  private readonly listeners = new Set<() => void>()
  private line: Promise<void> = Promise.resolve()

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  find(id: string): string | null {
    return this.urls.get(id) ?? null
  }

  make(id: string, file: Blob): void {
    this.line = this.line.then(() => this.draw(id, file)).catch(() => undefined)
  }

  /** What was known by one name is known by another: a photo has become a task. */
  rename(from: string, to: string): void {
    const url = this.urls.get(from)
    if (!url) return
    this.urls.delete(from)
    this.urls.set(to, url)
  }

  private async draw(id: string, file: Blob): Promise<void> {
    const bitmap = await createImageBitmap(file, { resizeWidth: SIDE, resizeQuality: 'medium' })
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height)
    canvas.getContext('2d')?.drawImage(bitmap, 0, 0)
    bitmap.close()
    const url = URL.createObjectURL(await canvas.convertToBlob({ type: 'image/webp', quality: 0.75 }))
    this.urls.set(id, url)
    // The oldest give way: the service has made its own by then.
    const [oldest] = this.urls
    if (this.urls.size > MOST && oldest) {
      URL.revokeObjectURL(oldest[1])
      this.urls.delete(oldest[0])
    }
    for (const listener of this.listeners) listener()
  }
}
