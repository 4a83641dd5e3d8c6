import type { Size } from '@/components/stage/zoom'
import type { FaceOutcome } from '@/lib/made/result'

interface FaceBoxesProps {
  faces: readonly FaceOutcome[]
  frame: Size
  /** Number of the face that is pointed at. */
  lit: number | null
}

/** Where the faces are, in the frame of the result; the lines stay thin at any zoom. */
export function FaceBoxes({ faces, frame, lit }: FaceBoxesProps) {
  return faces.map(({ index, box: [left, top, width, height] }) => (
    <span
      key={index}
      data-face={index}
      className={`pointer-events-none absolute rounded-[calc(6px/var(--zoom,1))] border-solid shadow-[0_0_calc(3px/var(--zoom,1))_rgb(0_0_0/.6)] ${lit === index ? 'border-light' : 'border-white/80'}`}
      style={{
        left: `${(left * 100) / frame.width}%`,
        top: `${(top * 100) / frame.height}%`,
        width: `${(width * 100) / frame.width}%`,
        height: `${(height * 100) / frame.height}%`,
        borderWidth: `calc(${lit === index ? 3 : 1.5}px / var(--zoom, 1))`,
      }}
    />
  ))
}
