/* One terminal's batches: a purchase, its reversal by the device or by the actor itself, closings at any time, totals
   at the terminal and at the center's part in the card's partition (rule 10, D15, I8). Sound without switches; each
   switch in README.md breaks one rule.

   As in ask.pml the network is a set, and the terminal's partition has a durable state and what its open frame adds;
   a takeover finds that frame stored, its outputs lost, or it is gone. The card's partition decides, books and answers
   in one step. The device may fall silent at any moment: nothing that it sends has to be sent. */

#ifndef TAKEOVERS
#define TAKEOVERS 1
#endif
#ifndef CLOSINGS
#define CLOSINGS 2
#endif
#define BATCHES (CLOSINGS + 1)

#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi
#define mask(b) (1 << (b))

#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

mtype = { UNSEEN, OPEN, OK, REVERSING, REVERSED };   /* the id, at its terminal */
mtype = { NEW, SENT, GIVENUP, SILENT };               /* the device */
mtype = { TAKING, CLOSING, FINAL, SETTLED };         /* a batch */
/* Modes of an ask. */
#define EXECUTE 0
#define OUTCOME 1
#define REVERSE 2
#define NONE 3

typedef Terminal {
  mtype entry;
  byte openedIn, reversedIn;
  byte batch;              /* the one that takes */
  mtype state[BATCHES];
  byte purchases, undos    /* booked in batch n: bit n */
};
Terminal durable, open;    /* open: the open frame included */
bool waiting;              /* something waits for the open frame */
byte frameAsk;             /* leaves with it */
byte pending;              /* the ask that is repeated */
byte asks[3];              /* sent to the card's partition, by mode: the batch that it is booked in, as bits */
byte results;              /* sent back, as bits */
byte frameCompiles, compiles;  /* batches about which the center is asked; compiles: was sent */
byte takeovers;

mtype device = NEW;
mtype card = UNSEEN;
/* The center's part: booked in batch n, and what it told about it. */
byte centerPurchases, centerUndos, told, toldPurchases, toldUndos;

HIDDEN byte b, mode, out;
#ifdef SHORTEST
#define rest() b = 0; mode = 0; out = 0
#else
#define rest() skip
#endif

/* Results. */
#define APPROVED 0
#define UNKNOWN 1          /* only for OUTCOME */
#define UNDONE 2           /* reversed, and it had been approved */
#define TOMBSTONE 3        /* reversed before it was seen */

/* The mutation of the virtual world: what is booked late is booked where the terminal was before. */
#ifdef BOOKED_AFTER_CLOSING
#define bookedIn(batch) ((batch) > 0 -> (batch) - 1 : 0)
#else
#define bookedIn(batch) (batch)
#endif
#ifdef UNDONE_IN_ITS_BATCH
#define batchOfReversal (open.entry == UNSEEN -> open.batch : open.openedIn)
#else
#define batchOfReversal open.batch
#endif

/* ---- terminal ---- */

#define isOpen(e) ((e) == OPEN || (e) == REVERSING)

inline purchase() {
  waiting = true;
  if
  :: open.entry == UNSEEN ->
     open.entry = OPEN; open.openedIn = open.batch; frameAsk = EXECUTE;
     printf("the terminal opens the purchase in batch %d\n", open.batch + 1)
  :: open.entry == OPEN -> frameAsk = EXECUTE; printf("the terminal asks again\n")
  fi
}
#define mayOpen ((device == SENT || device == GIVENUP) && (open.entry == UNSEEN || \
  (open.entry == OPEN && pending != EXECUTE && frameAsk != EXECUTE)))

/* By the device, or by the actor itself (giveUp). */
inline openReversal() {
  waiting = true;
  open.reversedIn = batchOfReversal;
  if
  :: open.entry == UNSEEN -> open.openedIn = open.batch
  :: else
  fi;
  open.entry = REVERSING; frameAsk = REVERSE;
  printf("the terminal opens the reversal in batch %d\n", open.reversedIn + 1)
}
#define mayReverse (device == GIVENUP && (open.entry == UNSEEN || open.entry == OPEN || open.entry == OK))

