/* What is given back of one payment: two refunds, a void, their reversals, the payment's own reversal, in any order,
   each as often as it is sent (rule 9, D9). The card raises one number, which never passes the payment's amount.
   Sound without switches; each switch in README.md breaks one rule.

   Every message is there from the beginning and may arrive at any time, again, or never. A frame is one decision; the
   partition may be taken over with it stored or not, and the card comes back as the journal says (snapshot.pml).
   Entries of ids go when the device has their answers (D7); what was given back stays until nobody can ask about the
   payment any more (forgetBefore). */

#define AMOUNT 2

#ifndef TAKEOVERS
#define TAKEOVERS 1
#endif
#ifndef LATE
#define LATE 2           /* at most so many ages pass: see `age` */
#endif

#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

/* Ids. */
#define P 0              /* the payment */
#define F 1              /* a refund of 1 */
#define G 2              /* a refund of 2 */
#define V 3              /* a void */
#define IDS 4

mtype = { UNSEEN, OK, NO, REVERSED, FORGOTTEN };

/* back: what the holder has of it, by the journal; undone: what the card believes. */
typedef Card { byte undone; byte back; bool reversed; bool voided; mtype entry[IDS] };
Card durable, open;      /* open: the open frame included */
bool waiting;            /* a decision waits for its frame */
byte takeovers;

/* 0: refunds are possible; 1: too late for refunds, reversals may be on their way; 2: nobody can ask any more. */
byte age;

HIDDEN byte id, given;

inline copyCard(to, from) {
  to.undone = from.undone; to.back = from.back; to.reversed = from.reversed; to.voided = from.voided;
  to.entry[P] = from.entry[P]; to.entry[F] = from.entry[F]; to.entry[G] = from.entry[G]; to.entry[V] = from.entry[V]
}

/* The card after its event: assigns, never refuses. */
inline giveBack(amount) {
  open.back = open.back + (amount);
#ifndef UNDONE_FORGOTTEN
  open.undone = open.undone + (amount);
#endif
  demand("VIOLATED: never more is given back than was paid\n", open.back <= AMOUNT)
}
inline takeAgain(amount) {
  demand("VIOLATED: never more is taken again than was given back\n", open.back >= (amount));
  open.back = open.back - (amount);
#ifndef UNDONE_FORGOTTEN
#ifndef UNDONE_KEPT
  open.undone = open.undone - (amount)
#else
  skip
#endif
#else
  skip
#endif
}

/* In proportion of what is left; here only how much. */
#define amountOf(id) ((id) == F -> 1 : 2)

/* A refund that the card has not seen. */
inline refund() {
  if
  :: amountOf(id) <= AMOUNT - open.undone ->
     printf("refund of %d: approved\n", amountOf(id)); open.entry[id] = OK; giveBack(amountOf(id))
  :: else -> open.entry[id] = NO; printf("refund of %d: REFUND_EXCEEDS_ORIGINAL\n", amountOf(id))
  fi
}

/* Only of what is untouched. */
inline voidPayment() {
  if
  :: open.undone == 0 && !open.reversed && !open.voided ->
     printf("void: approved\n"); open.voided = true; open.entry[V] = OK; giveBack(AMOUNT)
  :: else -> open.entry[V] = NO; printf("void: VOID_NOT_POSSIBLE\n")
  fi
}

#ifdef REVERSAL_UNMARKED
#define isGone false
#else
#define isGone open.reversed
#endif
#ifdef REVERSED_WHOLE
#define leftOf AMOUNT
#else
#define leftOf (AMOUNT - open.undone)
#endif
/* Always accepted. Of the payment: what is left of it. Of a refund or void: taken again, unless the payment is gone. */
inline reverse() {
  if
  :: id == P && open.entry[P] == OK ->
     given = leftOf; printf("reversal of the payment: gives %d back\n", given);
     giveBack(given); open.reversed = true;
     demand("VIOLATED: of a reversed payment all is given back\n", open.back == AMOUNT)
  :: id != P && open.entry[id] == OK && !isGone ->
     printf("reversal of %d: takes %d again\n", id, amountOf(id)); takeAgain(amountOf(id));
     if
     :: id == V -> open.voided = false
     :: else
     fi;
     demand("VIOLATED: of a reversed payment all is given back\n", !open.reversed || open.back == AMOUNT)
  :: id != P && open.entry[id] == OK && isGone ->
     printf("reversal of %d: nothing, the payment is reversed\n", id)
  :: open.entry[id] != OK -> printf("reversal of %d: a tombstone\n", id)
  fi;
  open.entry[id] = REVERSED; given = 0
}

