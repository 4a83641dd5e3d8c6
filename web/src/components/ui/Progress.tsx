import clsx from 'clsx'

interface ProgressProps {
  label: string
  /** Finished share, 0-1. */
  share: number
  tone?: 'light' | 'amber' | 'good' | 'bad'
  className?: string
}

const TONES = { light: 'bg-light', amber: 'bg-amber', good: 'bg-good', bad: 'bg-bad' }

/** A thin line that grows. */
export function Progress({ label, share, tone = 'light', className }: ProgressProps) {
  const percent = Math.round(Math.max(0, Math.min(1, share)) * 100)
  return (
    <div
      role="progressbar"
      aria-label={label}
      aria-valuenow={percent}
      aria-valuemin={0}
      aria-valuemax={100}
      className={clsx('h-[3px] overflow-hidden bg-line-soft', className)}
    >
      <div className={clsx('h-full transition-[width]', TONES[tone])} style={{ width: `${percent}%` }} />
    </div>
  )
}
