/* A payment between device, gateway, terminal actor and card's partition: retry, reversal, marks, early answer
   (D1's exception, D6, D7, D8, D9, D12). Sound without switches; each switch in README.md breaks one rule.

   The network is a set: what was sent may arrive at any later time, again, in any order, or never in time. A partition
   has a durable state and what its open frame adds; outputs leave when that frame is acknowledged; a takeover forgets
   the rest, or finds it stored while its outputs are lost. The owner before may live on and act on what it believes.
   The card's partition decides, stores and answers in one step: nobody sees it in between (commit.pml).

   Every run ends: messages are kept as a set, so repeating one changes nothing. At the end of every run: ENDS. */

#ifndef IDS
#define IDS 1            /* transactions of one device: numbers 1, 2 */
#endif
#ifndef TAKEOVERS
#define TAKEOVERS 1      /* of the terminal's partition */
#endif
#ifndef DEATHS
#define DEATHS 1         /* the device is gone for ever; another says HELLO for its terminal */
#endif
#ifndef REVERSALS
#define REVERSALS 1      /* the device may give up */
#endif
#ifndef REFUSALS
#define REFUSALS 1       /* by the terminal's own checks */
#endif
#define E (TAKEOVERS + 1)
#define at(id, epoch) ((id) * E + (epoch))
#define mask(b) (1 << (b))

/* A property: when it does not hold, the trace ends here. */
#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

/* Scratch of one step. Breadth-first search, which finds the shortest trace, knows no hidden variables. */
#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

/* Answers. */
#define A 0              /* approved */
#define D 1              /* declined */
#define R 2              /* reversed */
#define U 3              /* ID_UNKNOWN: only for OUTCOME */
#define NOTHING 7
/* Modes of an ask. */
#define EXECUTE 0
#define OUTCOME 1
#define REVERSE 2
#define RESOLVE 3        /* proposed: the outcome, and if there is none, never */
#define NONE 7

mtype = { NEW, SENT, GIVENUP, HAS_A, HAS_D, HAS_R, DEAD };       /* the device, by id */
mtype = { UNSEEN, OPEN, OK, NO, REVERSING, REVERSED, FORGOTTEN }; /* entries of terminal and visitor */

mtype device[IDS];
byte purchases[IDS];     /* sent, bit by mark */
bool reversals[IDS];     /* sent */
byte answers[IDS * E];   /* sent to the gateway, bit by answer */
byte gateway;            /* newest epoch of the terminal's partition that it has seen */

typedef Terminal { mtype entry[IDS]; byte mark; bool replaced };
Terminal durable, open;  /* open: the newest, the open frame included */
byte frameAnswers[IDS];  /* leave with the frame */
byte frameAsk[IDS], frameMark[IDS];
bool frameHello;
byte pending[IDS];       /* mode of the ask that is repeated; NONE */
byte epoch;
mtype former[IDS];       /* the owner before: what it holds, and asks */
byte formerPending[IDS];
byte asks[IDS * E];      /* sent, bit by mode and mark */
byte results[IDS * E];   /* sent, bit by mode and answer */
#ifdef REJECTION_FINAL
bool rejected[IDS * E];
#endif
#ifdef OWN_REVERSAL
bool ownReversal;
#endif

mtype card[IDS];         /* the visitor's entry */
bool undone[IDS];        /* OK was reversed: no effect any more */
byte cardMark;
byte effect[IDS];        /* times the card is debited for it */

HIDDEN byte id, mode, mk, ep, out;
#ifdef SHORTEST
#define rest() id = 0; mode = 0; mk = 0; ep = 0; out = 0
#else
#define rest() skip
#endif

#define askBit(mode, mk) mask((mode) * 2 + (mk) - 1)
#define resultBit(mode, out) mask((mode) == REVERSE -> 7 : ((mode) == EXECUTE -> (out) : 3 + (out)))

/* ---- device and gateway ---- */

