/* Commit, fencing and takeover of one partition by two workers (D1, D2, D3, D4, D5, D18).
   Sound without switches; each switch in README.md breaks one rule and is refuted.

   The network is a set of copies: a frame that was published may reach the server at any later time, also after its
   sender has crashed; an acknowledgement arrives, arrives late or never. The server compares the LENGTH of the stream
   with the expectation and nothing else. A command of a client may reach any worker at any time, again and again.
   One turn touches two actors, card and record: bit c of each says that command c had its effect.

   What is stored is in the server's memory. An acknowledgement says that everything up to its frame is on the disk. A
   power cut takes from the end what is not, all of it or some, and ends every connection: copies on their way go too.

   Every run ends: faults are finite, nothing else repeats without a change. At the end of every run: ENDS. */

#ifndef COMMANDS
#define COMMANDS 2   /* that have an effect, once */
#endif
#ifndef CRASHES
#define CRASHES 1    /* of any worker at any moment; it starts again */
#endif
#ifndef STEALS
#define STEALS 1     /* takeovers although another worker serves */
#endif
#ifndef LOSSES
#define LOSSES 1     /* copies that never arrive */
#endif
#ifndef UNHEARD
#define UNHEARD 1    /* acknowledgements that never arrive */
#endif
#ifndef CUTS
#define CUTS 0       /* of the server's power */
#endif
#define READ COMMANDS           /* the last command only reads */
#define MAXN 14                 /* length of the journal */
#define COPIES 6                /* on their way at one time */
#define mask(c) (1 << (c))

/* A frame is known by who made it and what is in it: that stands for the hash of its bytes. */
typedef Frame {
  byte maker;                   /* worker, new with every start of its process */
  byte epoch;                   /* sequence of the epoch frame */
  byte previous;                /* hash of the frame before: its maker and content */
  bool begins;                  /* an epoch frame */
  byte card; byte record        /* effects */
};
typedef Copy { bool there; byte worker; byte expect; Frame frame };
typedef Stored { byte epoch; byte hash; byte card; byte record }; /* effects: of all frames up to this one */

/* What a worker has decided, and what leaves when its frame is acknowledged. */
typedef Open { bool any; byte card; byte record; byte replies; byte view };
mtype = { IDLE, TAKING, SERVING };
typedef Worker {
  mtype state;
  byte maker;
  byte epoch; byte tip; byte tipHash;
  byte card; byte record;       /* speculative: open frames included */
  Open open; Open flight;
  bool flying;
  byte expect; byte hash;       /* of the frame in flight */
  byte acked;                   /* sequence of the last acknowledgement that arrived */
#ifdef TWO_IN_FLIGHT
  bool second; Open ahead; byte aheadHash;
#endif
#ifdef TURN_SPLIT
  byte later
#endif
};

Stored journal[MAXN];
byte n;                         /* length; the genesis frame is at 1 */
Copy copies[COPIES];
Worker w[2];
byte sent, replied;             /* commands of the client */
byte floor;                     /* what was answered when the read was sent: it must see that */
byte makers, crashes, steals, losses, unheard;
#if CUTS > 0
byte cuts;
byte disk = 1;                  /* up to here it was acknowledged */
byte seen;                      /* effects that were answered to a read */
byte saved;                     /* what the newest checkpoint names: written as early as may be */
#endif

/* Scratch of one step. Breadth-first search, which finds the shortest trace, knows no hidden variables. */
#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif
HIDDEN byte i, k, copy, heard, free_;
HIDDEN Frame f;
#ifdef SHORTEST
#define rest() i = 0; k = 0; copy = 0; heard = 0; free_ = 0; \
  f.maker = 0; f.epoch = 0; f.previous = 0; f.begins = 0; f.card = 0; f.record = 0
#else
#define rest() skip
#endif

/* A property: when it does not hold, the trace ends here. */
#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

#define hashOf(maker, begins, card, record) ((maker) * 32 + (begins) * 16 + (card) * 4 + (record))

inline store(at) {
  demand("VIOLATED: one effective writer\n",
    f.previous == journal[n].hash && (f.begins || f.epoch == journal[n].epoch));
  demand("VIOLATED: no double effect\n", (journal[n].card & f.card) == 0 && (journal[n].record & f.record) == 0);
  n++;
  assert(n < MAXN);
  journal[n].epoch = (f.begins -> n : f.epoch);
  journal[n].hash = hashOf(f.maker, f.begins, f.card, f.record);
  journal[n].card = journal[n-1].card | f.card;
  journal[n].record = journal[n-1].record | f.record;
  at = n
}

