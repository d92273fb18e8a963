/** The error with which an action fails. Throws when it does not. */
export async function thrownBy(action: () => unknown): Promise<Error> {
  try {
    await action();
  } catch (error) {
    if (error instanceof Error) return error;
    throw new TypeError('what was thrown is no Error', { cause: error });
  }
  throw new Error('expected it to fail, but it did not');
}
