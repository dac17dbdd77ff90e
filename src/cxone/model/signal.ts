/** A signal from outside to a contact: what the ONSIGNAL of its Studio script receives as SP1 to SP9. */

/** Studio's SIGNAL takes nine parameters at most (doc). */
export const MOST_SIGNAL_PARAMETERS = 9;

export interface Signal {
  readonly order: number;
  readonly contactId: string;
  /** By their names on the wire, `p1` to `p9`; only those that came. */
  readonly parameters: Readonly<Record<string, string>>;
  /** ISO 8601. */
  readonly receivedAt: string;
}
