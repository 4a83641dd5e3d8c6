import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import { type Role, useMakeLink } from '@/features/accounts/api/users'
import { MadeLink } from '@/features/accounts/components/MadeLink'
import { wordsFor } from '@/lib/api/errors'

interface NewLinkProps {
  user: string
  role: Role
  onClose: () => void
}

/** A link with which a user chooses a new password. */
export function NewLink({ user, role, onClose }: NewLinkProps) {
  const { t } = useTranslation('accounts')
  const make = useMakeLink()
  if (make.data) return <MadeLink link={make.data} onClose={onClose} />
  return (
    <Dialog
      open
      onClose={onClose}
      title={t('users.link_title', { name: user })}
      about={t('users.link_about')}
      actions={
        <>
          <Button onClick={onClose}>{t('common:cancel')}</Button>
          <Button look="primary" busy={make.isPending} onClick={() => make.mutate({ user, role })}>
            {t('users.link_make')}
          </Button>
        </>
      }
    >
      {make.error && (
        <p role="alert" className="text-[13px] text-bad">
          {wordsFor(make.error)}
        </p>
      )}
    </Dialog>
  )
}
