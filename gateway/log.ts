/** Receives one line, without a line end. */
export type Log = (line: string) => void;

export const silent: Log = () => undefined;
