/** Asks the process that started VS Code for what only a user sees or does: pixels, elements, clicks. */

interface Settings {
  /** Names of the suites to run. */
  readonly suites: readonly string[];
  /** Where VS Code keeps what extensions store. */
  readonly data: string;
  /** Where the pictures of the documentation go. */
  readonly pictures: string;
  /** False where neither elements nor pixels can be asked for. */
  readonly seesPage: boolean;
}

/** An element as the user sees it. */
export interface Seen {
  readonly text: string;
  /** Its markup, or the pixels of a canvas. */
  readonly html: string;
  readonly width: number;
  readonly height: number;
}

interface Query {
  readonly where: 'page' | 'outputs';
  readonly selector: string;
  readonly text?: string;
}

interface Results {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly string[];
  readonly failures: readonly string[];
}

interface Actions {
  readonly settings: [request: object, reply: Settings];
  readonly screenshot: [
    request: { readonly name: string; readonly folder?: string; readonly selector?: string },
    reply: { readonly file: string },
  ];
  readonly query: [request: Query, reply: readonly Seen[]];
  readonly click: [request: Query, reply: { readonly clicked: boolean }];
  readonly press: [request: { readonly keys: string }, reply: object];
  /** A measured value, printed with the results. */
  readonly note: [request: { readonly text: string }, reply: object];
  readonly results: [request: Results, reply: object];
}

export async function outside<Name extends keyof Actions>(name: Name, request: Actions[Name][0]): Promise<Actions[Name][1]> {
  const control = process.env['STREAMBOOK_WORKBENCH_TEST'];
  if (control === undefined) throw new Error('STREAMBOOK_WORKBENCH_TEST is not set: these tests are started by npm test.');
  const response = await fetch(`${control}/${name}`, { method: 'POST', body: JSON.stringify(request) });
  const reply: unknown = await response.json();
  if (!response.ok) throw new Error(`${name}: ${(reply as { message: string }).message}`);
  return reply as Actions[Name][1];
}

/** Whether the page can be looked at; tests that need it skip themselves otherwise. */
export async function seesPage(): Promise<boolean> {
  return (await outside('settings', {})).seesPage;
}

/** Asks again until the answer is one to go on with. The deadline is generous: it is met only when something is broken. */
export async function until<T>(
  what: string,
  ask: () => T | Promise<T>,
  isEnough: (answer: T) => boolean = Boolean,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (isEnough(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(
        `Waited ${seconds} s for ${what}. Last seen: ${((JSON.stringify(answer) as string | undefined) ?? 'nothing').slice(0, 2000)}`,
      );
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
