/** Receives one line, without a line end. This folder never writes to the console itself. */
export type Log = (line: string) => void;

export const silent: Log = () => undefined;