#define isFinal(id) (device[id] == HAS_A || device[id] == HAS_D || device[id] == HAS_R)
#if IDS > 1
#define deviceMark (isFinal(0) -> 2 : 1)
#else
#define deviceMark 1
#endif

#ifdef ONE_AFTER_ANOTHER
#define hasSentBefore(id) (id == 0 || isFinal(0))
#else
#define hasSentBefore(id) (id == 0 || device[0] != NEW)
#endif
#define maySend(id) ((device[id] == NEW && hasSentBefore(id)) || \
  (device[id] == SENT && (purchases[id] & mask(markFor(id))) == 0))
#define markFor(id) ((id) == 0 -> 1 : deviceMark)
inline send() {
  device[id] = SENT; purchases[id] = purchases[id] | mask(markFor(id));
  printf("device sends purchase %d, mark %d\n", id + 1, markFor(id))
}

inline giveUp() {
  device[id] = GIVENUP; reversals[id] = true;
  printf("device gives up on %d and sends a reversal\n", id + 1)
}

#define isArrived(id, ep, out) ((answers[at(id, ep)] & mask(out)) && ep >= gateway && \
  (device[id] == SENT || (device[id] == GIVENUP && (out == R || isUnguarded(out)))))
#ifdef DEVICE_UNGUARDED
#define isUnguarded(out) (out == A)
#else
#define isUnguarded(out) false
#endif
inline accept() {
  gateway = ep;
  printf("device gets answer %d for %d, from epoch %d\n", out, id + 1, ep);
  if
  :: out == A -> device[id] = HAS_A; demand("VIOLATED: what a device holds is what the card did\n", effect[id] == 1)
  :: out == D -> device[id] = HAS_D; demand("VIOLATED: what a device holds is what the card did\n", effect[id] == 0)
  :: out == R -> device[id] = HAS_R
  fi
}

/* ---- terminal actor ---- */

#define isOpen(e) ((e) == OPEN || (e) == REVERSING)
#define isEnded(e) ((e) == OK || (e) == NO || (e) == REVERSED)
/* min(device's mark, lowest open number), for the card's partition (D7). */
#if IDS > 1
#ifdef ONE_MARK
#define towards(state, id, mk) ((id) == 1 && !isOpen(state.entry[0]) -> 2 : 1)
#else
#define towards(state, id, mk) ((id) == 1 && (state.mark == 2 || (mk) == 2) && !isOpen(state.entry[0]) -> 2 : 1)
#endif
inline raiseMark() {
  if
  :: mk > open.mark -> open.mark = mk
  :: else
  fi;
  forget()
}
/* Below its mark the device never asks again. */
inline forget() {
  if
  :: open.mark == 2 && isEnded(open.entry[0]) -> open.entry[0] = FORGOTTEN
  :: else
  fi
}
#else
#define towards(state, id, mk) 1
#define raiseMark() skip
#define forget() skip
#endif

inline ask(m) {
#ifdef ASK_BEFORE_OPENED
  pending[id] = m; asks[at(id, epoch)] = asks[at(id, epoch)] | askBit(m, towards(open, id, mk));
#else
  frameAsk[id] = m; frameMark[id] = towards(open, id, mk)
#endif
}
inline answer(a) {
  if
  :: (answers[at(id, epoch)] & mask(a)) == 0 -> frameAnswers[id] = frameAnswers[id] | mask(a)
  :: else
  fi
}
#define isSaid(id, a) (((answers[at(id, epoch)] | frameAnswers[id]) & mask(a)) != 0)

/* A purchase that arrives: identity first (D6). Twice the same changes nothing. */
#define isPurchase(id, mk) ((purchases[id] & mask(mk)) && !open.replaced && ( \
  (open.entry[id] == UNSEEN && id + 1 >= open.mark) || \
  (open.entry[id] == OPEN && pending[id] != EXECUTE && frameAsk[id] != EXECUTE) || \
  (open.entry[id] == OK && !isSaid(id, A)) || (open.entry[id] == NO && !isSaid(id, D)) || \
  (open.entry[id] == REVERSED && !isSaid(id, R)) || isCheckedLast(id)))
