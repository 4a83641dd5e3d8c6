const TAKEN = /\.(jpe?g|jfif|png|webp|tiff?|avif|heic|heif|zip)$/i
const HIDDEN = /(^|\/)(\.[^/]*|Thumbs\.db|desktop\.ini|__MACOSX\/.*)$/i

/** What the dialog for files offers. */
export const ACCEPT = '.jpg,.jpeg,.jfif,.png,.webp,.tif,.tiff,.avif,.heic,.heif,.zip'

export interface Picked {
  /** Photos and archives of photos. */
  files: File[]
  /** Names of what is neither. */
  others: string[]
  /** Names of what is larger than the service takes. */
  large: string[]
}

/** Tell photos and ZIPs from the rest. Files that the system hides, as folders have them, are left out without a word. */
export function picked(files: readonly File[], most: number = Number.POSITIVE_INFINITY): Picked {
  const found: Picked = { files: [], others: [], large: [] }
  for (const file of files) {
    const path = (file as File & { path?: string }).path || file.webkitRelativePath || file.name
    if (HIDDEN.test(path.replace(/^\.?\//, ''))) continue
    // What has no ending may be a photo all the same: the service looks at the content.
    const taken = TAKEN.test(file.name) || (!file.name.includes('.') && file.type.startsWith('image/'))
    if (!taken) found.others.push(file.name)
    else if (file.size > most) found.large.push(file.name)
    else found.files.push(file)
  }
  return found
}
