import { useMutation } from '@tanstack/react-query'
import { useTranslation } from 'react-i18next'
import sample from '../sample.webp'
import { usePick } from '../usePick'

/** One photo to try, for who has none at hand. It comes with the page. */
export function SampleButton() {
  const { t } = useTranslation('studio')
  const take = usePick()
  const trying = useMutation({
    mutationFn: async () => {
      const response = await fetch(sample)
      take([new File([await response.blob()], 'coffee.webp', { type: 'image/webp', lastModified: 0 })])
    },
  })
  return (
    <button
      type="button"
      onClick={() => trying.mutate()}
      className="flex items-center gap-3 rounded-md border border-line-soft bg-surface py-1.5 pr-4 pl-1.5 text-[13px] text-ink-2 hover:border-ink-3 hover:text-ink"
    >
      <img src={sample} alt="" className="h-9 w-13 rounded-sm object-cover" />
      {t('drop.sample')}
    </button>
  )
}
