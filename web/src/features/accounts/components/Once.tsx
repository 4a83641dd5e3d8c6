import { Check, Copy, TriangleAlert } from 'lucide-react'
import { useId, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'

interface OnceProps {
  /** What it is, to screen readers too. */
  label: string
  text: string
  /** Why it has to be kept now. */
  warning: string
}

/** Something that is told once: to be copied now. */
export function Once({ label, text, warning }: OnceProps) {
  const { t } = useTranslation()
  const id = useId()
  const [copied, setCopied] = useState(false)
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(text)
      setCopied(true)
    } catch {
      // Over plain http browsers let no page write there: it is marked, for the keyboard.
      const field = document.getElementById(id)
      if (field instanceof HTMLTextAreaElement) field.select()
    }
  }
  return (
    <div className="flex flex-col gap-3">
      <p className="flex items-start gap-2 rounded-sm bg-amber/8 px-3 py-2 text-[13px] text-amber">
        <TriangleAlert aria-hidden className="mt-0.5 size-4 shrink-0" />
        {warning}
      </p>
      <label htmlFor={id} className="text-[13px]">
        {label}
      </label>
      <textarea
        id={id}
        readOnly
        rows={3}
        value={text}
        spellCheck={false}
        onFocus={event => event.target.select()}
        className="-mt-2 w-full resize-none rounded-sm border border-line bg-raised px-3 py-2 font-mono text-[12px] break-all text-ink"
      />
      <Button
        className="self-start"
        icon={copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
        onClick={() => void copy()}
      >
        <span aria-live="polite">{t(copied ? 'copied' : 'copy')}</span>
      </Button>
    </div>
  )
}
