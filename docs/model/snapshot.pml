/* Snapshots of one partition in a Redis that is never believed (D10, D11, D12): checkpoint, index page, passivation,
   recovery; owners one after the other, each alive as long as it likes after it was replaced.
   Sound without switches; each switch in README.md breaks one rule and is refuted.

   Two actors: X, and Y, which has unfinished work after its 1st, 3rd, … event. The state of an actor is named by the
   frame of its last event: a state that lacks an earlier event has another history, which `true_` finds out.
   A frame is stored only at the position that its owner expects (commit.pml); what is stored there stays, unless the
   journal is cut, and then no owner of before is up (see README.md). Redis may be set back to any earlier moment,
   the first included, lose a key, or fail a write; its client reconnects silently. */

#ifndef FRAMES
#define FRAMES 3        /* of events */
#endif
#ifndef OWNERS
#define OWNERS 2        /* the first, and takeovers at any moment */
#endif
#ifndef TAKEOVERS
#define TAKEOVERS (OWNERS - 1)
#endif
#ifndef CHECKPOINTS
#define CHECKPOINTS 2
#endif
#ifndef SETBACKS
#define SETBACKS 1      /* of Redis */
#endif
#ifndef EVICTIONS
#define EVICTIONS 0     /* of a snapshot */
#endif
#ifndef FAILURES
#define FAILURES 0      /* writes to Redis that do not arrive, and whose checkpoint is given up */
#endif
#ifndef CUTS
#define CUTS 0          /* of the journal's last frame */
#endif
#define MAXN (1 + FRAMES + OWNERS + 1)
#define X 0
#define Y 1
#define NO 255

/* A property: when it does not hold, the trace ends here. */
#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

/* Scratch of one step. Breadth-first search, which finds the shortest trace, knows no hidden variables. */
#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

typedef Frame { byte unit; byte id; byte generation; bool open };  /* unit NO: genesis, epoch frame; open: of Y */
Frame journal[MAXN];
byte n, ids, frames, cuts;

typedef Redis {
  byte sequence[2], state[2], generation[2];                       /* snapshots */
  byte highest, highestGeneration;
  byte page[2], pageGeneration[2], pageX[2], pageY[2];             /* two slots of the one index page */
  byte checkpoint, hash, checkpointGeneration, slot, pageNamed;
  bool unfinished                                                  /* Y is listed */
};
Redis r, image;          /* now; what it may be set back to */
byte setbacks, evictions, failures;
bool imaged;

mtype = { OFF, READING, LOADING, UP, STOPPED, HALTED };
mtype = { RESTS, NOTICES, MARKS, WRITES, PAGES, NAMES };
typedef Owner {
  mtype is;
  byte epoch, generation, tip, tipHash;
  bool held[2];                                                    /* in memory */
  byte state[2], position[2], snapshot[2], index[2];
  byte flight, flightId;                                           /* unit, NO */
  byte slot, pageWritten;                                          /* place of the newest page; NO: none */
  bool changed;
  byte from;                                                       /* checkpoint that it recovers from */
  bool listed;
  /* checkpoint being written */
  mtype step;
  byte tipNamed, hashNamed, checkpointed, checkpoints;
  bool unfinished, dirty[2];
  byte unit, position_, state_, slotWritten, pageNamed
};
Owner o[OWNERS];
bool halted;             /* an owner found that frames are gone: the operator orders to go on */

HIDDEN byte j, u, at_, true_, last_, prior;
HIDDEN byte good;
#ifdef SHORTEST
#define rest() j = 0; u = 0; at_ = 0; true_ = 0; last_ = 0; prior = 0; good = 0
#else
#define rest() skip
#endif

/* last_, true_: sequence and frame of the unit's last event up to a position; 0: none. */
inline truth(unit_, upTo) {
  last_ = 0; true_ = 0; j = 1;
  do
  :: j <= n && j <= (upTo) -> if :: journal[j].unit == unit_ -> last_ = j; true_ = journal[j].id :: else fi; j++
  :: else -> break
  od;
  j = 0
}
#define isYOpen(me) (o[me].held[Y] && isOpen(o[me].position[Y]))
#define isOpen(sequence_) ((sequence_) > 0 && (sequence_) <= n && journal[sequence_].open)

