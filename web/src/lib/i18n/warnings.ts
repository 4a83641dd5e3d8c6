import i18n from 'i18next'
import type { Said } from '@/lib/i18n/said'

let known: Said = []

<<<<<<< HEAD
/** Take from now on `said` for what the service may say: it comes with the words of a language other than its own. */
export function knowSaid(said: Said): void {
  known = said
}
=======
const KNOWN: readonly (readonly [RegExp, string])[] = [
  [/^The (?<what>EXIF|XMP|IPTC) data is damaged and was left out\.$/, 'damaged_data'],
  [/^(?<format>\w+) has no grey; the photo became RGB and its grey profile sRGB\.$/, 'no_grey'],
  [/^(?<format>\w+) has no transparency; the photo was laid on white\.$/, 'no_transparency'],
  [/^(?<format>\w+) has 8 bits per channel; the 16 of the photo were rounded\.$/, 'rounded_8'],
  [/^AVIF has 12 bits per channel at most; the 16 of the photo were rounded\.$/, 'rounded_12'],
  [/^(?<format>\w+) has no place for IPTC data; it was left out\.$/, 'no_iptc'],
  [/^JPEG has no place for (?<bytes>[\d,]+) bytes of (?<what>\w+) data; it was left out\.$/, 'too_much_data'],
  [/^(?<name>.+) is really a (?<format>\w+) file and was opened as one\.$/, 'other_format'],
  [/^Only the first page was used; (?<pages>\d+) more pages? (?:was|were) left out\.$/, 'first_page'],
  [/^The Lab colours were converted to sRGB\.$/, 'lab'],
  [/^The CMYK colours were converted to sRGB by (?<reason>.+)\.$/, 'cmyk'],
  [/^its own profile$/, 'own_profile'],
  [/^a general CMYK profile, as (?:its own cannot be used|it has none of its own)$/, 'general_profile'],
  [/^The colour profile does not fit the picture and was left out\.$/, 'profile'],
  [/^(?<model>\S+) cannot be had here, (?<other>\S+) is used instead$/, 'instead'],
  [/^(?<model>\S+) cannot be had here, (?<other>\S+) is used instead: (?<reason>.+)$/, 'instead_why'],
  [/^the weights of (?<model>\S+) are not here yet: (?<size>\d+) MB would be fetched first$/, 'fetched_first'],
  [/^medium quality runs the network of high: its int8 form does not exist yet$/, 'medium'],
  [
    /^(?<model>\S+) enlarges (?<times>\d+) times; the rest of the way to (?<scale>[\d.]+) is plain resampling$/,
    'resampled',
  ],
  [
    /^the photo was enlarged from (?<before>\d+ x \d+) to (?<after>\d+ x \d+) pixels by plain resampling, as the resolution asks; resolution = null keeps its size$/,
    'enlarged',
  ],
  [/^in a preview of a part, lines and areas are finer than in the whole photo$/, 'finer_part'],
  [/^custom_prompt was not used: what paints here does not read prompts$/, 'no_prompt'],
  [/^canvas was not used: (?<style>\S+) works at the photo's own size$/, 'no_canvas'],
  [/^(?<style>\S+) is painted at most (?<pixels>[\d,]+) pixels wide or high$/, 'painted_most'],
  [/^the photo is no square crop of a face, so faces were looked for in it$/, 'no_crop'],
  [/^no face was found$/, 'no_face'],
  [/^no face was found in the crop; it was restored as it is$/, 'no_face_in_crop'],
  [/^there is no face (?<faces>.+); found: (?<found>\d+)$/, 'no_such_face'],
  [/^(?<faces>\d+) faces? (?:was|were) left alone: (?<reason>.+)$/, 'left_alone'],
  [/^faces are left as they are: (?<reason>.+)$/, 'faces_skipped'],
  [/^it is not measured whether faces stay who they are: (?<reason>.+)$/, 'not_measured'],
  [/^a preview of a part shows all of its faces restored; the whole photo decides which are$/, 'faces_of_part'],
  [/^smaller than (?<pixels>\d+) pixels$/, 'small_face'],
  [/^not surely a face$/, 'unsure_face'],
  [/^turned too far away$/, 'turned_face'],
  [/^large enough as it is$/, 'large_face'],
  [/^not chosen$/, 'not_chosen'],
  [/^not among the (?<most>\d+) largest$/, 'beyond'],
  [/^the photo is bright enough and was left as it is$/, 'bright'],
  [/^no ComfyUI server answered: the style was painted on this machine$/, 'none_answered'],
  [/^no ComfyUI server answers: what they paint waits$/, 'servers_away'],
  [/^no ComfyUI server answers: this machine paints what it can$/, 'servers_away_local'],
  [/^no process looks after the ComfyUI servers$/, 'servers_alone'],
  [/^the disk is too full for new work$/, 'disk_too_full'],
  [/^no worker runs$/, 'no_worker'],
  [/^no ComfyUI server is set up: the style is painted by the local styles of this machine$/, 'none_set_up'],
  [/^(?<reason>\w+) was not used: ComfyUI paints as its workflow says$/, 'as_workflow_says'],
  [/^ComfyUI painted it at (?<size>[\d,]+ x [\d,]+) pixels, and it was not enlarged$/, 'not_enlarged'],
  [/^the workflow (?<name>\S+) has no place for the (?<reason>[a-z ]+)$/, 'no_place'],
  [/^preserve_color$/, 'preserve_color'],
  [/^canvas$/, 'canvas'],
  [/^prompt$/, 'prompt'],
  [/^negative prompt$/, 'negative_prompt'],
  [/^strength$/, 'strength'],
  [/^steps$/, 'steps'],
  [/^the node class (?<name>\S+)$/, 'lacks_node'],
  [/^a version of (?<name>.+) that needs no (?<input>.+), or a template that has one$/, 'lacks_version'],
  [/^(?<value>.+), the (?<input>\w+) of (?<node>\S+ \(\S+\))$/, 'lacks_choice'],
  [/^it cannot be connected to$/, 'not_connected'],
  [/^it does not answer in time$/, 'not_in_time'],
  [/^it broke off the connection$/, 'broke_off'],
  [/^it accepts work and does none$/, 'does_none'],
  [/^what it answers is not JSON, so it is no ComfyUI$/, 'no_comfyui'],
]
>>>>>>> c23fdf2 (Tell users labels of ComfyUI servers, and say in /health that none answers)

/** A warning, or a reason, in the language of the page; one that has no words there is shown as it came. */
export function warningWords(text: string): string {
  return saidOf(text) || ofOperation(text) || text
}

/** `upscale: ...` tells whose warning it is. */
function ofOperation(text: string): string {
  const [, operation = '', rest = ''] = /^([a-z_]+): (.+)$/s.exec(text) ?? []
  const title = operation && i18n.t(`service:operations.${operation}.title`, { defaultValue: '' })
  const said = title && saidOf(rest)
  return said && `${title}：${said}`
}

function saidOf(text: string): string {
  for (const [pattern, key] of known) {
    const found = pattern.exec(text)
    if (!found) continue
    const { reason, ...holes } = found.groups ?? {}
    return i18n.t(`service:warnings.${key}`, { defaultValue: '', ...holes, reason: reason && warningWords(reason) })
  }
  return ''
}