#ifdef DUPLICATE_CHECK_LAST
#define isCheckedLast(id) (open.entry[id] == OPEN)
#else
#define isCheckedLast(id) false
#endif
inline purchase() {
  if
  :: open.entry[id] == UNSEEN ->
     open.entry[id] = OPEN; raiseMark(); ask(EXECUTE); printf("terminal opens %d\n", id + 1)
  :: REFUSALS && (open.entry[id] == UNSEEN || isCheckedLast(id)) ->
     open.entry[id] = NO; raiseMark(); answer(D); printf("terminal refuses %d by its own checks\n", id + 1)
  :: open.entry[id] == OPEN && pending[id] != EXECUTE && frameAsk[id] != EXECUTE ->
     ask(EXECUTE); printf("terminal asks about %d again\n", id + 1)
  :: open.entry[id] == OK -> answer(A); printf("terminal repeats its answer for %d\n", id + 1)
  :: open.entry[id] == NO -> answer(D); printf("terminal repeats its answer for %d\n", id + 1)
  :: open.entry[id] == REVERSED -> answer(R); printf("terminal repeats its answer for %d\n", id + 1)
  fi
}

/* A reversal that arrives: it goes to the card, and the record waits for it (D9). */
#define isReversal(id) (reversals[id] && !open.replaced && ( \
  (open.entry[id] == UNSEEN && id + 1 >= open.mark) || \
  open.entry[id] == OPEN || open.entry[id] == OK || open.entry[id] == NO || \
  ((open.entry[id] == REVERSED || (open.entry[id] == REVERSING)) && !isSaid(id, R))))
inline reversal() {
  mk = 1;
  if
  :: open.entry[id] == REVERSED -> answer(R); printf("terminal answers the reversal of %d again\n", id + 1)
  :: open.entry[id] == REVERSING -> answer(R); printf("terminal parks %d: REVERSING\n", id + 1)
  :: open.entry[id] != REVERSED && open.entry[id] != REVERSING ->
     open.entry[id] = REVERSING; ask(REVERSE); printf("terminal opens the reversal of %d\n", id + 1)
  fi
}

inline settle() { pending[id] = NONE; frameAsk[id] = NONE; frameMark[id] = 0 }

/* The actor itself gives up on an id. */
#ifdef RESOLVED_BY_CARD
#define OWN() ask(RESOLVE)
#else
#define OWN() open.entry[id] = REVERSING; ask(REVERSE)
#endif

/* The card's answer to an ask of this owner that is still pending. */
#define isResult(id, mode, out) (pending[id] == mode && (results[at(id, epoch)] & resultBit(mode, out)) && \
  !(mode != REVERSE && open.entry[id] == REVERSING))
inline result() {
  printf("terminal hears %d for ask %d about %d\n", out, mode, id + 1);
  mk = 1;
  settle();
  if
  :: mode == REVERSE && open.entry[id] == REVERSING -> open.entry[id] = REVERSED; answer(R); forget()
  :: mode != REVERSE && open.entry[id] == OPEN && out != U ->
     open.entry[id] = (out == A -> OK : (out == D -> NO : REVERSED));
     forget();
#ifdef LATE_ANSWER
     answer(out)
#else
     answers[at(id, epoch)] = answers[at(id, epoch)] | mask(out)  /* before CLOSED is durable */
#endif
  /* Nobody repeats what an older device left open: the actor reverses it. */
  :: mode == OUTCOME && open.entry[id] == OPEN && out == U && open.replaced ->
     OWN()
  :: else
  fi
}

#ifdef REJECTION_FINAL
inline rejection() {
  printf("terminal takes a rejection of %d for a decline\n", id + 1);
  rejected[at(id, epoch)] = false;
  if
  :: open.entry[id] == OPEN -> open.entry[id] = NO; settle(); answer(D)
  :: else
  fi
}
#endif

