import { useMutation } from '@tanstack/react-query'
import { FileDown } from 'lucide-react'
import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { getPdf } from '@/features/report/api/getPdf'

/** Saves the report as PDF; the service needs some seconds to set a long one. */
export function PdfButton({ path, name }: { path: string; name: string }) {
  const { t } = useTranslation('report')
  const save = useMutation({ mutationFn: () => getPdf(path, name) })
  return (
    <Button
      look="primary"
      busy={save.isPending}
      icon={<FileDown aria-hidden className="size-4" />}
      onClick={() => save.mutate()}
    >
      {save.isPending ? t('saving') : t('save_pdf')}
    </Button>
  )
}