/* Nobody has taken over from it. What an owner loads after that never leaves it, so it loads nothing. */
#if OWNERS > 2
#define inForce(me) ((me) == 2 || ((me) == 1 && o[2].is == OFF) || ((me) == 0 && o[1].is == OFF))
#else
#define inForce(me) ((me) == 1 || o[1].is == OFF)
#endif

/* ---- journal ---- */

inline publishFrame(me, unit_) {
  atomic { o[me].is == UP && o[me].flight == NO && o[me].held[unit_] && frames < FRAMES ->
    frames++; ids++;
    o[me].flight = unit_; o[me].flightId = ids;
    printf("owner %d publishes a frame of unit %d\n", me, unit_); rest() }
}

inline storeFrame(me) {
  atomic { o[me].is == UP && o[me].flight != NO ->
    u = o[me].flight;
    if
    :: o[me].tip == n ->
       truth(Y, n);
       good = isOpen(last_);
       n++;
       journal[n].unit = u; journal[n].id = o[me].flightId; journal[n].generation = o[me].generation;
       journal[n].open = (u == Y && !good);
       o[me].tip = n; o[me].tipHash = o[me].flightId;
       o[me].state[u] = o[me].flightId; o[me].position[u] = n;
       o[me].flight = NO; o[me].flightId = 0;
       printf("frame %d of owner %d, unit %d, is acknowledged\n", n, me, u)
    :: else -> stop(me); printf("owner %d is fenced: its checkpoint may still be on its way\n", me)
    fi; rest() }
}

inline stop(me) { o[me].is = STOPPED; o[me].flight = NO; o[me].flightId = 0 }

inline cut() {
  atomic { cuts < CUTS && n > 1 ->
    cuts++;
    journal[n].unit = 0; journal[n].id = 0; journal[n].generation = 0; journal[n].open = false;
    n--;
    u = 0;
    do
    :: u < OWNERS ->
       if
       :: o[u].is != OFF && o[u].is != HALTED -> stop(u); o[u].step = RESTS
       :: else
       fi;
       u++
    :: else -> break
    od;
    printf("the journal loses its last frame, it ends at %d\n", n); rest() }
}

/* ---- checkpoint: captured first, then written step by step ---- */

#define isDirty(me, u_) (o[me].held[u_] && o[me].position[u_] > 0 && o[me].position[u_] != o[me].snapshot[u_])
inline beginCheckpoint(me) {
  atomic { o[me].is == UP && o[me].step == RESTS && o[me].checkpoints < CHECKPOINTS &&
      (o[me].tip != o[me].checkpointed || isDirty(me, X) || isDirty(me, Y)) ->
    o[me].checkpoints++;
    o[me].tipNamed = o[me].tip; o[me].hashNamed = o[me].tipHash;
    o[me].unfinished = isYOpen(me) || o[me].flight == Y;
#ifdef UNFINISHED_FORGOTTEN
    o[me].unfinished = false;
#endif
    o[me].step = NOTICES;
    printf("owner %d begins checkpoint %d\n", me, o[me].tip); rest() }
}

/* Redis may have lost what was written: everything is written again. */
inline noticeLoss(me) {
  atomic { o[me].step == NOTICES ->
    if
    :: o[me].checkpointed > 0 &&
       (r.checkpoint == 0 || (r.checkpointGeneration == o[me].generation && r.checkpoint < o[me].checkpointed)) ->
       o[me].changed = true; o[me].snapshot[X] = NO; o[me].snapshot[Y] = NO;
       printf("owner %d notices that Redis has lost something\n", me)
    :: else
    fi;
    o[me].dirty[X] = isDirty(me, X); o[me].dirty[Y] = isDirty(me, Y);
    o[me].step = MARKS; rest() }
}