inline drop(c) {
  copies[c].there = false; copies[c].worker = 0; copies[c].expect = 0;
  copies[c].frame.maker = 0; copies[c].frame.epoch = 0; copies[c].frame.previous = 0;
  copies[c].frame.begins = false; copies[c].frame.card = 0; copies[c].frame.record = 0
}

/* What can never be stored any more is as good as gone. */
inline dropOutdated() {
  k = 0;
  do
  :: k < COPIES ->
#ifndef NO_FENCING
     if
     :: copies[k].there && copies[k].expect < n -> drop(k)
     :: else
     fi;
#endif
     k++
  :: else -> break
  od;
  k = 0
}

inline publish(me, expect_, begins_, card_, record_) {
  free_ = 0;
  do
  :: free_ < COPIES && copies[free_].there -> free_++
  :: else -> break
  od;
  assert(free_ < COPIES);
  copies[free_].there = true;
  copies[free_].worker = me;
  copies[free_].expect = expect_;
  copies[free_].frame.maker = w[me].maker;
  copies[free_].frame.epoch = w[me].epoch;
  copies[free_].frame.previous = w[me].tipHash;
  copies[free_].frame.begins = begins_;
  copies[free_].frame.card = card_;
  copies[free_].frame.record = record_;
  w[me].hash = hashOf(w[me].maker, begins_, card_, record_);
  dropOutdated()
}

#ifdef NO_FENCING
#define accepted(c) (copies[c].there)
#else
#define accepted(c) (copies[c].there && copies[c].expect == n)
#endif

/* JetStream stores it. Its acknowledgement comes back, or not. */
inline deliver(c, heard) {
  f.maker = copies[c].frame.maker; f.epoch = copies[c].frame.epoch; f.previous = copies[c].frame.previous;
  f.begins = copies[c].frame.begins; f.card = copies[c].frame.card; f.record = copies[c].frame.record;
  i = copies[c].worker;
  printf("server stores %d: of worker %d, epoch frame %d, card %d record %d, acknowledgement arrives %d\n",
    n + 1, i, f.begins, f.card, f.record, heard);
  drop(c);
  store(k);
  if
  :: heard && w[i].maker == f.maker && w[i].flying -> w[i].acked = n
  :: else
  fi;
#if CUTS > 0
  if
  :: heard -> disk = n
  :: else
  fi;
#endif
  dropOutdated()
}

#define clearOpen(o) o.any = false; o.card = 0; o.record = 0; o.replies = 0; o.view = 0

inline stop(me) {
  w[me].state = IDLE; w[me].epoch = 0; w[me].tip = 0; w[me].tipHash = 0; w[me].card = 0; w[me].record = 0;
  clearOpen(w[me].open); clearOpen(w[me].flight);
  w[me].flying = false; w[me].expect = 0; w[me].hash = 0; w[me].acked = 0;
#ifdef TWO_IN_FLIGHT
  w[me].second = false; clearOpen(w[me].ahead); w[me].aheadHash = 0;
#endif
#ifdef TURN_SPLIT
  w[me].later = 0
#endif
}

inline reply(me, replies_, view_) {
  printf("worker %d answers %d, view %d\n", me, replies_, view_);
  demand("VIOLATED: nothing answered is lost\n", ((replies_) & (mask(COMMANDS) - 1) & ~journal[n].card) == 0);
  demand("VIOLATED: a read sees what was answered before\n", ((replies_) & mask(READ)) == 0 || (floor & ~(view_)) == 0);
#if CUTS > 0
  if
  :: (replies_) & mask(READ) -> seen = seen | (view_)
  :: else
  fi;
#endif
  replied = replied | (replies_)
}

inline client(c) {
  atomic { (sent & mask(c)) == 0 ->
    if
    :: c == READ -> floor = replied
    :: else
    fi;
    sent = sent | mask(c); printf("client sends %d\n", c); rest() }
}

#ifdef TWO_IN_FLIGHT
#define isAhead(me, c) ((w[me].ahead.replies & mask(c)) != 0)
#else
#define isAhead(me, c) false
#endif
#ifdef BLIND_RETRY
#define maySee(me) (w[me].state == TAKING || journal[w[me].expect + 1].hash == w[me].hash)
#else
#define maySee(me) true
#endif