/* Another device says HELLO for the terminal: what the one before left open is resolved here. */
#ifdef CLONE
#define mayBeReplaced (DEATHS && !open.replaced)
#else
#define mayBeReplaced (!open.replaced && isDead)
#endif
#if IDS > 1
#define isDead (device[0] == DEAD || device[1] == DEAD)
#else
#define isDead (device[0] == DEAD)
#endif
inline hello() {
  open.replaced = true; frameHello = true; printf("another device says HELLO\n");
  mk = 1; id = 0;
  do
  :: id < IDS ->
     if
     :: open.entry[id] == OPEN -> frameAsk[id] = OUTCOME; frameMark[id] = towards(open, id, mk)
     :: open.entry[id] == REVERSING -> frameAsk[id] = REVERSE; frameMark[id] = towards(open, id, mk)
     :: else
     fi;
     id++
  :: else -> break
  od
}

#if IDS > 1
#define isWaiting (frameAnswers[0] || frameAsk[0] != NONE || frameAnswers[1] || frameAsk[1] != NONE || frameHello || \
  open.entry[0] != durable.entry[0] || open.entry[1] != durable.entry[1])
#else
#define isWaiting (frameAnswers[0] || frameAsk[0] != NONE || frameHello || open.entry[0] != durable.entry[0])
#endif
inline copyTerminal(to, from) {
  id = 0;
  do
  :: id < IDS -> to.entry[id] = from.entry[id]; id++
  :: else -> break
  od;
  to.mark = from.mark; to.replaced = from.replaced
}

/* The frame is stored and acknowledged: what it holds back leaves (D1). */
inline acknowledged() {
  printf("terminal's frame is acknowledged\n");
  id = 0;
  do
  :: id < IDS ->
     durable.entry[id] = open.entry[id];
     answers[at(id, epoch)] = answers[at(id, epoch)] | frameAnswers[id];
     if
     :: frameAsk[id] != NONE -> pending[id] = frameAsk[id];
        asks[at(id, epoch)] = asks[at(id, epoch)] | askBit(frameAsk[id], frameMark[id])
     :: else
     fi;
     frameAnswers[id] = 0; frameAsk[id] = NONE; frameMark[id] = 0;
     id++
  :: else -> break
  od;
  durable.mark = open.mark; durable.replaced = open.replaced; frameHello = false
}

#ifdef MARK_SPECULATIVE
#define mayRepeat(id) (pending[id] == EXECUTE && towards(open, id, 1) == 2 && \
  (asks[at(id, epoch)] & askBit(EXECUTE, 2)) == 0)
inline repeat() {
  asks[at(id, epoch)] = asks[at(id, epoch)] | askBit(EXECUTE, 2);
  printf("terminal repeats its ask about %d with mark 2\n", id + 1)
}
#endif

/* Another owner: the open frame was stored, its outputs lost, or it is gone. Unfinished work is resumed (D12). */
inline takeover(stored) {
  printf("terminal's partition is taken over, open frame stored: %d\n", stored);
  id = 0;
  do
  :: id < IDS ->
     former[id] = open.entry[id]; formerPending[id] = pending[id];
     if
     :: stored -> durable.entry[id] = open.entry[id]
     :: else -> open.entry[id] = durable.entry[id]
     fi;
     pending[id] = NONE; frameAnswers[id] = 0; frameAsk[id] = NONE; frameMark[id] = 0;
     id++
  :: else -> break
  od;
  if
  :: stored -> durable.mark = open.mark; durable.replaced = open.replaced
  :: else -> open.mark = durable.mark; open.replaced = durable.replaced
  fi;
  frameHello = false;
  epoch++;
#ifndef UNFINISHED_FORGOTTEN
  id = 0;
  do
  :: id < IDS ->
     if
     :: open.entry[id] == OPEN -> pending[id] = OUTCOME
     :: open.entry[id] == REVERSING -> pending[id] = REVERSE
     :: else
     fi;
     if
     :: pending[id] != NONE -> asks[at(id, epoch)] = asks[at(id, epoch)] | askBit(pending[id], towards(open, id, 1))
     :: else
     fi;
     id++
  :: else -> break
  od
#endif
}

