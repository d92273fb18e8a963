/** Why a history does not answer now. Messages are for the one who asked. */
abstract class HistoryError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** Another worker serves the partition, or none. */
export class NotServedError extends HistoryError {
  constructor(partition: number) {
    super(`partition ${partition} is not served here`);
  }
}

/** The history still reads the journal: it would answer without what it has not read. */
export class HistoryBehindError extends HistoryError {
  constructor(partition: number, at: number, end: number) {
    super(`the history of partition ${partition} is being made: frame ${at} of ${end}`);
  }
}

/** So much had to be looked at that the time was over. */
export class SearchTooWideError extends HistoryError {
  constructor(partition: number) {
    super(
      `partition ${partition} has too much to look at: give more of the id, a card, a terminal, or a shorter time`,
    );
  }
}

/** What is stored cannot be read, or may lack what was stored last: whoever is at work on it begins again. */
export class HistoryDamagedError extends HistoryError {
  constructor(options?: ErrorOptions) {
    super('the history was damaged: what it lacks is filed again from the journal', options);
  }
}

/** One order names an entry that another does not have. */
export class HistoryGapError extends HistoryError {
  constructor(sequence: number, index: number) {
    super(`the history lacks the entry ${sequence}.${index}`);
  }
}
