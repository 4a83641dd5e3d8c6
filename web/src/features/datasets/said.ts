import i18n from 'i18next'
import words from './said.zh.json'

// The service says in English what it found. These are its sentences by how they look; what is in them by a name fills
// the Chinese words of `said.zh.json`. They come with the pages of datasets, so that no other page carries them.

type Known = keyof typeof words

const SAID: readonly (readonly [RegExp, Known])[] = [
  // What steps gave and do.
  [/^(?<n>\d+) photos$/, 'photos'],
  [/^(?<n>\d+) seen$/, 'seen'],
  [/^(?<n>\d+) seen, (?<bad>\d+) unreadable$/, 'seen_unreadable'],
  [/^(?<kept>\d+) of (?<n>\d+) kept$/, 'kept'],
  [/^(?<n>\d+) pictures$/, 'pictures'],
  [/^(?<n>\d+) pictures, (?<more>\d+) enlarged$/, 'pictures_enlarged'],
  [/^(?<n>\d+) captions$/, 'captions'],
  [/^(?<n>\d+) captions, (?<bad>\d+) to look at$/, 'captions_wrong'],
  [/^unpacking(?<rest>.*)$/, 'unpacking'],
  [/^looking at photos(?<rest>.*)$/, 'looking'],
  [/^finding duplicates(?<rest>.*)$/, 'finding_duplicates'],
  [/^making previews(?<rest>.*)$/, 'making_previews'],
  [/^finding what to show(?<rest>.*)$/, 'finding_parts'],
  [/^cropping(?<rest>.*)$/, 'cropping'],
  [/^captioning(?<rest>.*)$/, 'captioning'],
  [/^packaging(?<rest>.*)$/, 'packaging'],
  // What should be known.
  [/^(?<n>\d+) pictures had to be enlarged$/, 'enlarged'],
  [/^(?<n>\d+) problems were found in the finished sets$/, 'problems'],
  [/^(?<n>\d+) photos? (?:was|were) not searched for faces, as the model for that is missing\..*$/s, 'no_face_model'],
  [
    /^(?<n>\d+) photos? (?:was|were) not searched for who is in them, as the model for that is missing\..*$/s,
    'no_identity_model',
  ],
  [/^(?<n>\d+) photos? (?:was|were) not searched for bodies, as the model for that is missing\..*$/s, 'no_pose_model'],
  [/^No stranger is dropped, as no two photos show the same person\.$/, 'no_strangers'],
  [/^There is no caption server to ask for a box, so that the faces decided\.$/, 'no_box_server'],
  [/^The caption server gave no box that can be used, so that the faces decided\.$/, 'no_box'],
  [/^The caption server's box cut a face, so that the faces decided\.$/, 'box_cuts'],
  [/^Nobody was found in the photo, so that what draws the eye decided\.$/, 'nobody'],
  [/^It was enlarged (?<times>[\d.]+) times: it has the detail of (?<size>\d+ x \d+) pixels\.$/, 'enlarged_times'],
  [/^It is only (?<size>\d+ x \d+) pixels, as it was not to be enlarged\.$/, 'only_pixels'],
  [/^The colour profile of the photo cannot be used, and its numbers were taken for sRGB\.$/, 'no_profile'],
  // Captions.
  [/^Markdown was taken off$/, 'mend_marks'],
  [/^quotes were taken off$/, 'mend_quotes'],
  [/^an introduction was taken off$/, 'mend_opening'],
  [/^more than one line became one$/, 'mend_lines'],
  [/^doubts were taken out$/, 'mend_doubts'],
  [/^traits that are left out were taken out$/, 'mend_traits'],
  [/^it was too long and was cut$/, 'mend_length'],
  [/^the trigger word was missing$/, 'mend_missing'],
  [/^the trigger word was there more than once$/, 'mend_repeated'],
  [/^it gives away (?<trait>.+): (?<word>.+)$/, 'gives_away'],
  [/^the trigger word is not in it exactly once$/, 'trigger_once'],
  [/^it has more than (?<n>\d+) words$/, 'too_long'],
  [/^it is not in Chinese$/, 'not_chinese'],
  [/^it is not in English$/, 'not_english'],
  [/^it is a refusal and no caption$/, 'refusal'],
  [/^it has marks of Markdown$/, 'has_marks'],
  [/^it stands in quotes$/, 'in_quotes'],
  [/^it begins with an introduction$/, 'has_opening'],
  [/^it has more than one line$/, 'has_lines'],
  [/^it is in doubt$/, 'in_doubt'],
  // Advice.
  [/^(?<n>\d+) pictures?: too few to learn from\. Add at least (?<more>\d+) more\.$/, 'too_few'],
  [/^(?<n>\d+) pictures: this works; (?<good>\d+) or more that differ are steadier\.$/, 'few'],
  [/^(?<n>\d+) pictures: more than a person needs\. The best (?<good>\d+) to 60 train faster and as well\.$/, 'many'],
  [/^No picture shows the whole body\. Add (?<n>\d+) or more\.$/, 'no_full_body'],
  [/^No picture shows the body down to hips or knees\. Add (?<n>\d+) or more\.$/, 'no_half_body'],
  [/^No picture shows the face from near\. Add (?<n>\d+) close-ups or more\.$/, 'no_close_up'],
  [/^(?<n>\d+) of (?<of>\d+) pictures have the same framing \((?<what>.+)\)\. Vary it\.$/, 'one_shot'],
  [/^No head is turned to the left\. Add (?<n>\d+) or more\.$/, 'no_left'],
  [/^No head is turned to the right\. Add (?<n>\d+) or more\.$/, 'no_right'],
  [/^No face is seen in profile\. Add (?<n>\d+) or more\.$/, 'no_side_face'],
  [/^Every head is level\. Add some that look up or down\.$/, 'level'],
  [/^There is only one expression \((?<what>.+)\)\. Add two or more others\.$/, 'only_expression'],
  [/^(?<n>\d+) of (?<of>\d+) pictures have one expression \((?<what>.+)\)\. Vary it\.$/, 'one_expression'],
  [/^(?<n>\d+) of (?<of>\d+) pictures are lit alike \((?<what>.+)\)\. Vary it\.$/, 'one_light'],
  [/^(?<n>\d+) of (?<of>\d+) pictures have the same background \((?<what>.+)\)\. Vary it\.$/, 'one_background'],
  [/^(?<n>\d+) of (?<of>\d+) pictures have the same clothes \((?<what>.+)\)\. Vary it\.$/, 'one_outfit'],
  [/^Most pictures seem to be from one session:.*$/, 'one_session'],
  [/^(?<n>\d+) of (?<of>\d+) pictures had to be enlarged\..*$/, 'advice_enlarged'],
  // Caption servers.
  [/^there is no caption server yet$/, 'no_server'],
  [/^(?<host>\S+) answers, and lists (?<n>\d+) models$/, 'server_answers'],
  [/^(?<host>\S+) answers, and lists (?<n>\d+) models, but not (?<names>.+)$/, 'server_lacks'],
  [/^(?<host>\S+) answers, but does not list (?<names>.+)$/, 'server_has_not'],
]

/** What the service says, in the language of the page; what has no words there is shown as it came. */
export function said(text: string): string {
  if (i18n.language !== 'zh') return text.charAt(0).toUpperCase() + text.slice(1)
  for (const [pattern, key] of SAID) {
    const found = pattern.exec(text)
    if (found) return filled(words[key], found.groups ?? {})
  }
  return text
}

function filled(text: string, holes: Record<string, string>): string {
  return text.replace(/{{(\w+)}}/g, (_, name: string) => holes[name] ?? '').replace(/ of /g, ' / ')
}
