/** Given events, when a command, then a decision: specifications of pure deciders, in eleven lines. */
export interface Decider<State, Command, Event, Context, Decision> {
  readonly decide: (state: State | undefined, command: Command, context: Context) => Decision;
  readonly evolve: (state: State | undefined, event: Event) => State | undefined;
}

/** The decision about `command` in the state that `events` lead to. */
export function given<State, Command, Event, Context, Decision>(
  decider: Decider<State, Command, Event, Context, Decision>,
  ...events: readonly Event[]
) {
  let state: State | undefined;
  for (const event of events) state = decider.evolve(state, event);
  return {
    state,
    when: (command: Command, context: Context): Decision => decider.decide(state, command, context),
  };
}
