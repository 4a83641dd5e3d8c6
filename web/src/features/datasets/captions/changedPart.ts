/** What two texts share at both ends, and what is between: `[head, gone, come, tail]`. Words stay whole. */
export function changedPart(before: string, after: string): [string, string, string, string] {
  const [one, other] = [words(before), words(after)]
  const most = Math.min(one.length, other.length)
  let head = 0
  while (head < most && one[head] === other[head]) head++
  let tail = 0
  while (tail < most - head && one[one.length - 1 - tail] === other[other.length - 1 - tail]) tail++
  return [
    one.slice(0, head).join(''),
    one.slice(head, one.length - tail).join(''),
    other.slice(head, other.length - tail).join(''),
    one.slice(one.length - tail).join(''),
  ]
}

function words(text: string): string[] {
  return text.match(/\s+|[^\s,，。.]+|[,，。.]/g) ?? []
}