/* Closing: the next batch takes at once. */
inline close() {
  waiting = true;
  open.state[open.batch] = CLOSING; printf("batch %d is closed\n", open.batch + 1); open.batch++
}

/* By the clock: what is final is compiled, what is open after 30 s is reversed. */
#ifdef FINAL_AT_ONCE
#define waitsFor(b) false
#elif defined(REVERSALS_NOT_WAITED_FOR)
#define waitsFor(b) (isOpen(open.entry) && open.openedIn == (b))
#else
#define waitsFor(b) (isOpen(open.entry) && \
  (open.openedIn == (b) || (open.entry == REVERSING && open.reversedIn == (b))))
#endif
#define mayBeFinal(b) (open.state[b] == CLOSING && !waitsFor(b))
inline finish() {
  waiting = true;
  open.state[b] = FINAL;
#ifdef COMPILED_EARLY
  compiles = compiles | mask(b);
#else
  frameCompiles = frameCompiles | mask(b);
#endif
  printf("batch %d is final\n", b + 1)
}
#ifdef NO_PATIENCE
#define mayGiveUp(b) false
#else
#define mayGiveUp(b) (open.state[b] == CLOSING && open.entry == OPEN && open.openedIn == (b))
#endif

/* The card's answer to the ask that is repeated. */
#define mayHear(m, o) (pending == (m) && (results & mask(o)))
inline hear() {
  waiting = true;
  printf("the terminal hears %d to ask %d\n", out, mode);
  if
  :: open.entry == OPEN && out == APPROVED ->
     open.entry = OK; open.purchases = open.purchases | mask(open.openedIn)
  :: open.entry == REVERSING && (out == UNDONE || out == TOMBSTONE) ->
     open.entry = REVERSED;
     if
     :: out == UNDONE ->
        open.undos = open.undos | mask(open.reversedIn); open.purchases = open.purchases | mask(open.openedIn)
     :: else
     fi
  :: else
  fi;
  pending = NONE
}

/* The center has told its part: the columns are stored. */
#define maySettle(b) (open.state[b] == FINAL && (told & mask(b)))
inline settle() {
  waiting = true;
  open.state[b] = SETTLED; printf("batch %d is settled\n", b + 1);
  demand("VIOLATED: the columns of a settled batch are equal\n",
    ((open.purchases ^ toldPurchases) & mask(b)) == 0 && ((open.undos ^ toldUndos) & mask(b)) == 0)
}

inline copyTerminal(to, from) {
  to.entry = from.entry; to.openedIn = from.openedIn; to.reversedIn = from.reversedIn;
  to.batch = from.batch; to.purchases = from.purchases; to.undos = from.undos;
  b = 0;
  do
  :: b < BATCHES -> to.state[b] = from.state[b]; b++
  :: else -> b = 0; break
  od
}

/* An ask leaves, and is repeated: it carries the batch of what it is about. */
inline release(m) {
  pending = m;
  asks[m] = asks[m] | mask(m == REVERSE -> bookedIn(open.reversedIn) : bookedIn(open.openedIn))
}

inline acknowledged() {
  printf("the terminal's frame is acknowledged\n");
  waiting = false;
  if
  :: frameAsk != NONE -> release(frameAsk); frameAsk = NONE
  :: else
  fi;
  compiles = compiles | frameCompiles; frameCompiles = 0;
  copyTerminal(durable, open)
}

/* Unfinished work is resumed: open ids, closed batches (D12). */
inline takeover(stored) {
  printf("the terminal's partition is taken over, open frame stored: %d\n", stored);
  takeovers++; waiting = false; frameAsk = NONE; frameCompiles = 0; pending = NONE;
  if
  :: stored -> copyTerminal(durable, open)
  :: else -> copyTerminal(open, durable)
  fi;
  if
  :: open.entry == OPEN -> release(OUTCOME)
  :: open.entry == REVERSING -> release(REVERSE)
  :: else
  fi;
  do
  :: b < BATCHES ->
     if
     :: open.state[b] == FINAL -> compiles = compiles | mask(b)
     :: else
     fi;
     b++
  :: else -> b = 0; break
  od
}

/* ---- card's partition: identity first, then a booking in the batch that the ask names ---- */

