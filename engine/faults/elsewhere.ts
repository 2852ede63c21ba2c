/** What people look for among the faults and is shown in another way. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  'skewed-keys':
    'Skewed keys are not a fault that strikes: they lie in the data, and the answer stays right. Open the scenario "Skewed keys" (scenarios/skewed-keys), or run its program: it shows the straggler, and what helps against it. slow-task and slow-executor make a straggler of any program.'
}

/** A sentence that says where to find it; undefined for names nobody knows. */
export const shownElsewhere = (name: string): string | undefined => (Object.hasOwn(ELSEWHERE, name) ? ELSEWHERE[name] : undefined)