/* The owner before passes on what it hears for an id that it holds open. */
#define isFormerResult(id, mode, out) (epoch > 0 && former[id] == OPEN && formerPending[id] == mode && \
  (results[at(id, epoch - 1)] & resultBit(mode, out)))
inline formerResult() {
  printf("former owner hears %d about %d and passes it on\n", out, id + 1);
  former[id] = REVERSED; formerPending[id] = NONE;
#ifndef LATE_ANSWER
  answers[at(id, epoch - 1)] = answers[at(id, epoch - 1)] | mask(out)
#endif
}

/* What nobody repeats any more may be lost: it must not be what saves the day at the end. */
#define keeps(id) (pending[id] == NONE -> 0 : (askBit(pending[id], 1) | askBit(pending[id], 2)))
#if TAKEOVERS > 1
#define stale(id) ((asks[at(id, epoch)] & ~keeps(id)) || (epoch > 0 && asks[at(id, 0)]) || (epoch > 1 && asks[at(id, 1)]))
#elif TAKEOVERS > 0
#define stale(id) ((asks[at(id, epoch)] & ~keeps(id)) || (epoch > 0 && asks[at(id, 0)]))
#else
#define stale(id) (asks[at(id, epoch)] & ~keeps(id))
#endif
inline lose() {
  printf("copies of settled asks about %d are lost\n", id + 1);
  asks[at(id, epoch)] = asks[at(id, epoch)] & keeps(id);
  ep = 0;
  do
  :: ep < epoch -> asks[at(id, ep)] = 0; ep++
  :: else -> break
  od
}

/* ---- card's partition ---- */

#define known(id) (card[id] == OK || card[id] == NO || card[id] == REVERSED)
#define status(id) (card[id] == OK -> A : (card[id] == NO -> D : R))
#define lacks(id, mode, ep, out) ((results[at(id, ep)] & resultBit(mode, out)) == 0)
#define isAsk(id, mode, mk, ep) ((asks[at(id, ep)] & askBit(mode, mk)) && ( \
  (known(id) && mode == REVERSE && (card[id] != REVERSED || lacks(id, mode, ep, R))) || \
  (known(id) && mode != REVERSE && lacks(id, mode, ep, status(id))) || \
  (!known(id) && id + 1 >= cardMark && (mode != OUTCOME || lacks(id, mode, ep, U)) && \
    ((mode != REVERSE && mode != RESOLVE) || lacks(id, mode, ep, R)))))

/* Recorded; lower numbers are forgotten. */
inline remember(what) {
  card[id] = what;
#if IDS > 1
  if
  :: mk > cardMark -> cardMark = mk
  :: else
  fi;
  if
  :: cardMark == 2 && known(0) -> card[0] = FORGOTTEN
  :: else
  fi
#endif
}

inline cardDecides() {
  if
  :: known(id) && mode != REVERSE -> out = status(id)
  :: known(id) && mode == REVERSE ->
     if
     :: card[id] == OK ->
        effect[id]--;
        demand("VIOLATED: what a device holds is what the card did\n", device[id] != HAS_A)
     :: else
     fi;
     card[id] = REVERSED; out = R
  :: !known(id) && mode == EXECUTE -> effect[id]++; remember(OK); out = A;
     demand("VIOLATED: no double effect\n", effect[id] < 2);
     demand("VIOLATED: what a device holds is what the card did\n", device[id] != HAS_D);
     demand("VIOLATED: what was refused or reversed never happens\n",
       durable.entry[id] != NO && durable.entry[id] != REVERSED)
  :: !known(id) && mode == EXECUTE -> remember(NO); out = D
  :: !known(id) && mode == OUTCOME -> out = U
  :: !known(id) && (mode == REVERSE || mode == RESOLVE) ->
#ifndef TOMBSTONE_DROPPED
     remember(REVERSED);
#endif
     out = R
  fi;
  results[at(id, ep)] = results[at(id, ep)] | resultBit(mode, out);
  printf("card's partition decides ask %d of %d (mark %d, epoch %d): %d\n", mode, id + 1, mk, ep, out)
}

