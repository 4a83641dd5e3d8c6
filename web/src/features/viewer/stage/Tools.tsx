import { Columns2, FlipHorizontal2, Minus, Plus, SquareSplitHorizontal } from 'lucide-react'
import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { Hint } from '@/components/ui/Hint'
import { number } from '@/lib/format'

export type Mode = 'slider' | 'side' | 'flip'

interface ToolsProps {
  mode: Mode
  percent: number
  /** Why only side by side is right here. */
  onlySide: string | false
  atFit: boolean
  onMode: (mode: Mode) => void
  onFit: () => void
  onFull: () => void
  onCloser: () => void
  onFarther: () => void
}

const MODES = [
  { mode: 'slider', icon: SquareSplitHorizontal },
  { mode: 'side', icon: Columns2 },
  { mode: 'flip', icon: FlipHorizontal2 },
] as const

/** How it is looked at: the modes, and the zoom. */
export function Tools({ mode, percent, onlySide, atFit, onMode, onFit, onFull, onCloser, onFarther }: ToolsProps) {
  const { t } = useTranslation('viewer')
  const full = Math.abs(percent - 100) < 0.5
  return (
    <div
      role="toolbar"
      aria-label={t('tools')}
      className="absolute bottom-3 left-1/2 z-10 flex max-w-[calc(100%-16px)] -translate-x-1/2 items-center rounded-full bg-[#0d0b0ad9] p-1 text-[13px] text-[#f4efe8] shadow-[0_6px_24px_rgb(0_0_0/.4)] print:hidden"
    >
      {MODES.map(one => {
        const off = one.mode === 'side' ? false : onlySide
        return (
          <Tool
            key={one.mode}
            label={t(`mode.${one.mode}`)}
            hint={off || t(`mode_hint.${one.mode}`)}
            on={mode === one.mode}
            off={Boolean(off)}
            onPress={() => onMode(one.mode)}
          >
            <one.icon aria-hidden className="size-4 sm:hidden" />
            <span className="hidden sm:inline">{t(`mode.${one.mode}`)}</span>
          </Tool>
        )
      })}
      <span aria-hidden className="mx-1 h-5 w-px bg-white/20" />
      <Tool label={t('fit')} hint={t('fit_hint')} on={atFit} onPress={onFit}>
        {t('fit')}
      </Tool>
      <Tool label={t('full')} hint={t('full_hint')} on={full} onPress={onFull}>
        100%
      </Tool>
      <Tool label={t('farther')} hint={t('farther')} onPress={onFarther}>
        <Minus aria-hidden className="size-4" />
      </Tool>
      <output aria-label={t('zoom')} className="w-12 text-center text-fact text-[#d5ccc0]">
        {number(percent, percent < 10 ? 1 : 0)}%
      </output>
      <Tool label={t('closer')} hint={t('closer')} onPress={onCloser}>
        <Plus aria-hidden className="size-4" />
      </Tool>
    </div>
  )
}

interface ToolProps {
  label: string
  hint: string
  on?: boolean
  off?: boolean
  onPress: () => void
  children: ReactNode
}

function Tool({ label, hint, on, off = false, onPress, children }: ToolProps) {
  return (
    <Hint words={hint}>
      <button
        type="button"
        aria-label={label}
        aria-pressed={on}
        aria-disabled={off || undefined}
        onClick={() => !off && onPress()}
        className={`flex h-8 min-w-8 shrink-0 items-center justify-center rounded-full px-2 whitespace-nowrap transition-colors sm:px-3 ${on ? 'bg-white/20 font-[550]' : 'hover:bg-white/10'} ${off ? 'opacity-40' : ''}`}
      >
        {children}
      </button>
    </Hint>
  )
}
