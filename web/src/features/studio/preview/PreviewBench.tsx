import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ArrowLeft } from 'lucide-react'
import { useEffect, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Segmented } from '@/components/ui/Segmented'
import { Select } from '@/components/ui/Select'
import { orderOf, useDraft } from '@/lib/draft'
import { useSettled } from '@/lib/useSettled'
import { planOptions } from '../api/planOrder'
import { type Preview, previewOptions, type Region } from '../api/preview'
import type { Candidate } from '../useOnTable'
import { RegionPicker } from './RegionPicker'
import { ResultPane } from './ResultPane'
import { firstRegion } from './region'
import { useOriginal } from './useOriginal'

const SETTLE_MS = 350

/** A preview that was shown, with what it is of: the picture before has to be of the same part. */
export interface Shown {
  preview: Preview
  region: Region | null
  candidate: string
}

interface PreviewBenchProps {
  subjects: Candidate[]
  onClose: () => void
}

/**
 * What a part of a photo would look like with what is set now.
 *
 * A picture is shown only if its signature is that of the plan for what is set now; until that is there, the last one
 * stays. The recipe beside it can be changed all the while.
 */
export function PreviewBench({ subjects, onClose }: PreviewBenchProps) {
  const { t } = useTranslation('studio')
  const queries = useQueryClient()
  const [chosen, setChosen] = useState<string | null>(null)
  const candidate = subjects.find(one => one.id === chosen) ?? subjects.at(-1)
  const original = useOriginal(candidate)
  const [picked, setPicked] = useState<{ of: string; region: Region } | null>(null)
  const [whole, setWhole] = useState(false)
  const region = picked && picked.of === candidate?.id ? picked.region : firstRegion(original.width, original.height)
  const asked = useSettled(useDraft(), SETTLE_MS)
  const part = useSettled(whole ? null : region, SETTLE_MS)

  const ready = asked !== null && candidate !== undefined && (part === null || original.width > 0)
  const order = asked ? orderOf(asked) : null
  const subject = candidate?.subject ?? { task: '' }
  const plan = useQuery({ ...planOptions(order as never, subject), enabled: ready })
  const preview = useQuery({ ...previewOptions(order as never, subject, part), enabled: ready })

  const [shown, setShown] = useState<Shown | null>(null)
  const fresh = preview.data && plan.data && !plan.isPlaceholderData && preview.data.signature === plan.data.signature
  const id = candidate?.id
  useEffect(() => {
    if (fresh && preview.data && id) setShown({ preview: preview.data, region: part, candidate: id })
  }, [fresh, preview.data, part, id])
  if (!candidate) return null

  const stale = preview.data && plan.data && !plan.isPlaceholderData && !fresh
  const retry = () => {
    void queries.invalidateQueries({ queryKey: ['plan'] })
    void preview.refetch()
  }
  return (
    <section aria-label={t('preview.title')} className="flex min-h-0 flex-1 flex-col gap-3 overflow-y-auto p-4 md:p-5">
      <div className="flex flex-wrap items-center gap-3">
        <Button look="ghost" icon={<ArrowLeft className="size-4" />} onClick={onClose}>
          {t('preview.back')}
        </Button>
        <div className="w-56">
          <Select
            bare
            label={t('preview.photo')}
            value={candidate.id}
            choices={subjects.map(one => ({ value: one.id, label: one.name }))}
            onChange={setChosen}
          />
        </div>
        <div className="w-80 max-w-full">
          <Segmented
            label={t('preview.settings')}
            value={whole ? 'whole' : 'part'}
            choices={[
              { value: 'part', label: t('preview.part') },
              { value: 'whole', label: t('preview.whole') },
            ]}
            onChange={value => setWhole(value === 'whole')}
          />
        </div>
      </div>
      <div className="grid min-h-0 flex-1 gap-4 md:grid-cols-2">
        <RegionPicker
          picture={original.url}
          name={candidate.name}
          aspect={original.width > 0 ? original.width / original.height : 4 / 3}
          region={whole ? null : region}
          onPick={next => setPicked({ of: candidate.id, region: next })}
        />
        <ResultPane
          shown={shown?.candidate === candidate.id ? shown : null}
          original={original.url}
          working={preview.isFetching || (!fresh && !preview.isError)}
          error={preview.error ?? plan.error ?? (stale && !preview.isFetching ? new Error(t('preview.failed')) : null)}
          onRetry={retry}
        />
      </div>
    </section>
  )
}