/* The highest sequence among the snapshots is written before them (D11). */
inline raiseHighest(me) {
  atomic { o[me].step == MARKS ->
    if
#ifdef STOPPED_HALFWAY
    :: o[me].is != UP || !(o[me].dirty[X] || o[me].dirty[Y]) -> o[me].step = PAGES
#else
    :: o[me].is != UP && (o[me].dirty[X] || o[me].dirty[Y]) -> giveUp(me)
    :: !(o[me].dirty[X] || o[me].dirty[Y]) -> o[me].step = PAGES
#endif
    :: o[me].is == UP && (o[me].dirty[X] || o[me].dirty[Y]) ->
       u = (o[me].dirty[X] -> X : Y);
       o[me].dirty[u] = false;
       o[me].unit = u; o[me].position_ = o[me].position[u]; o[me].state_ = o[me].state[u];
#ifdef SNAPSHOT_EARLY
       if
       :: o[me].flight == u -> o[me].position_ = o[me].tip + 1; o[me].state_ = o[me].flightId
       :: else
       fi;
#endif
       if
       :: o[me].generation > r.highestGeneration ||
          (o[me].generation == r.highestGeneration && o[me].position_ > r.highest) ->
          r.highest = o[me].position_; r.highestGeneration = o[me].generation
       :: else
       fi;
       o[me].step = WRITES
    fi; rest() }
}
inline giveUp(me) {
  o[me].step = RESTS; o[me].dirty[X] = false; o[me].dirty[Y] = false;
  o[me].tipNamed = 0; o[me].hashNamed = 0; o[me].unfinished = false; o[me].unit = 0; o[me].position_ = 0; o[me].state_ = 0
}

/* Never over a newer one. Then the index may name it, and the actor may leave memory. */
#ifdef LATE_WRITE
#define isNewer(g, s, g2, s2) true
#else
#define isNewer(g, s, g2, s2) ((g) > (g2) || ((g) == (g2) && (s) >= (s2)))
#endif
inline writeUnit(me) {
  atomic { o[me].step == WRITES ->
    u = o[me].unit;
    if
    :: isNewer(o[me].generation, o[me].position_, r.generation[u], r.sequence[u]) ->
       r.sequence[u] = o[me].position_; r.state[u] = o[me].state_; r.generation[u] = o[me].generation;
       printf("owner %d writes the snapshot of unit %d at %d\n", me, u, o[me].position_)
    :: else -> printf("Redis has a newer snapshot of unit %d\n", u)
    fi;
    if
    :: o[me].held[u] ->
       o[me].index[u] = o[me].position_; o[me].snapshot[u] = o[me].position_; o[me].changed = true
    :: else
    fi;
    o[me].unit = 0; o[me].position_ = 0; o[me].state_ = 0;
    o[me].step = MARKS; rest() }
}

/* Into the slot that no checkpoint names. */
inline writePage(me) {
  atomic { o[me].step == PAGES ->
    if
    :: o[me].changed ->
       at_ = (o[me].slot == NO -> 0 : 1 - o[me].slot);
       if
#ifdef PAGE_KEPT
       :: o[me].generation > r.pageGeneration[at_] || (o[me].generation == r.pageGeneration[at_] && o[me].tip > r.page[at_]) ->
#else
       :: isNewer(o[me].generation, o[me].tip, r.pageGeneration[at_], r.page[at_]) ->
#endif
          r.page[at_] = o[me].tip; r.pageGeneration[at_] = o[me].generation;
          r.pageX[at_] = o[me].index[X]; r.pageY[at_] = o[me].index[Y];
          printf("owner %d writes its index page to slot %d, as of %d\n", me, at_, o[me].tip)
       :: else -> printf("Redis keeps the index page in slot %d\n", at_)
       fi;
       o[me].slotWritten = at_; o[me].pageNamed = o[me].tip; o[me].changed = false
    :: else
    fi;
    o[me].step = NAMES; rest() }
}

