/* The prohibition of one card: changed by the center, published in the list by whoever owns the partition, read by a
   terminal's list, looked at by the card itself (rule 7, D14, I6). Sound without switches; each switch in README.md
   breaks one rule.

   A change is a turn: durable at once (commit.pml), numbered by its position; odd ones prohibit, even ones lift. The
   owner that made it, or took over, publishes the newest until PUBLISHED is journaled. An owner that was replaced, or
   a call that was given up, may still finish what it began; what is sent to the list arrives late, or never. */

#ifndef CHANGES
#define CHANGES 3        /* prohibited, lifted, prohibited again */
#endif
#ifndef OWNERS
#define OWNERS 2
#endif
#ifndef LOSSES
#define LOSSES 1         /* publications that never arrive */
#endif

#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi
#define mask(b) (1 << (b))
#define prohibits(position) ((position) % 2 == 1)

#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

byte owner;
byte changed;            /* journal: position of the newest change; 0: never prohibited */
byte published;          /* journal: position of the newest PUBLISHED */
byte asked[OWNERS];      /* positions that an owner was asked to publish, as bits */
byte sent[CHANGES + 1];  /* by position: publications under way, as bits of the sequence that they expect */
byte lost;

byte sequence;           /* of the card's subject in the list's stream */
byte standing;           /* position of the entry that stands there */

byte held;               /* position of the newest entry that the terminal's list holds */
bool restarted;          /* the list's reader began anew once */
mtype = { NOT, ON_ITS_WAY, DONE };
mtype purchase = NOT;    /* one purchase at the terminal */
byte heldThen;           /* what the list held when it was opened */

HIDDEN byte position, expected, worker;

/* An operator, or a turn that moves owed across the limit. Its ask replaces the one before. */
inline change() {
  changed++; asked[owner] = asked[owner] | mask(changed);
  printf("center changes the card: position %d, prohibited %d\n", changed, prohibits(changed))
}

inline takeover() {
  owner++; printf("owner %d takes the partition\n", owner);
#ifndef UNPUBLISHED_FORGOTTEN
  if
  :: changed > published -> asked[owner] = mask(changed)
  :: else
  fi
#endif
}

/* What stands counts as published if it is this position or a newer one. */
#ifdef POSITION_IGNORED
#define stands(position) (standing == (position))
#else
#define stands(position) (standing >= (position))
#endif

/* An owner looks what stands, and sends its entry with the sequence it has seen. */
#define maySend(o, p) ((asked[o] & mask(p)) && !stands(p) && (sent[p] & mask(sequence)) == 0)
inline send() {
  sent[position] = sent[position] | mask(sequence);
  printf("owner %d sends position %d to the list, expecting sequence %d\n", worker, position, sequence)
}

/* It stands, by whatever hand: the answer becomes a turn of the owner in office. */
#ifdef ANY_ANSWER_ENDS
#define isNewest(position) true
#else
#define isNewest(position) ((position) == changed)
#endif
#define mayHear(o, p) ((asked[o] & mask(p)) && stands(p))
inline hear() {
  asked[worker] = asked[worker] & ~mask(position);
  if
  :: worker == owner && isNewest(position) && changed > published ->
     published = changed; asked[worker] = 0; printf("PUBLISHED %d is journaled\n", published);
     demand("VIOLATED: what is published stands in the list\n", standing == published)
  :: else
  fi
}

/* It arrives at the list's stream, stored only if nothing was stored in between. */
#ifdef UNCOMPARED
#define isExpected(expected) true
#else
#define isExpected(expected) ((expected) == sequence)
#endif
inline arrive() {
  sent[position] = sent[position] & ~mask(expected);
  if
  :: isExpected(expected) ->
     sequence++; standing = position; printf("the list stores position %d, sequence %d\n", standing, sequence);
     demand("VIOLATED: what is published stands in the list\n", published != changed || standing == changed)
  :: else
  fi
}

/* The process of the gateway follows the list and keeps the newer position; the terminal holds the same version. */
#define mayRead (standing > held)
inline read() { held = standing; printf("the terminal's list holds position %d\n", held) }
inline restart() { restarted = true; held = 0; printf("the list is read anew\n") }

/* A tap: the terminal's own check, OPENED; later the card decides. */
inline tap() {
  heldThen = held;
#ifndef TERMINAL_UNCHECKED
  if
  :: prohibits(held) -> purchase = DONE; printf("the terminal refuses by its list\n")
  :: else -> purchase = ON_ITS_WAY; printf("a purchase is opened, the list holds %d\n", held)
  fi
#else
  purchase = ON_ITS_WAY; printf("a purchase is opened, the list holds %d\n", held)
#endif
}
#ifdef LIST_ALONE
#define cardRefuses false
#else
#define cardRefuses prohibits(changed)
#endif
inline decide() {
  purchase = DONE;
  if
  :: cardRefuses -> printf("the card refuses\n")
  :: else -> printf("the card approves\n");
     demand("VIOLATED: a prohibited card approves nothing\n", !prohibits(changed));
     demand("VIOLATED: nothing is approved against the list that the terminal held\n", !prohibits(heldThen))
  fi
}

#ifdef SHORTEST
#define rest() position = 0; expected = 0; worker = 0
#else
#define rest() skip
#endif
#define pick(p) sent[p] -> position = p; expected = 0; \
  do :: (sent[p] & mask(expected)) -> break :: (sent[p] >> (expected + 1)) -> expected++ od
#define SENDS(o) \
  :: atomic { maySend(o, 1) -> worker = o; position = 1; send(); rest() } \
  :: atomic { maySend(o, 2) -> worker = o; position = 2; send(); rest() } \
  :: atomic { maySend(o, 3) -> worker = o; position = 3; send(); rest() } \
  :: atomic { mayHear(o, 1) -> worker = o; position = 1; hear(); rest() } \
  :: atomic { mayHear(o, 2) -> worker = o; position = 2; hear(); rest() } \
  :: atomic { mayHear(o, 3) -> worker = o; position = 3; hear(); rest() }

init {
  do
  :: atomic { changed < CHANGES -> change() }
  :: atomic { owner + 1 < OWNERS -> takeover() }
  SENDS(0)
  SENDS(1)
  :: atomic { pick(1); arrive(); rest() }
  :: atomic { pick(2); arrive(); rest() }
  :: atomic { pick(3); arrive(); rest() }
  :: atomic { lost < LOSSES && (sent[1] || sent[2] || sent[3]) ->
       if :: sent[1] -> sent[1] = 0; printf("what was sent of 1 is lost\n")
          :: sent[2] -> sent[2] = 0; printf("what was sent of 2 is lost\n")
          :: sent[3] -> sent[3] = 0; printf("what was sent of 3 is lost\n") fi;
       lost++ }
  :: atomic { mayRead -> read() }
  :: atomic { !restarted -> restart() }
  :: atomic { purchase == NOT -> tap() }
  :: atomic { purchase == ON_ITS_WAY -> decide() }
  :: atomic { timeout -> printf("end\n");
       demand("VIOLATED: in the end the list says what the card says\n", standing == changed && published == changed);
       demand("VIOLATED: in the end the list says what the card says\n", held == standing) }; break
  od
}
