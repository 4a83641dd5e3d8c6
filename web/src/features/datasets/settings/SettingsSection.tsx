import { useMutation, useQueryClient } from '@tanstack/react-query'
import { ChevronDown } from 'lucide-react'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Skeleton } from '@/components/ui/Skeleton'
import { Trouble } from '@/components/ui/Trouble'
import { wordsFor } from '@/lib/api/errors'
import { keys } from '@/lib/api/keys'
import { toast } from '@/lib/toasts'
import { changeDataset, type Dataset } from '../api/datasets'
import { useSettingsSchema } from '../api/getSchema'
import { CaptionServer } from '../server/CaptionServer'
import { BEGINS, differing, type Group, groupsOf, type Settings, settingOf, withSetting } from './groups'
import { SettingControl } from './SettingControl'
import { TemplateBar } from './TemplateBar'

/** How the dataset is built. */
export function SettingsSection({ dataset }: { dataset: Dataset }) {
  const { t } = useTranslation('datasets')
  const queries = useQueryClient()
  const schema = useSettingsSchema()
  const kept = dataset.settings as unknown as Settings
  const [draft, setDraft] = useState<Settings | null>(null)
  const now = draft ?? kept
  const changed = differing(now, kept)
  const groups = groupsOf(schema.data ?? {})
  const save = useMutation({
    mutationFn: () => changeDataset(dataset.dataset_id, { settings: changed }),
    meta: { quiet: true },
    onSuccess: saved => {
      queries.setQueryData(keys.dataset(dataset.dataset_id), saved)
      setDraft(null)
      toast(t('settings.saved'))
    },
  })
  const some = Object.keys(changed).length > 0
  const first = firstStep(Object.keys(changed))
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by keyboard */}
      <div tabIndex={0} className="min-h-0 flex-1 overflow-y-auto p-4 outline-none md:p-5">
        <div className="mx-auto flex max-w-3xl flex-col gap-4">
          <TemplateBar
            settings={now}
            onLoad={(settings, name) => {
              setDraft(settings)
              toast(t('settings.loaded', { name }))
            }}
          />
          {schema.error ? (
            <Trouble error={schema.error} onRetry={() => void schema.refetch()} />
          ) : schema.isPending ? (
            <Skeleton className="h-96" />
          ) : (
            ORDER.flatMap(name => groups.filter(one => one.name === name))
              .concat(groups.filter(one => !ORDER.includes(one.name)))
              .map(group => (
                <GroupForm
                  key={group.name}
                  group={group}
                  settings={now}
                  changed={group.name in changed}
                  onChange={(setting, value) => {
                    save.reset()
                    setDraft(withSetting(now, group.name, setting, value))
                  }}
                />
              ))
          )}
          <CaptionServer />
        </div>
      </div>
      {(some || save.isPending) && (
        <div className="flex shrink-0 flex-wrap items-center gap-x-4 gap-y-2 border-t border-line-soft bg-surface px-4 py-2.5 md:px-5">
          <p role="status" className={`min-w-0 flex-1 basis-60 text-[13px] ${save.error ? 'text-bad' : 'text-ink-2'}`}>
            {save.error
              ? wordsFor(save.error)
              : first
                ? t('settings.redoes', { step: t(`step.${first}`) })
                : t('settings.redoes_nothing')}
          </p>
          <Button onClick={() => setDraft(null)}>{t('settings.discard')}</Button>
          <Button look="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {t('settings.save')}
          </Button>
        </div>
      )}
    </>
  )
}

/** What is set most is first. */
const ORDER = ['caption', 'crop', 'focus', 'package', 'dedup', 'quality', '', 'unpack']
const OPEN = ['caption', 'crop']
const STEPS = ['unpack', 'dedup', 'focus', 'crop', 'caption', 'package']

function firstStep(groups: readonly string[]): string | undefined {
  const begun = groups.map(one => BEGINS[one])
  return STEPS.find(one => begun.includes(one))
}

interface GroupFormProps {
  group: Group
  settings: Settings
  changed: boolean
  onChange: (setting: string, value: unknown) => void
}

function GroupForm({ group, settings, changed, onChange }: GroupFormProps) {
  const { t } = useTranslation('datasets')
  const [open, setOpen] = useState(OPEN.includes(group.name))
  const name = group.name || 'all'
  const begins = BEGINS[group.name]
  return (
    <section aria-label={t(`group.${name}`)} className="rounded-md border border-line-soft bg-surface">
      <h2>
        <button
          type="button"
          aria-expanded={open}
          onClick={() => setOpen(!open)}
          className="flex w-full items-center gap-3 px-4 py-3 text-left md:px-5"
        >
          <span className="min-w-0 flex-1">
            <span className="block font-semibold">
              {t(`group.${name}`, { defaultValue: group.name })}
              {changed && <span className="ml-2 font-normal text-light-text">{t('settings.changed')}</span>}
            </span>
            <span className="block text-fact text-ink-3">
              {t(`group_about.${name}`, { defaultValue: '' })}
              {begins && ` ${t('settings.from_step', { step: t(`step.${begins}`) })}`}
            </span>
          </span>
          <ChevronDown
            aria-hidden
            className={`size-5 shrink-0 text-ink-3 transition-transform ${open ? 'rotate-180' : ''}`}
          />
        </button>
      </h2>
      {open && (
        <div className="grid gap-x-6 gap-y-5 border-t border-line-soft px-4 py-4 sm:grid-cols-2 md:px-5">
          {group.settings.map(setting => (
            <SettingControl
              key={setting.name}
              group={group.name}
              setting={setting}
              value={settingOf(settings, group.name, setting.name)}
              onChange={value => onChange(setting.name, value)}
            />
          ))}
        </div>
      )}
    </section>
  )
}