inline writeCheckpoint(me) {
  atomic { o[me].step == NAMES ->
    if
    :: o[me].slotWritten != NO -> o[me].slot = o[me].slotWritten; o[me].pageWritten = o[me].pageNamed
    :: else
    fi;
    o[me].slotWritten = NO; o[me].pageNamed = 0;
    if
    :: isNewer(o[me].generation, o[me].tipNamed, r.checkpointGeneration, r.checkpoint) ->
       r.checkpoint = o[me].tipNamed; r.checkpointGeneration = o[me].generation; r.hash = o[me].hashNamed;
       r.slot = o[me].slot; r.pageNamed = o[me].pageWritten; r.unfinished = o[me].unfinished;
       printf("owner %d writes checkpoint %d\n", me, o[me].tipNamed)
    :: else -> printf("Redis has a newer checkpoint\n")
    fi;
    o[me].checkpointed = o[me].tipNamed;
    giveUp(me); rest() }
}

inline failWrite(me) {
  atomic { failures < FAILURES && (o[me].step == WRITES || o[me].step == PAGES || o[me].step == NAMES) ->
    failures++; giveUp(me); printf("Redis does not take what owner %d writes\n", me); rest() }
}

/* ---- passive actors ---- */

inline passivate(me, u_) {
  atomic { o[me].is == UP && inForce(me) && o[me].step == RESTS && o[me].held[u_] && o[me].flight != u_ &&
      o[me].position[u_] == o[me].snapshot[u_] && !(u_ == Y && isYOpen(me)) ->
    forget(me, u_); printf("unit %d leaves owner %d's memory\n", u_, me); rest() }
}
inline forget(me, u_) { o[me].held[u_] = false; o[me].state[u_] = 0; o[me].position[u_] = 0; o[me].snapshot[u_] = 0 }

#ifdef PASSIVE_UNINDEXED
#define counts(me, u_) (r.sequence[u_] > 0)
#elif defined(SILENT_RECONNECT)
#define counts(me, u_) (r.sequence[u_] > 0 && r.sequence[u_] <= o[me].index[u_])
#else
#define counts(me, u_) (r.sequence[u_] == o[me].index[u_])
#endif
inline loadUnit(me, u_) {
  atomic { o[me].is == UP && inForce(me) && !o[me].held[u_] ->
    truth(u_, o[me].tip);
    o[me].held[u_] = true;
    if
    :: o[me].index[u_] == 0 -> hold(me, u_, 0, 0, 0)                 /* never existed */
    :: o[me].index[u_] > 0 && counts(me, u_) && r.generation[u_] == o[me].generation ->
       hold(me, u_, r.state[u_], o[me].index[u_], o[me].index[u_])
    :: else -> rebuild(me, u_)
    fi;
    printf("owner %d loads unit %d: state %d of frame %d\n", me, u_, o[me].state[u_], o[me].position[u_]);
    demand("VIOLATED: state is what the journal says\n", o[me].is != UP || o[me].state[u_] == true_); rest() }
}
inline hold(me, u_, state_, position_, snapshot_) {
  o[me].held[u_] = true; o[me].state[u_] = state_; o[me].position[u_] = position_; o[me].snapshot[u_] = snapshot_
}
/* From the journal, which must agree with the index. */
inline rebuild(me, u_) {
  printf("owner %d rebuilds unit %d from the journal\n", me, u_);
  demand("VIOLATED: a Redis that loses nothing costs no rebuild\n", setbacks + evictions + failures + cuts > 0 || !inForce(me) || o[me].is != UP);
  hold(me, u_, true_, last_, NO);
  if
  :: last_ != o[me].index[u_] -> halt(me)
  :: else
  fi
}

/* ---- takeover and recovery ---- */

inline halt(me) {
  o[me].is = HALTED; halted = true;
  printf("owner %d stops: frames are gone\n", me);
  demand("VIOLATED: a partition stops only when frames are gone\n", cuts > 0)
}