/* Every command of the card: what can be asked about no more goes first. */
#ifdef FORGOTTEN_EARLY
#define isForgettable (age >= 1)
#else
#define isForgettable (age >= 2)
#endif
inline access() {
  if
  :: isForgettable -> open.undone = 0; open.reversed = false; open.voided = false
  :: else
  fi;
  waiting = true
}

/* Known ids are answered as recorded, and change nothing. */
#define mayRefund(id) (open.entry[id] == UNSEEN)
#define mayReverse(id) (age < 2 && (open.entry[id] == UNSEEN || open.entry[id] == OK || open.entry[id] == NO))

inline takeover(stored) {
  takeovers++; waiting = false;
  printf("the partition is taken over, open frame stored: %d\n", stored);
  if
  :: stored -> copyCard(durable, open)
  :: else -> copyCard(open, durable)
  fi;
#ifdef SNAPSHOT_LACKS_IT
  open.undone = 0; durable.undone = 0;
#endif
  skip
}

/* The device holds the answer: its mark passes the id. */
inline forget() {
  open.entry[id] = FORGOTTEN; durable.entry[id] = FORGOTTEN;
  printf("the id memory forgets %d\n", id);
#ifdef FORGOTTEN_WITH_ID
  open.undone = 0; durable.undone = 0;
#endif
  id = 0
}
#define mayForget(id) (!waiting && (durable.entry[id] == OK || durable.entry[id] == NO || durable.entry[id] == REVERSED))

init {
  atomic {
    id = 0;
    do
    :: id < IDS -> open.entry[id] = UNSEEN; durable.entry[id] = UNSEEN; id++
    :: else -> break
    od;
    open.entry[P] = OK; durable.entry[P] = OK; id = 0
  }
  do
  :: atomic { mayRefund(F) || mayRefund(G) ->
       if :: mayRefund(F) -> id = F :: mayRefund(G) -> id = G fi;
       access();
       if
       :: age == 0 -> refund()
       :: else -> open.entry[id] = NO; printf("refund of %d: ORIGINAL_NOT_FOUND\n", amountOf(id))
       fi;
       id = 0 }
  :: atomic { mayRefund(V) && age == 0 -> access(); voidPayment() }
  :: atomic { mayReverse(P) -> id = P; access(); reverse(); id = 0 }
  :: atomic { mayReverse(F) -> id = F; access(); reverse(); id = 0 }
  :: atomic { mayReverse(G) -> id = G; access(); reverse(); id = 0 }
  :: atomic { mayReverse(V) -> id = V; access(); reverse(); id = 0 }
  :: atomic { waiting -> copyCard(durable, open); waiting = false; printf("the frame is acknowledged\n") }
  :: atomic { takeovers < TAKEOVERS -> takeover(true) }
  :: atomic { takeovers < TAKEOVERS && waiting -> takeover(false) }
  :: atomic { mayForget(F) -> id = F; forget() }
  :: atomic { mayForget(G) -> id = G; forget() }
  :: atomic { mayForget(V) -> id = V; forget() }
  :: atomic { mayForget(P) && durable.entry[P] == REVERSED -> id = P; forget() }
  :: atomic { age < LATE -> age++; printf("time passes: age %d\n", age) }
  :: atomic { timeout -> printf("end\n");
       demand("VIOLATED: never more is given back than was paid\n", durable.back <= AMOUNT) }; break
  od
}
