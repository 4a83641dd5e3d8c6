import clsx from 'clsx'
import { type ReactNode, useState } from 'react'
import { type Shot, wantsFull } from '@/components/stage/shot'
import { fitInto, type Size, SQUARES } from '@/components/stage/zoom'
import { usePictureUrl } from '@/lib/data/usePictureUrl'

interface LayerProps {
  shot: Shot
  alt: string
  /** Where it lies, before zoom: the frame of the result. */
  fit: Size
  /** The zoom in percent of the result's real pixels. */
  percent: number
  /** It has another shape than the frame: it keeps its own, in the middle. */
  free?: boolean
  hidden?: boolean
  children?: ReactNode
}

/** One picture in the frame: first a blur of what will come, then what the screen needs, close up the file itself. */
export function Layer({ shot, alt, fit, percent, free = false, hidden = false, children }: LayerProps) {
  const own = free ? fitInto(shot, fit) : fit
  return (
    <div
      className={clsx('absolute top-0 left-0 origin-top-left overflow-hidden', hidden && 'invisible')}
      style={{
        width: fit.width,
        height: fit.height,
        transform: 'translate(var(--x, 0px), var(--y, 0px)) scale(var(--zoom, 1))',
      }}
    >
      <div
        className="absolute overflow-hidden"
        style={{
          width: own.width,
          height: own.height,
          left: (fit.width - own.width) / 2,
          top: (fit.height - own.height) / 2,
        }}
      >
        <Sheets key={`${shot.thumbnail}${shot.screen}`} shot={shot} alt={alt} percent={percent} />
      </div>
      {children}
    </div>
  )
}

function Sheets({ shot, alt, percent }: { shot: Shot; alt: string; percent: number }) {
  const [sharp, setSharp] = useState(false)
  const [wanted, setWanted] = useState(false)
  const [missing, setMissing] = useState(false)
  if (!wanted && wantsFull(shot, percent)) setWanted(true)
  const thumbnail = usePictureUrl(shot.thumbnail)
  const screen = usePictureUrl(shot.screen)
  const full = usePictureUrl(wanted ? shot.full : null)
  const look = clsx(
    'pointer-events-none absolute inset-0 size-full max-w-none select-none',
    percent > SQUARES && '[image-rendering:pixelated]',
  )
  return (
    <>
      {thumbnail && !sharp && (
        <img src={thumbnail} alt="" draggable={false} className={clsx(look, !missing && 'scale-105 blur-md')} />
      )}
      {screen && !missing && (
        <img
          src={screen}
          alt={alt}
          draggable={false}
          decoding="async"
          onLoad={() => setSharp(true)}
          // The small one is all that there is: it is shown as it is.
          onError={() => setMissing(true)}
          className={clsx(look, 'transition-opacity', sharp ? 'opacity-100' : 'opacity-0')}
        />
      )}
      {full && <img src={full} alt="" draggable={false} decoding="async" className={look} />}
    </>
  )
}
