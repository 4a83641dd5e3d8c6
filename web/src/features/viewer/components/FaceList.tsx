import { useTranslation } from 'react-i18next'
import { FactGroup } from '@/components/ui/Facts'
import { Progress } from '@/components/ui/Progress'
import { Switch } from '@/components/ui/Switch'
import { number } from '@/lib/format'
import { runningWords } from '@/lib/i18n/service'
import { warningWords } from '@/lib/i18n/warnings'
import type { FaceOutcome } from '@/lib/made/result'

interface FaceListProps {
  faces: readonly FaceOutcome[]
  shown: boolean
  onShow: (shown: boolean) => void
  /** A face is pointed at or has the focus; `null` = none. */
  onLight: (index: number | null) => void
}

/** Below this the network's own measure says that it is somebody else. */
const SAME_PERSON = 0.5
const SURELY = 0.7

export function toneOf(similarity: number): 'good' | 'amber' | 'bad' {
  return similarity >= SURELY ? 'good' : similarity >= SAME_PERSON ? 'amber' : 'bad'
}

/** What became of each face, and whether it is still the same person. */
export function FaceList({ faces, shown, onShow, onLight }: FaceListProps) {
  const { t } = useTranslation('viewer')
  const restored = faces.filter(one => one.restored).length
  return (
    <FactGroup title={t('faces')}>
      <p className="text-fact text-ink-2">{t('faces_of', { count: faces.length, restored })}</p>
      <Switch label={t('show_faces')} checked={shown} onChange={onShow} />
      <ul className="mt-1 -mx-2 flex max-h-72 flex-col overflow-y-auto">
        {faces.map(face => (
          <li key={face.index}>
            <button
              type="button"
              onMouseEnter={() => onLight(face.index)}
              onMouseLeave={() => onLight(null)}
              onFocus={() => onLight(face.index)}
              onBlur={() => onLight(null)}
              className="flex w-full cursor-default flex-col gap-1.5 rounded-sm px-2 py-1.5 text-left text-fact -outline-offset-2 hover:bg-raised"
            >
              <span className="flex w-full items-baseline justify-between gap-3">
                <span className="shrink-0">{t('face', { number: face.index + 1 })}</span>
                <span className="text-right text-ink-3">
                  {face.similarity !== null
                    ? t('same_person', { share: number(face.similarity, 2) })
                    : face.restored
                      ? t('not_measured')
                      : runningWords(face.reason ? warningWords(face.reason) : t('left_alone'))}
                </span>
              </span>
              {face.similarity !== null && (
                <Progress
                  label={t('same_person', { share: number(face.similarity, 2) })}
                  share={face.similarity}
                  tone={toneOf(face.similarity)}
                  className="w-full rounded-full"
                />
              )}
            </button>
          </li>
        ))}
      </ul>
    </FactGroup>
  )
}
