/** A call of the control API of a running emulator, and in words why it came to nothing. */

/** The emulator could not be asked, or refused to answer; the message is for a person. */
export class Unanswered extends Error {
  /** undefined where no answer came. */
  readonly status: number | undefined;

  constructor(message: string, status?: number) {
    super(message);
    this.status = status;
  }
}

/** `control` is where the control API is reached, without a slash at the end. Rejects with Unanswered. */
export async function callControl(control: string, path: string, init: RequestInit = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(`${control}/${path}`, init);
  } catch (error) {
    const { cause, message } = error as Error & { readonly cause?: { readonly code?: string } };
    throw new Unanswered(
      cause?.code === 'ECONNREFUSED'
        ? `nothing listens at ${control}; --url names another address`
        : `${control} cannot be reached (${cause?.code ?? message})`,
    );
  }
  if (response.ok) return response;
  throw new Unanswered(await refusalIn(response, control), response.status);
}

/** What its answer holds. Rejects with Unanswered, also where that is no JSON. */
export async function askControl(control: string, path: string, init: RequestInit = {}): Promise<unknown> {
  return jsonOf(await callControl(control, path, init), control);
}

/** Rejects with Unanswered where the answer breaks off, or is no JSON. */
export async function jsonOf(response: Response, control: string): Promise<unknown> {
  try {
    return await response.json();
  } catch {
    throw noEmulator(control, 'with something else than JSON');
  }
}

export function noEmulator(control: string, answered: string): Unanswered {
  return new Unanswered(`what listens at ${control} is no emulator: it answered ${answered}`);
}

async function refusalIn(response: Response, control: string): Promise<string> {
  const body = (await response.json().catch(() => undefined)) as
    | {
        readonly cause?: { readonly code: string; readonly expected: string; readonly received: string; readonly remedy: string };
      }
    | undefined;
  const cause = body?.cause;
  if (cause === undefined) return noEmulator(control, String(response.status)).message;
  return `${String(response.status)} ${cause.code}: expected ${cause.expected}, received ${cause.received}. ${cause.remedy}`;
}