/* A turn: decided on the speculative state, into the open frame. A known command adds nothing, but waits too (D1). */
inline decide(me, c) {
  atomic { w[me].state == SERVING && (sent & mask(c)) && (w[me].open.replies & mask(c)) == 0 &&
      (w[me].flight.replies & mask(c)) == 0 && !isAhead(me, c) &&
      ((replied & mask(c)) == 0 || (c != READ && (w[me].card & mask(c)) == 0)) ->
    printf("worker %d decides %d\n", me, c);
    if
#ifdef READ_UNFRAMED
    :: c == READ -> reply(me, mask(c), w[me].card)
#else
    :: c == READ -> w[me].open.any = true; w[me].open.replies = w[me].open.replies | mask(c); w[me].open.view = w[me].card
#endif
    :: c != READ ->
       w[me].open.any = true;
       w[me].open.replies = w[me].open.replies | mask(c);
       if
       :: (w[me].card & mask(c)) == 0 ->
          w[me].open.card = w[me].open.card | mask(c);
          w[me].card = w[me].card | mask(c);
#ifdef TURN_SPLIT
          w[me].later = w[me].later | mask(c)
#else
#ifndef TELL_LOST
          w[me].open.record = w[me].open.record | mask(c);
#endif
          w[me].record = w[me].record | mask(c)
#endif
       :: else
       fi;
#ifdef REPLY_EARLY
       reply(me, mask(c), 0)
#endif
    fi; rest() }
}

#define moveOpen(to, from) \
  to.any = from.any; to.card = from.card; to.record = from.record; to.replies = from.replies; to.view = from.view; \
  clearOpen(from)

/* Seals what has collected, once nothing is in flight (D2). */
inline seal(me) {
  atomic { w[me].state == SERVING && w[me].open.any && !w[me].flying ->
    moveOpen(w[me].flight, w[me].open);
    w[me].flying = true;
    w[me].expect = w[me].tip;
    printf("worker %d publishes a frame, expects %d\n", me, w[me].expect);
    publish(me, w[me].expect, false, w[me].flight.card, w[me].flight.record); rest() }
}

#ifdef TWO_IN_FLIGHT
inline sealAhead(me) {
  atomic { w[me].state == SERVING && w[me].open.any && w[me].flying && !w[me].second && w[me].flight.any ->
    moveOpen(w[me].ahead, w[me].open);
    w[me].second = true;
    printf("worker %d publishes a second frame, expects %d\n", me, w[me].expect + 1);
    i = w[me].tipHash; w[me].tipHash = w[me].hash; k = w[me].hash;
    publish(me, w[me].expect + 1, false, w[me].ahead.card, w[me].ahead.record);
    w[me].aheadHash = w[me].hash; w[me].hash = k; w[me].tipHash = i; rest() }
}
#endif

#define own(me, c) (copies[c].there && copies[c].worker == me && copies[c].frame.maker == w[me].maker)
#define onItsWay(me) (own(me, 0) || own(me, 1) || own(me, 2) || own(me, 3) || own(me, 4) || own(me, 5))
#ifdef RESENT_BLINDLY
#define isSameBefore(me) true
#else
#ifdef SENT_BEHIND_NOTHING
#define isSameBefore(me) (w[me].expect > n || journal[n].hash == w[me].tipHash)
#else
#define isSameBefore(me) (journal[n].hash == w[me].tipHash)
#endif
#endif
#ifdef SENT_BEHIND_NOTHING
#define maySendAgain(me) (w[me].expect >= n)
#else
#define maySendAgain(me) (w[me].expect == n)
#endif
/* Never while the frame can still be on its way unchanged: the same bytes again (D3). The server compares lengths: that
   the frame before is still the same, after a power cut, only its reader can tell. */
inline resend(me) {
  atomic { w[me].flying && maySendAgain(me) && !onItsWay(me) ->
    if
    :: isSameBefore(me) ->
       printf("worker %d publishes the same bytes again\n", me);
       publish(me, w[me].expect, w[me].state == TAKING, w[me].flight.card, w[me].flight.record)
    :: else -> printf("worker %d is fenced: another frame is before its own\n", me); stop(me)
    fi; rest() }
}

#ifdef FRAME_CHANGED
/* What was decided meanwhile is taken along. */
inline resendChanged(me) {
  atomic { w[me].state == SERVING && w[me].flying && w[me].expect == n && w[me].open.any ->
    w[me].flight.card = w[me].flight.card | w[me].open.card;
    w[me].flight.record = w[me].flight.record | w[me].open.record;
    w[me].flight.replies = w[me].flight.replies | w[me].open.replies;
    clearOpen(w[me].open);
    printf("worker %d publishes again, with more in it\n", me);
    publish(me, w[me].expect, false, w[me].flight.card, w[me].flight.record); rest() }
}
#endif