inline take(me, before) {
  atomic { me <= TAKEOVERS && o[me].is == OFF && o[before].is != OFF ->
    ids++; n++;
    journal[n].unit = NO; journal[n].id = ids;
    journal[n].generation = journal[n-1].generation + halted;
    o[me].is = READING; o[me].epoch = n; o[me].generation = journal[n].generation; o[me].tip = n; o[me].tipHash = ids;
    printf("owner %d takes over: epoch frame %d, generation %d\n", me, n, o[me].generation);
    halted = false; rest() }
}

#define hasCheckpoint(me) (r.checkpoint > 0 && r.checkpointGeneration == o[me].generation)
/* UNMARKED: the highest sequence is not looked at either, so that an early snapshot meets another frame there. */
#ifdef BEYOND_ACCEPTED
#define isBeyond(me) false
#elif defined(UNMARKED)
#define isBeyond(me) (hasCheckpoint(me) && (r.checkpoint >= o[me].epoch || journal[r.checkpoint].id != r.hash))
#else
#define isBeyond(me) ( \
  (r.highest > 0 && (r.highestGeneration > o[me].generation || \
    (r.highestGeneration == o[me].generation && r.highest >= o[me].epoch))) || \
  (hasCheckpoint(me) && (r.checkpoint >= o[me].epoch || journal[r.checkpoint].id != r.hash)))
#endif
#define isNamed(me) (r.slot == NO || (r.page[r.slot] == r.pageNamed && r.pageGeneration[r.slot] == o[me].generation))

/* The journal goes on after its own epoch frame: what Redis names beyond that is another owner's. */
#ifdef REPLACED_IS_GONE
#define isReplaced(me) false
#else
#define isReplaced(me) (n > o[me].epoch)
#endif
inline readCheckpoint(me) {
  atomic { o[me].is == READING ->
    o[me].is = LOADING;
    if
    :: isBeyond(me) && isReplaced(me) -> stop(me); printf("owner %d was replaced before it served\n", me)
    :: isBeyond(me) && !isReplaced(me) -> halt(me)
    :: !isBeyond(me) && hasCheckpoint(me) && isNamed(me) ->
       o[me].from = r.checkpoint; o[me].listed = r.unfinished;
       o[me].slot = r.slot; o[me].pageWritten = r.pageNamed;
       if
       :: r.slot != NO -> o[me].index[X] = r.pageX[r.slot]; o[me].index[Y] = r.pageY[r.slot]
       :: else
       fi;
       printf("owner %d begins with checkpoint %d, index %d %d\n", me, r.checkpoint, o[me].index[X], o[me].index[Y])
    :: else -> printf("owner %d begins with the genesis frame\n", me)
    fi; rest() }
}

inline recover(me) {
  atomic { o[me].is == LOADING ->
    o[me].is = UP;
    recoverUnit(me, X); recoverUnit(me, Y);
    truth(Y, o[me].epoch);
    demand("VIOLATED: unfinished work is resumed\n", o[me].is != UP || !isOpen(last_) || o[me].held[Y]);
    o[me].from = 0; o[me].listed = false; rest() }
}

inline recoverUnit(me, u_) {
  truth(u_, o[me].from); prior = true_;                       /* the state that the tail continues */
  truth(u_, o[me].epoch);
  if
  :: o[me].index[u_] == 0 && last_ > o[me].from ->            /* begun since: replayed */
     demand("VIOLATED: state is what the journal says\n", prior == 0);
     o[me].index[u_] = last_; o[me].changed = true; hold(me, u_, true_, last_, NO)
  :: o[me].index[u_] > 0 && (last_ > o[me].from || (u_ == Y && o[me].listed)) ->
     /* a snapshot counts if it stands at the index's event or at one of the tail */
     at_ = r.sequence[u_];
     good = (r.generation[u_] == o[me].generation && at_ > 0 && (at_ == o[me].index[u_] ||
       (at_ <= n && at_ > o[me].from && at_ < o[me].epoch && journal[at_].unit == u_)));
     if
     :: last_ > o[me].from && last_ != o[me].index[u_] -> o[me].index[u_] = last_; o[me].changed = true
     :: else
     fi;
     if
     :: good ->
        prior = (at_ > o[me].from -> at_ : o[me].from);
        truth(u_, prior);
        demand("VIOLATED: state is what the journal says\n", r.state[u_] == true_);
        truth(u_, o[me].epoch);
        hold(me, u_, true_, o[me].index[u_], at_)
     :: else -> rebuild(me, u_)
     fi
  :: else
  fi;
  prior = 0;
  printf("owner %d recovers unit %d: in memory %d, state %d\n", me, u_, o[me].held[u_], o[me].state[u_])
}