inline book(booked) {
  demand("VIOLATED: nothing is booked into a closed batch\n", (told & mask(b)) == 0);
  booked = booked | mask(b)
}
#define mayDecide(m, n) ((asks[m] & mask(n)) && ((m) != EXECUTE || card == UNSEEN || answers(APPROVED)) && \
  ((m) != OUTCOME || (card == UNSEEN && (results & mask(UNKNOWN)) == 0) || (card == OK && answers(APPROVED))) && \
  ((m) != REVERSE || card != REVERSED))
#define answers(o) (card == OK && (results & mask(o)) == 0)
inline decide() {
  if
  :: mode == EXECUTE && card == UNSEEN ->
     printf("the card approves, booked in batch %d\n", b + 1);
     book(centerPurchases); card = OK; out = APPROVED
  :: mode == REVERSE && card == OK ->
     printf("the card undoes it, booked in batch %d\n", b + 1);
     book(centerUndos); card = REVERSED; out = UNDONE
  :: mode == REVERSE && card == UNSEEN -> printf("the card keeps a tombstone\n"); card = REVERSED; out = TOMBSTONE
  :: mode == OUTCOME && card == UNSEEN -> out = UNKNOWN
  :: mode != REVERSE && card == OK -> out = APPROVED
  fi;
  results = results | mask(out)
}

#define mayTell(n) ((compiles & mask(n)) && (told & mask(n)) == 0)
inline tell() {
  told = told | mask(b); toldPurchases = toldPurchases | (centerPurchases & mask(b));
  toldUndos = toldUndos | (centerUndos & mask(b)); printf("the center compiles batch %d\n", b + 1)
}

/* ---- */

inline ended() {
  printf("end\n");
  demand("VIOLATED: every closed batch is settled\n",
    durable.state[0] != CLOSING && durable.state[0] != FINAL && durable.state[1] != CLOSING && durable.state[1] != FINAL)
}

#define EACH(is) :: is(0) -> b = 0 :: is(1) -> b = 1
#define DECIDE(m, n) :: mayDecide(m, n) -> mode = m; b = n
#define HEAR(m, o) :: mayHear(m, o) -> mode = m; out = o

init {
  atomic {
    durable.entry = UNSEEN; open.entry = UNSEEN; frameAsk = NONE; pending = NONE;
    do
    :: b < BATCHES -> durable.state[b] = TAKING; open.state[b] = TAKING; b++
    :: else -> b = 0; break
    od
  }
  do
  :: atomic { device == NEW -> device = SENT; printf("the device sends the purchase\n") }
  :: atomic { device == SENT -> device = GIVENUP; printf("the device sends a reversal\n") }
  :: atomic { device == SENT || device == GIVENUP -> device = SILENT; printf("the device falls silent\n") }
  :: atomic { mayOpen -> purchase() }
  :: atomic { mayReverse -> openReversal() }
  :: atomic { open.batch < CLOSINGS -> close() }
  :: atomic { if EACH(mayBeFinal) fi; finish(); rest() }
  :: atomic { if EACH(mayGiveUp) fi; openReversal(); rest() }
  :: atomic { if HEAR(EXECUTE, APPROVED) HEAR(OUTCOME, APPROVED) HEAR(OUTCOME, UNKNOWN) HEAR(REVERSE, UNDONE)
                 HEAR(REVERSE, TOMBSTONE) fi; hear(); rest() }
  :: atomic { if EACH(maySettle) fi; settle(); rest() }
  :: atomic { waiting -> acknowledged() }
  :: atomic { takeovers < TAKEOVERS -> takeover(true) }
  :: atomic { takeovers < TAKEOVERS && waiting -> takeover(false) }
  :: atomic { if DECIDE(EXECUTE, 0) DECIDE(EXECUTE, 1) DECIDE(EXECUTE, 2) DECIDE(OUTCOME, 0) DECIDE(OUTCOME, 1)
                 DECIDE(OUTCOME, 2) DECIDE(REVERSE, 0) DECIDE(REVERSE, 1) DECIDE(REVERSE, 2) fi; decide(); rest() }
  :: atomic { if EACH(mayTell) fi; tell(); rest() }
  :: atomic { timeout -> ended() }; break
  od
}