#ifdef BLIND_RETRY
inline retryBlindly(me) {
  atomic { w[me].state == SERVING && w[me].flying && w[me].expect < n && journal[w[me].expect + 1].hash != w[me].hash ->
    printf("worker %d publishes again with the number of the error, %d\n", me, n);
    w[me].expect = n;
    publish(me, n, false, w[me].flight.card, w[me].flight.record); rest() }
}
#endif

/* The frame is the journal's: state is acknowledged, replies leave (D1). */
inline acknowledge(me) {
  w[me].tip = w[me].expect + 1;
  w[me].tipHash = w[me].hash;
  w[me].flying = false; w[me].expect = 0; w[me].hash = 0; w[me].acked = 0;
  if
  :: w[me].state == TAKING ->
     w[me].state = SERVING;
     w[me].epoch = w[me].tip;
     w[me].card = journal[w[me].tip].card;
     w[me].record = journal[w[me].tip].record;
     printf("worker %d serves under epoch %d: card %d, record %d\n", me, w[me].tip, w[me].card, w[me].record);
     demand("VIOLATED: a turn is all or nothing\n", w[me].card == w[me].record)
  :: else ->
     reply(me, w[me].flight.replies, w[me].flight.view);
     clearOpen(w[me].flight);
#ifdef TURN_SPLIT
     if
     :: w[me].later -> w[me].open.any = true; w[me].open.record = w[me].open.record | w[me].later;
        w[me].record = w[me].record | w[me].later; w[me].later = 0
     :: else
     fi;
#endif
#ifdef TWO_IN_FLIGHT
     if
     :: w[me].second -> moveOpen(w[me].flight, w[me].ahead); w[me].second = false; w[me].flying = true;
        w[me].expect = w[me].tip; w[me].hash = w[me].aheadHash; w[me].aheadHash = 0
     :: else
     fi
#endif
  fi
}

/* It is in the journal, and may be on no disk: what depends on it waits for the acknowledgement of the next frame, which
   stands for both. A taker publishes another epoch frame. */
inline find(me) {
  printf("worker %d finds its frame\n", me);
#ifdef FOUND_ANSWERS
  acknowledge(me)
#elif defined(TWO_IN_FLIGHT)
  acknowledge(me)
#else
  if
  :: w[me].state == TAKING -> w[me].tip = n; w[me].tipHash = journal[n].hash
  :: else ->
     w[me].tip = w[me].expect + 1; w[me].tipHash = w[me].hash;
     if
     :: w[me].flight.replies & mask(READ) -> w[me].open.view = w[me].flight.view
     :: else
     fi;
     w[me].open.replies = w[me].open.replies | w[me].flight.replies;
     clearOpen(w[me].flight);
     w[me].open.any = true;
#ifdef TURN_SPLIT
     w[me].open.record = w[me].open.record | w[me].later; w[me].record = w[me].record | w[me].later; w[me].later = 0;
#endif
     moveOpen(w[me].flight, w[me].open);
#ifdef CHECKPOINT_FOUND
     saved = w[me].tip
#endif
  fi;
  w[me].expect = w[me].tip; w[me].acked = 0;
  publish(me, w[me].expect, w[me].state == TAKING, w[me].flight.card, w[me].flight.record)
#endif
}

/* An acknowledgement counts only for the next sequence. */
inline hear(me) {
  atomic { w[me].flying && w[me].acked == w[me].expect + 1 ->
    acknowledge(me);
#if CUTS > 0
    saved = w[me].tip;
#endif
    rest() }
}

/* No acknowledgement, but the position is taken: whose frame is it? Finding nothing resolves nothing. */
inline look(me) {
  atomic { w[me].flying && w[me].expect < n && w[me].acked != w[me].expect + 1 && maySee(me) ->
    if
    :: journal[w[me].expect + 1].hash == w[me].hash -> find(me)
    :: else -> printf("worker %d is fenced\n", me); stop(me)
    fi; rest() }
}

#if CUTS > 0
/* The journal is shorter than what this worker has read: frames are gone of which nobody was told. */
inline miss(me) {
  atomic { w[me].flying && n < w[me].expect ->
    printf("worker %d misses a frame that it had found\n", me);
#ifdef FOUND_IS_ACKNOWLEDGED
    demand("VIOLATED: a partition stops only when acknowledged frames are gone\n", false);
#endif
    stop(me); rest() }
}

