import clsx from 'clsx'
import { ImageOff } from 'lucide-react'
import { type ComponentProps, useState } from 'react'
import { usePictureUrl } from '@/lib/data/usePictureUrl'

interface PictureProps extends Omit<ComponentProps<'img'>, 'src' | 'alt'> {
  /** Path at the service, as its answers tell it; `null` while there is none. */
  path: string | null | undefined
  alt: string
}

/** A picture of the service. Its place is kept until it is there, and if it cannot be shown. */
export function Picture({ path, alt, className, ...rest }: PictureProps) {
  const url = usePictureUrl(path)
  const [failed, setFailed] = useState<string | null>(null)
  if (!url || failed === url) {
    return (
      <div
        {...(alt ? { role: 'img', 'aria-label': alt } : { 'aria-hidden': true })}
        className={clsx('grid place-items-center text-ink-3', className)}
      >
        {failed !== null && <ImageOff aria-hidden className="size-6" strokeWidth={1.4} />}
      </div>
    )
  }
  return <img src={url} alt={alt} decoding="async" onError={() => setFailed(url)} className={className} {...rest} />
}
