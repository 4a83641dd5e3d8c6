import { FilePlus } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Confirm } from '@/components/ui/Confirm'
import { useSavePreset } from '@/features/settings/api/savePreset'
import { type PresetFile, PresetFileError, readPresetFile } from '@/features/settings/presetFiles'
import { wordsFor } from '@/lib/api/errors'
import type { Preset } from '@/lib/data/offers'
import { toast } from '@/lib/toasts'

/** Add a preset from a file. What is wrong with it is told beside the button. */
export function Import({ presets }: { presets: readonly Preset[] }) {
  const { t } = useTranslation('settings')
  const input = useRef<HTMLInputElement>(null)
  const [trouble, setTrouble] = useState<string | null>(null)
  const [replacing, setReplacing] = useState<{ read: PresetFile; file: string } | null>(null)
  const save = useSavePreset()

  const refuse = (file: string, error: unknown) => {
    const why = error instanceof PresetFileError ? t(`presets.${error.trouble}`) : wordsFor(error)
    setTrouble(t('presets.trouble', { file, why }))
  }
  const keep = async (read: PresetFile, file: string) => {
    try {
      await save.mutateAsync(read)
      toast(t('presets.imported', { name: read.name }))
    } catch (error) {
      refuse(file, error)
    }
  }
  const take = async (file: File) => {
    setTrouble(null)
    try {
      const read = await readPresetFile(file)
      const same = presets.find(one => one.name === read.name)
      if (same && !same.own) setTrouble(t('presets.trouble', { file: file.name, why: t('presets.house') }))
      else if (same) setReplacing({ read, file: file.name })
      else await keep(read, file.name)
    } catch (error) {
      refuse(file.name, error)
    }
  }

  return (
    <div className="flex flex-col items-start gap-2">
      <input
        ref={input}
        type="file"
        accept=".json,.toml,application/json"
        aria-label={t('presets.import')}
        hidden
        onChange={event => {
          const file = event.target.files?.[0]
          // The same file can be chosen again after it was mended.
          event.target.value = ''
          if (file) void take(file)
        }}
      />
      <Button
        icon={<FilePlus aria-hidden className="size-4" />}
        busy={save.isPending}
        onClick={() => input.current?.click()}
      >
        {t('presets.import')}
      </Button>
      {trouble && (
        <p role="alert" className="text-fact break-words text-bad">
          {trouble}
        </p>
      )}
      <Confirm
        open={replacing !== null}
        title={t('presets.replace_title', { name: replacing?.read.name ?? '' })}
        about={t('presets.replace_about')}
        action={t('presets.replace')}
        onConfirm={() => replacing && void keep(replacing.read, replacing.file)}
        onClose={() => setReplacing(null)}
      />
    </div>
  )
}