/* ---- */

inline ended() {
  printf("end\n");
  id = 0;
  do
  :: id < IDS ->
     demand("VIOLATED: every command ends\n", isFinal(id) || device[id] == DEAD || device[id] == NEW);
     demand("VIOLATED: every opened id ends\n", !isOpen(durable.entry[id]));
     demand("VIOLATED: what a device holds is what the card did\n",
       (device[id] != HAS_A || effect[id] == 1) && ((device[id] != HAS_D && device[id] != HAS_R) || effect[id] == 0));
     demand("VIOLATED: the terminal's record is what the card did\n",
       (durable.entry[id] != OK || effect[id] == 1) &&
       ((durable.entry[id] != NO && durable.entry[id] != REVERSED && durable.entry[id] != UNSEEN) || effect[id] == 0));
     id++
  :: else -> break
  od
}

/* For every id, epoch, …: the options of an `if`. */
#define DEVICE(is) :: is(0) -> id = 0 MORE(is)
#if IDS > 1
#define MORE(is) :: is(1) -> id = 1
#define BOTH(one, what, is) one(0, what, is) one(1, what, is)
#else
#define MORE(is)
#define BOTH(one, what, is) one(0, what, is)
#endif
#if TAKEOVERS > 1
#define EPOCHS(one, n, is) one(n, 0, is) one(n, 1, is) one(n, 2, is)
#elif TAKEOVERS > 0
#define EPOCHS(one, n, is) one(n, 0, is) one(n, 1, is)
#else
#define EPOCHS(one, n, is) one(n, 0, is)
#endif
#define ARRIVED(n, e, is) \
  :: is(n, e, A) -> id = n; ep = e; out = A :: is(n, e, D) -> id = n; ep = e; out = D :: is(n, e, R) -> id = n; ep = e; out = R
#define ARRIVALS(n, x, is) EPOCHS(ARRIVED, n, is)
#define RESULT(n, m, o, is) :: is(n, m, o) -> id = n; mode = m; out = o
#define RESULTS(n, x, is) \
  RESULT(n, EXECUTE, A, is) RESULT(n, EXECUTE, D, is) RESULT(n, EXECUTE, R, is) RESULT(n, REVERSE, R, is) \
  RESULT(n, OUTCOME, A, is) RESULT(n, OUTCOME, D, is) RESULT(n, OUTCOME, R, is) RESULT(n, OUTCOME, U, is) \
  RESOLVED(n, is)
#ifdef RESOLVED_BY_CARD
#define RESOLVED(n, is) RESULT(n, RESOLVE, A, is) RESULT(n, RESOLVE, D, is) RESULT(n, RESOLVE, R, is)
#define ALSO(n, e, is) ASK(n, RESOLVE, 1, e, is) ASK(n, RESOLVE, 2, e, is)
#else
#define RESOLVED(n, is)
#define ALSO(n, e, is)
#endif
#define EARLY(n, x, is) \
  RESULT(n, EXECUTE, A, is) RESULT(n, EXECUTE, D, is) RESULT(n, EXECUTE, R, is) \
  RESULT(n, OUTCOME, A, is) RESULT(n, OUTCOME, D, is) RESULT(n, OUTCOME, R, is)