inline cut() {
  atomic { cuts < CUTS && disk < n ->
    cuts++;
    do
    :: disk < n ->
       journal[n].epoch = 0; journal[n].hash = 0; journal[n].card = 0; journal[n].record = 0;
       n--
    :: cuts > 0 -> break
    od;
    printf("the power fails: the journal ends at %d\n", n);
    drop(0); drop(1); drop(2); drop(3); drop(4); drop(5);
    demand("VIOLATED: a partition stops only when acknowledged frames are gone\n", saved <= n);
    demand("VIOLATED: nothing answered is lost\n",
      (((replied & (mask(COMMANDS) - 1)) | seen) & ~journal[n].card) == 0);
    rest() }
}
#endif

#ifdef EXPECTATION_PREDICTED
/* An unknown outcome is taken for stored; the next frame counts on. */
inline predict(me) {
  atomic { w[me].state == SERVING && w[me].flying && w[me].expect == n && w[me].flight.any && w[me].open.any ->
    printf("worker %d hears nothing and counts on\n", me);
    w[me].tip = w[me].expect + 1; w[me].tipHash = w[me].hash;
    w[me].open.replies = w[me].open.replies | w[me].flight.replies;
    w[me].flying = false; w[me].expect = 0; w[me].hash = 0; clearOpen(w[me].flight); rest() }
}
#endif

#define effective(me) (w[me].state == SERVING && w[me].epoch == journal[n].epoch)
/* Heartbeats decide who tries: in the model anyone may, who is wrong as often as STEALS allows. */
inline take(me) {
  atomic { w[me].state == IDLE && ((w[1-me].state == IDLE) || steals < STEALS) ->
    if
    :: w[1-me].state == IDLE
    :: else -> steals++
    fi;
    w[me].state = TAKING;
    w[me].tip = n; w[me].tipHash = journal[n].hash;
    w[me].flying = true; w[me].expect = n;
    printf("worker %d publishes an epoch frame, expects %d\n", me, n);
    publish(me, n, true, 0, 0); rest() }
}

inline crash(me) {
  atomic { crashes < CRASHES && w[me].state != IDLE ->
    crashes++;
    printf("worker %d crashes and starts again\n", me);
    stop(me);
    makers++;
    w[me].maker = makers; rest() }
}

#define mayBeLost(c) (losses < LOSSES && copies[c].there)
/* Some copy of which it is true. */
#define any(is) \
  if :: is(0) -> copy = 0 :: is(1) -> copy = 1 :: is(2) -> copy = 2 :: is(3) -> copy = 3 :: is(4) -> copy = 4 :: is(5) -> copy = 5 fi

inline ended() {
  printf("end: answered %d of %d\n", replied, sent);
  demand("VIOLATED: every command ends\n", replied == mask(COMMANDS + 1) - 1 && journal[n].card == mask(COMMANDS) - 1);
  demand("VIOLATED: a turn is all or nothing\n", journal[n].card == journal[n].record)
}

init {
  atomic {
    n = 1; journal[1].hash = 255;
    w[0].state = IDLE; w[0].maker = 0;
    w[1].state = IDLE; w[1].maker = 1; makers = 1
  }
  do
  :: client(0)
#if COMMANDS > 1
  :: client(1)
#endif
  :: client(READ)
  :: take(0)           :: take(1)
  :: decide(0, 0)      :: decide(1, 0)
#if COMMANDS > 1
  :: decide(0, 1)      :: decide(1, 1)
#endif
  :: decide(0, READ)   :: decide(1, READ)
  :: seal(0)           :: seal(1)
  :: resend(0)         :: resend(1)
  :: hear(0)           :: hear(1)
  :: look(0)           :: look(1)
  :: crash(0)          :: crash(1)
#ifdef TWO_IN_FLIGHT
  :: sealAhead(0)      :: sealAhead(1)
#endif
#ifdef FRAME_CHANGED
  :: resendChanged(0)  :: resendChanged(1)
#endif
#ifdef BLIND_RETRY
  :: retryBlindly(0)   :: retryBlindly(1)
#endif
#ifdef EXPECTATION_PREDICTED
  :: predict(0)        :: predict(1)
#endif
#if CUTS > 0
  :: miss(0)           :: miss(1)
  :: cut()
#endif
  :: atomic { any(accepted); if :: heard = true :: unheard < UNHEARD -> unheard++; heard = false fi; deliver(copy, heard); rest() }
  :: atomic { any(mayBeLost); losses++; drop(copy); printf("a frame on its way is lost\n"); rest() }
  :: atomic { timeout -> ended() }; break
  od
}
