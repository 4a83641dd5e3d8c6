import i18n from 'i18next'
import { ServiceError, wordsFor } from '@/lib/api/errors'

/** What Safelight puts at a place of a workflow; a role of the workflow's own is called as it calls it. */
export const roleWords = (role: string): string => i18n.t(`workflows:roles.${role}`, { defaultValue: role })

/** Why a workflow could not be saved or deleted. */
export function refusalWords(error: unknown): string {
  const forbidden = error instanceof ServiceError && error.status === 403
  return forbidden ? i18n.t('workflows:not_operator') : wordsFor(error)
}
