/** What is searched for. Every condition that is given must hold. */
export interface Query {
  readonly card: string | undefined;
  readonly terminal: string | undefined;
  readonly id: IdBeginning | undefined;
  /** Milliseconds, of the frame: from ≤ time < to. */
  readonly from: number | undefined;
  readonly to: number | undefined;
  readonly limit: number;
}

/** A transaction id, or its beginning. */
export interface IdBeginning {
  readonly terminal: string;
  /** The terminal's whole name, not its beginning only. */
  readonly whole: boolean;
  readonly incarnation: number | undefined;
  readonly number: number | undefined;
}
