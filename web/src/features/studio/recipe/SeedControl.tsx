import { Dices } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Field } from '@/components/ui/Field'
import { IconButton } from '@/components/ui/IconButton'
import type { Parameter } from '@/lib/parameters'

interface SeedControlProps {
  title: string
  help: string | undefined
  parameter: Extract<Parameter, { kind: 'number' }>
  value: number
  onChange: (value: unknown) => void
}

/** Where chance begins: the same number gives the same result, a new one another. */
export function SeedControl({ title, help, parameter, value, onChange }: SeedControlProps) {
  const { t } = useTranslation('studio')
  const [least, most] = [parameter.least ?? 0, parameter.most ?? Number.MAX_SAFE_INTEGER]
  return (
    <div>
      <div className="flex items-end gap-2">
        <Field
          className="min-w-0 flex-1"
          label={title}
          inputMode="numeric"
          autoComplete="off"
          value={String(value)}
          onChange={event => {
            const typed = Number(event.target.value)
            if (Number.isSafeInteger(typed) && typed >= least && typed <= most) onChange(typed)
          }}
        />
        <IconButton
          look="plain"
          label={t('seed_new')}
          icon={<Dices className="size-4" />}
          onClick={() => onChange(newSeed())}
        />
      </div>
      {help && <p className="mt-1 text-fact text-ink-3">{help}</p>}
    </div>
  )
}

function newSeed(): number {
  const [random = 0] = crypto.getRandomValues(new Uint32Array(1))
  return random
}
