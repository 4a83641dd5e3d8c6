/** A file that somebody picked. */
export interface Picked {
  file: File
  /** The folder it lay in, if a folder was picked. */
  folder: string
}

const OPENED = /\.(jpe?g|jfif|png|webp|tiff?|avif|heic|heif)$/i
const HIDDEN = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i

/** What the dialog for files offers. */
export const ACCEPTED = {
  'image/jpeg': ['.jpg', '.jpeg', '.jfif'],
  'image/png': ['.png'],
  'image/webp': ['.webp'],
  'image/tiff': ['.tif', '.tiff'],
  'image/avif': ['.avif'],
  'image/heic': ['.heic'],
  'image/heif': ['.heif'],
}

export interface Sorted {
  photos: Picked[]
  /** Names of what is no photo. */
  others: string[]
  /** Names of photos that the service would refuse: they are larger than it takes. */
  large: string[]
  /** Names of what is on the table already: the same name, size and date. */
  twice: Picked[]
}

interface Known {
  name: string
  size: number
  changed: number
}

/**
 * Tell photos from the rest. Files that the system hides, as folders have them, are left out without a word.
 *
 * `most` is the largest file that the service takes, in bytes. It refuses a larger one while that is being sent, and
 * browsers take this for a lost connection: it would be sent again and again.
 */
export function sorted(
  files: readonly File[],
  known: readonly Known[] = [],
  most: number = Number.POSITIVE_INFINITY,
): Sorted {
  const found: Sorted = { photos: [], others: [], large: [], twice: [] }
  const seen = new Set(known.map(one => nameOf(one)))
  for (const file of files) {
    const path = pathOf(file)
    if (HIDDEN.test(path)) continue
    const folder = path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : ''
    // What has no ending may be a photo all the same: the service looks at the content.
    const photo = OPENED.test(file.name) || (!file.name.includes('.') && file.type.startsWith('image/'))
    const name = nameOf({ name: file.name, size: file.size, changed: file.lastModified })
    if (!photo) found.others.push(file.name)
    else if (file.size > most) found.large.push(file.name)
    else if (seen.has(name)) found.twice.push({ file, folder })
    else {
      seen.add(name)
      found.photos.push({ file, folder })
    }
  }
  return found
}

function nameOf({ name, size, changed }: Known): string {
  return `${name}\n${size}\n${changed}`
}

function pathOf(file: File): string {
  const path = (file as File & { path?: string }).path || file.webkitRelativePath || file.name
  return path.replace(/^\.?\//, '')
}