#define PURCHASE(n, m, is) :: is(n, m) -> id = n; mk = m
#define PURCHASES(n, x, is) PURCHASE(n, 1, is) PURCHASE(n, 2, is)
#define ASK(n, m, k, e, is) :: is(n, m, k, e) -> id = n; mode = m; mk = k; ep = e
#define MARKED(n, e, is) \
  ASK(n, EXECUTE, 1, e, is) ASK(n, OUTCOME, 1, e, is) ASK(n, REVERSE, 1, e, is) \
  ASK(n, EXECUTE, 2, e, is) ASK(n, OUTCOME, 2, e, is) ASK(n, REVERSE, 2, e, is) \
  ALSO(n, e, is)
#define ASKS(n, x, is) EPOCHS(MARKED, n, is)

#ifdef FIRST_REVERSED
#define mayGiveUp(id) ((id) == 0 && device[id] == SENT)
#else
#define mayGiveUp(id) (REVERSALS && device[id] == SENT)
#endif
#define mayDie(id) (DEATHS && (device[id] == SENT || device[id] == GIVENUP))
#define isRejectable(id) (!known(id) && (asks[at(id, epoch)] & (askBit(EXECUTE, 1) | askBit(EXECUTE, 2))) && \
  !rejected[at(id, epoch)] && open.entry[id] == OPEN)
#define isRejected(id) (rejected[at(id, epoch)])
#define mayReverse(id) (open.entry[id] == OPEN && !open.replaced && !ownReversal)

init {
  atomic {
    id = 0;
    do
    :: id < IDS ->
       device[id] = NEW; durable.entry[id] = UNSEEN; open.entry[id] = UNSEEN; former[id] = UNSEEN; card[id] = UNSEEN;
       frameAsk[id] = NONE; pending[id] = NONE; formerPending[id] = NONE;
       id++
    :: else -> break
    od;
    durable.mark = 1; open.mark = 1; cardMark = 1; id = 0
  }
  do
  :: atomic { if DEVICE(maySend) fi; send(); rest() }
  :: atomic { if DEVICE(mayGiveUp) fi; giveUp(); rest() }
  :: atomic { if DEVICE(mayDie) fi; device[id] = DEAD; printf("device dies\n"); rest() }
  :: atomic { if BOTH(ARRIVALS, 0, isArrived) fi; accept(); rest() }
  :: atomic { gateway < epoch -> gateway = epoch; printf("gateway hears of epoch %d\n", epoch); rest() }
  :: atomic { if BOTH(PURCHASES, 0, isPurchase) fi; purchase(); rest() }
  :: atomic { if DEVICE(isReversal) fi; reversal(); rest() }
  :: atomic { if BOTH(RESULTS, 0, isResult) fi; result(); rest() }
  :: atomic { mayBeReplaced -> hello(); rest() }
  :: atomic { isWaiting -> acknowledged(); rest() }
  :: atomic { epoch < TAKEOVERS -> takeover(true); rest() }
  :: atomic { epoch < TAKEOVERS -> takeover(false); rest() }
  :: atomic { if BOTH(EARLY, 0, isFormerResult) fi; formerResult(); rest() }
  :: atomic { if BOTH(ASKS, 0, isAsk) fi; cardDecides(); rest() }
#ifndef NOTHING_LOST
  :: atomic { if DEVICE(stale) fi; lose(); rest() }
#endif
#ifdef MARK_SPECULATIVE
  :: atomic { mayRepeat(1) -> id = 1; repeat(); rest() }
#endif
#ifdef REJECTION_FINAL
  :: atomic { if DEVICE(isRejectable) fi; rejected[at(id, epoch)] = true; printf("card's partition: OVERLOADED\n"); rest() }
  :: atomic { if DEVICE(isRejected) fi; rejection(); rest() }
#endif
#ifdef OWN_REVERSAL
  :: atomic { if DEVICE(mayReverse) fi; mk = 1; ownReversal = true; OWN();
       printf("terminal itself gives up on %d\n", id + 1); rest() }
#endif
  :: atomic { timeout -> ended() }; break
  od
}
