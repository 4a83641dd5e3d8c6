import { useTranslation } from 'react-i18next'
import { Button } from '@/components/ui/Button'
import { Dialog } from '@/components/ui/Dialog'
import type { Link } from '@/features/accounts/api/users'
import { Once } from '@/features/accounts/components/Once'
import { time } from '@/lib/format'

interface MadeLinkProps {
  link: Link
  onClose: () => void
}

/** Shows a new link, once. */
export function MadeLink({ link, onClose }: MadeLinkProps) {
  const { t } = useTranslation('accounts')
  return (
    <Dialog
      open
      onClose={onClose}
      title={link.user ? t('users.link_for', { name: link.user }) : t('users.link_new')}
      about={t(link.user ? 'users.link_for_about' : 'users.link_new_about', { role: t(`roles.${link.role}`) })}
      actions={
        <Button look="primary" onClick={onClose}>
          {t('users.link_sent')}
        </Button>
      }
    >
      <Once
        label={t('users.link_label')}
        text={link.url}
        warning={t('users.link_once', { at: time(link.expires_at) })}
      />
    </Dialog>
  )
}