/* ---- Redis ---- */

#define copy(to, from) \
  to.sequence[X] = from.sequence[X]; to.sequence[Y] = from.sequence[Y]; \
  to.state[X] = from.state[X]; to.state[Y] = from.state[Y]; \
  to.generation[X] = from.generation[X]; to.generation[Y] = from.generation[Y]; \
  to.highest = from.highest; to.highestGeneration = from.highestGeneration; \
  to.page[0] = from.page[0]; to.page[1] = from.page[1]; \
  to.pageGeneration[0] = from.pageGeneration[0]; to.pageGeneration[1] = from.pageGeneration[1]; \
  to.pageX[0] = from.pageX[0]; to.pageX[1] = from.pageX[1]; to.pageY[0] = from.pageY[0]; to.pageY[1] = from.pageY[1]; \
  to.checkpoint = from.checkpoint; to.hash = from.hash; to.checkpointGeneration = from.checkpointGeneration; \
  to.slot = from.slot; to.pageNamed = from.pageNamed; to.unfinished = from.unfinished

inline keepImage() {
  atomic { setbacks < SETBACKS && !imaged && r.highest > 0 -> copy(image, r); imaged = true; printf("Redis writes to disk\n"); rest() }
}
inline setBack() {
  atomic { setbacks < SETBACKS && r.highest > 0 ->
    setbacks++; copy(r, image); imaged = true; printf("Redis is set back to what is on its disk\n"); rest() }
}
inline evictUnit(u_) {
  atomic { evictions < EVICTIONS && r.sequence[u_] > 0 ->
    evictions++; r.sequence[u_] = 0; r.state[u_] = 0; r.generation[u_] = 0; printf("Redis evicts unit %d\n", u_); rest() }
}

#if OWNERS > 2
#define EACH(step) :: step(0) :: step(1) :: step(2)
#define UNITS(step) :: step(0, X) :: step(0, Y) :: step(1, X) :: step(1, Y) :: step(2, X) :: step(2, Y)
#else
#define EACH(step) :: step(0) :: step(1)
#define UNITS(step) :: step(0, X) :: step(0, Y) :: step(1, X) :: step(1, Y)
#endif

init {
  atomic {
    n = 1; ids = 1;
    journal[1].unit = NO; journal[1].id = 1; journal[1].generation = 1;
    r.slot = NO; image.slot = NO;
    u = 0;
    do
    :: u < OWNERS ->
       o[u].is = OFF; o[u].flight = NO; o[u].slot = NO; o[u].slotWritten = NO; o[u].step = RESTS; u++
    :: else -> break
    od;
    o[0].is = UP; o[0].epoch = 1; o[0].generation = 1; o[0].tip = 1; o[0].tipHash = 1;
    o[0].held[X] = true; o[0].held[Y] = true;
    rest()
  }
  do
  UNITS(publishFrame) EACH(storeFrame)
  EACH(beginCheckpoint) EACH(noticeLoss) EACH(raiseHighest) EACH(writeUnit) EACH(writePage) EACH(writeCheckpoint) EACH(failWrite)
  UNITS(passivate) UNITS(loadUnit)
  :: take(1, 0)
  EACH(readCheckpoint) EACH(recover)
#if OWNERS > 2
  :: take(2, 1)
#endif
  :: keepImage() :: setBack() :: evictUnit(X) :: evictUnit(Y) :: cut()
  :: timeout -> break
  od
}
