/* A journal goes on in another stream: SEALED, the next stream, CONTINUED, closing the old one; two workers, crash
   between any two of them, power cuts. Sound without switches; each switch in README.md breaks one rule.

   Positions go on over both streams. A frame that was published may be stored at any later time, while the length of
   its stream is what it expects. What is acknowledged is on the disk, with everything before it in ITS stream; a power
   cut takes what is not, some of it or all, and ends every connection. A stream that was made stays so.

   A message that closes the old stream is stored like a frame, behind whatever is last there, and is none. The server
   does not know what it means: what expects it to be last is stored behind it.

   Turns stand for commands that wait for an answer; who sends them, and twice, is in commit.pml. */

#ifndef TURNS
#define TURNS 2      /* to be answered */
#endif
#ifndef CRASHES
#define CRASHES 1
#endif
#ifndef STEALS
#define STEALS 1     /* takeovers although another worker serves */
#endif
#ifndef UNHEARD
#define UNHEARD 1    /* acknowledgements that never arrive */
#endif
#ifndef CUTS
#define CUTS 1
#endif
#define MAXP 16      /* positions */
#define COPIES 5

/* A frame is known by its kind, position and maker. SEALED and CONTINUED are the same whoever makes them. */
#define TURN 0
#define EPOCH 1
#define SEALED 2
#define CONTINUED 3
/* Closes the old stream; no frame has it. */
#define CLOSER 255
#define idOf(kind, position, maker) ((kind) * 64 + (position) * 4 + ((kind) < SEALED -> (maker) : 0))
#define kindOf(id) ((id) / 64)

typedef Frame { byte id; byte previous; byte epoch };
typedef Stream { Frame at[MAXP]; byte last; byte disk };
typedef Copy { bool there; byte worker; byte maker; bool toNext; byte expect; Frame frame };

mtype = { IDLE, TAKING, SERVING, WRITING, SEALING, MAKING, BEGINNING, CLOSING };
typedef Worker {
  mtype state;
  byte maker;
  byte epoch;                   /* 0: it has none, and takes the partition when the roll is done */
  byte tip; byte tipId;         /* what its next frame follows */
  byte tipEpoch;
  bool sure;                    /* that was acknowledged to it */
  bool knows;                   /* the next stream */
  byte acked                    /* position of the last acknowledgement that arrived */
};

Stream old, next;
bool made;                      /* the next stream */
byte first;                     /* position of the next stream's first frame */
Copy copies[COPIES];
Worker w[2];
byte answered, told, toldId;    /* how many; the newest of them */
byte makers, crashes, steals, unheard, cuts;

#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif
HIDDEN byte i, k, free_, before, force;
#ifdef SHORTEST
#define rest() i = 0; k = 0; free_ = 0; before = 0; force = 0
#else
#define rest() skip
#endif

#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

/* What a reader sees: from where the next stream begins, only that one counts. */
#ifdef STRAYS_READ
#define isOld(p) (!made || (p) <= old.last)
#else
#define isOld(p) (!made || (p) < first)
#endif
#define at(p, field) (isOld(p) -> old.at[p].field : next.at[p].field)
#define end (!made -> old.last : (next.last >= first -> next.last : first - 1))

inline verify() {
  i = 2; force = 1;
  do
  :: i <= end ->
     demand("VIOLATED: one chain\n", at(i, id) != 0 && at(i, previous) == at(i - 1, id));
     if
     :: kindOf(at(i, id)) == EPOCH -> force = i
     :: else -> demand("VIOLATED: one effective writer\n", at(i, epoch) == force)
     fi;
     i++
  :: else -> break
  od;
  demand("VIOLATED: nothing answered is lost\n", told <= end && (told == 0 || at(told, id) == toldId))
}

inline drop(c) {
  copies[c].there = false; copies[c].worker = 0; copies[c].maker = 0; copies[c].toNext = false; copies[c].expect = 0;
  copies[c].frame.id = 0; copies[c].frame.previous = 0; copies[c].frame.epoch = 0
}
/* What can never be stored any more is as good as gone. */
inline dropOutdated() {
  k = 0;
  do
  :: k < COPIES ->
     if
     :: copies[k].there && !copies[k].toNext &&
        copies[k].expect < (cuts < CUTS && copies[k].frame.id != CLOSER -> old.disk : old.last) -> drop(k)
     :: copies[k].there && copies[k].toNext && copies[k].expect < (cuts < CUTS -> next.disk : next.last) -> drop(k)
     :: else
     fi;
     k++
  :: else -> break
  od;
  k = 0
}

#define isOwn(me, c) (copies[c].there && copies[c].worker == me && copies[c].maker == w[me].maker)
#define onItsWay(me) (isOwn(me, 0) || isOwn(me, 1) || isOwn(me, 2) || isOwn(me, 3) || isOwn(me, 4))
#define flying(me) (w[me].state == TAKING || w[me].state == WRITING || w[me].state == SEALING || w[me].state == BEGINNING)
#define inNext(me, p) (w[me].knows && (p) >= first)
#define kind(me) (w[me].state == TAKING -> EPOCH : (w[me].state == WRITING -> TURN : (w[me].state == SEALING -> SEALED : CONTINUED)))
#define own(me) idOf(kind(me), w[me].tip + 1, w[me].maker)
inline begin(me) {
  free_ = 0;
  do
  :: free_ < COPIES && copies[free_].there -> free_++
  :: else -> break
  od;
  assert(free_ < COPIES);
  copies[free_].there = true; copies[free_].worker = me; copies[free_].maker = w[me].maker
}
/* The next frame of its state, behind its tip. */
inline publish(me) {
  begin(me);
  copies[free_].expect = w[me].tip;
  copies[free_].toNext = inNext(me, w[me].tip + 1);
  copies[free_].frame.id = own(me);
  copies[free_].frame.previous = w[me].tipId;
  copies[free_].frame.epoch = (kind(me) == EPOCH -> w[me].tip + 1 : w[me].tipEpoch);
  w[me].acked = 0;
  dropOutdated()
}

#define closes(me, c) (isOwn(me, c) && copies[c].frame.id == CLOSER)
#define isClosing(me) (closes(me, 0) || closes(me, 1) || closes(me, 2) || closes(me, 3) || closes(me, 4))
#define isClosed (old.at[old.last].id == CLOSER)

#define fits(c) (copies[c].there && (copies[c].toNext -> (made && copies[c].expect == next.last) : copies[c].expect == old.last))
#define isAwaited(me, c) (copies[c].frame.id == CLOSER -> w[me].state == CLOSING && closes(me, c) : flying(me) && own(me) == copies[c].frame.id && w[me].tip == copies[c].expect)
/* A next stream that is gone is not taken for one that never held anything. */
inline verifyClosed() {
#ifndef EPOCH_BEHIND_SEALED
  /* Of that comes worse. */
  i = first;
  do
  :: i <= old.disk && old.at[i].id != CLOSER -> i++
  :: else -> break
  od;
  demand("VIOLATED: closed before the next one holds turns\n", i <= old.disk)
#else
  skip
#endif
}
inline deliver(c, heard) {
  atomic { fits(c) && (heard || unheard < UNHEARD) ->
    k = copies[c].expect + 1;
    printf("server stores %d: kind %d of worker %d, in the next stream %d, acknowledgement arrives %d\n",
      k, kindOf(copies[c].frame.id), copies[c].worker, copies[c].toNext, heard);
    if
    :: heard && isAwaited(copies[c].worker, c) -> w[copies[c].worker].acked = k
    :: !heard -> unheard++
    :: else
    fi;
    if
    :: copies[c].toNext ->
       next.last = k; next.at[k].id = copies[c].frame.id; next.at[k].previous = copies[c].frame.previous;
       next.at[k].epoch = copies[c].frame.epoch;
       next.disk = (heard -> k : next.disk);
       if
       :: kindOf(copies[c].frame.id) < SEALED -> verifyClosed()
       :: else
       fi
    :: else ->
       old.last = k; old.at[k].id = copies[c].frame.id; old.at[k].previous = copies[c].frame.previous;
       old.at[k].epoch = copies[c].frame.epoch;
       old.disk = (heard -> k : old.disk)
    fi;
    assert(k < MAXP - 1);
    drop(c); verify(); dropOutdated(); rest() }
}

inline stop(me) {
  w[me].state = IDLE; w[me].epoch = 0; w[me].tip = 0; w[me].tipId = 0; w[me].tipEpoch = 0; w[me].sure = false;
  w[me].knows = false; w[me].acked = 0
}

inline follow(me) {
  w[me].tipId = own(me); w[me].tip = w[me].tip + 1; w[me].acked = 0;
  if
  :: w[me].state == TAKING -> w[me].tipEpoch = w[me].tip
  :: else
  fi
}

/* Reads the end of the journal, and does what is left to do. */
inline take(me) {
  atomic { w[me].state == IDLE && (w[1-me].state == IDLE || steals < STEALS) ->
    if
    :: w[1-me].state == IDLE
    :: else -> steals++
    fi;
    w[me].knows = made; w[me].tip = end;
    w[me].tipId = at(w[me].tip, id); w[me].tipEpoch = at(w[me].tip, epoch);
    printf("worker %d takes the partition, which ends at %d\n", me, w[me].tip);
#ifdef CLOSED_FIRST
    demand("VIOLATED: a partition never stops for a roll\n", made || !isClosed);
#endif
    if
    :: kindOf(w[me].tipId) == CONTINUED -> w[me].state = CLOSING
#ifdef EPOCH_BEHIND_SEALED
    :: kindOf(w[me].tipId) != CONTINUED -> w[me].state = TAKING; publish(me)
#else
#ifdef READ_SEALED_COUNTS
    :: kindOf(w[me].tipId) == SEALED && !made -> w[me].state = MAKING
#else
    /* Whoever stored it may not have heard that it is on the disk: another one behind it, and its acknowledgement. */
    :: kindOf(w[me].tipId) == SEALED && !made -> w[me].state = SEALING; publish(me)
#endif
    :: kindOf(w[me].tipId) == SEALED && made -> w[me].state = BEGINNING; publish(me)
    :: kindOf(w[me].tipId) < SEALED -> w[me].state = TAKING; publish(me)
#endif
    fi; rest() }
}

inline write(me) {
  atomic { w[me].state == SERVING && answered < TURNS ->
    w[me].state = WRITING; printf("worker %d publishes a turn, expects %d\n", me, w[me].tip); publish(me); rest() }
}

/* Only behind a frame that was acknowledged: no answer waits for what comes now. */
inline seal(me) {
  atomic { w[me].state == SERVING && !made && w[me].sure ->
    w[me].state = SEALING; printf("worker %d publishes SEALED, expects %d\n", me, w[me].tip); publish(me); rest() }
}

inline hear(me) {
  atomic { flying(me) && w[me].acked == w[me].tip + 1 ->
    follow(me);
    w[me].sure = true;
    if
    :: w[me].state == TAKING -> w[me].state = SERVING; w[me].epoch = w[me].tip; printf("worker %d serves under epoch %d\n", me, w[me].tip)
    :: w[me].state == WRITING ->
       w[me].state = SERVING; printf("worker %d answers for %d\n", me, w[me].tip);
       demand("VIOLATED: nothing answered is lost\n", at(w[me].tip, id) == w[me].tipId);
       answered = (answered < TURNS -> answered + 1 : answered); told = w[me].tip; toldId = w[me].tipId
    :: w[me].state == SEALING -> w[me].state = MAKING
    :: w[me].state == BEGINNING -> w[me].state = CLOSING
    fi; rest() }
}

/* A taker that stores SEALED anew tries once: else it begins again with what it then reads. */
#define sealsAnew(me) (w[me].state == SEALING && w[me].epoch == 0)
inline giveUp(me) {
  atomic { sealsAnew(me) && w[me].acked == 0 && !onItsWay(me) -> printf("worker %d hears nothing of its SEALED\n", me); stop(me); rest() }
}

/* No acknowledgement, but the position is taken, or more is missing than was ever acknowledged. */
#define isTaken(me) (end > w[me].tip)
inline look(me) {
  atomic { flying(me) && !sealsAnew(me) && w[me].acked != w[me].tip + 1 && isTaken(me) ->
    if
    :: at(w[me].tip + 1, id) == own(me) && at(w[me].tip + 1, previous) == w[me].tipId ->
       printf("worker %d finds its frame %d\n", me, w[me].tip + 1);
       follow(me);
       w[me].sure = false;
       if
       /* Its answers wait for the next frame, which leaves at once. */
       :: w[me].state == WRITING -> publish(me)
       :: w[me].state == BEGINNING -> w[me].state = CLOSING
#ifdef FOUND_SEALED_COUNTS
       :: w[me].state == SEALING -> w[me].state = MAKING
#else
       /* Turns that wait have their positions: the owner leaves, whoever takes the partition stores another SEALED. */
       :: w[me].state == SEALING -> stop(me)
#endif
       :: w[me].state == TAKING -> stop(me)
       fi
    :: else -> printf("worker %d is fenced\n", me); stop(me)
    fi; rest() }
}
inline miss(me) {
  atomic { flying(me) && end < w[me].tip -> printf("worker %d misses a frame that it had found\n", me); stop(me); rest() }
}

/* The same bytes, behind the same frame. */
inline resend(me) {
  atomic { flying(me) && !sealsAnew(me) && end == w[me].tip && w[me].acked == 0 && !onItsWay(me) ->
    if
    :: at(w[me].tip, id) == w[me].tipId -> printf("worker %d publishes again\n", me); w[me].knows = made; publish(me)
    :: else -> printf("worker %d is fenced\n", me); stop(me)
    fi; rest() }
}

inline make(me) {
  atomic { w[me].state == MAKING ->
#ifdef CLOSED_FIRST
    if
    :: !isClosed && !made -> old.last++; old.at[old.last].id = CLOSER; old.disk = old.last
    :: else ->
#endif
    if
    :: !made ->
       made = true; first = w[me].tip + 1; next.last = w[me].tip; next.disk = w[me].tip;
       printf("worker %d makes the next stream, from %d\n", me, first);
       verify()
    :: else
    fi;
    if
    :: first != w[me].tip + 1 -> printf("worker %d finds another stream begun\n", me); stop(me)
    :: first == w[me].tip + 1 -> w[me].knows = true; w[me].state = BEGINNING; publish(me)
    fi
#ifdef CLOSED_FIRST
    fi
#endif
    ; rest() }
}

/* Also behind one that is there: its own acknowledgement counts. */
#ifdef FOUND_CLOSER_COUNTS
#define isFound isClosed
#else
#define isFound false
#endif
inline close(me) {
  atomic { w[me].state == CLOSING && w[me].acked == 0 && !isClosing(me) ->
    begin(me);
    copies[free_].expect = old.last; copies[free_].frame.id = CLOSER;
    printf("worker %d closes the old stream, expects %d\n", me, old.last);
    dropOutdated(); rest() }
}
inline closed(me) {
  atomic { w[me].state == CLOSING && (w[me].acked != 0 || isFound) ->
    w[me].acked = 0;
    if
    :: w[me].epoch > 0 -> w[me].state = SERVING
    :: else -> w[me].state = TAKING; publish(me)
    fi; rest() }
}

inline crash(me) {
  atomic { crashes < CRASHES && w[me].state != IDLE ->
    crashes++; printf("worker %d crashes and starts again\n", me);
    stop(me); makers++; w[me].maker = makers; rest() }
}

inline clear(stream) { stream.at[stream.last].id = 0; stream.at[stream.last].previous = 0; stream.at[stream.last].epoch = 0; stream.last-- }
inline cut() {
  atomic { cuts < CUTS && (old.disk < old.last || (made && next.disk < next.last)) ->
    cuts++;
    do
    :: old.disk < old.last -> clear(old)
    :: made && next.disk < next.last -> clear(next)
    :: cuts > 0 -> break
    od;
    printf("the power fails: the old stream ends at %d, the next one at %d\n", old.last, next.last);
    drop(0); drop(1); drop(2); drop(3); drop(4);
    verify(); rest() }
}

inline ended() {
  printf("end: answered %d\n", answered);
  demand("VIOLATED: every command ends\n", answered == TURNS)
}

#define EACH(step) :: step(0) :: step(1)

init {
  atomic {
    old.at[1].id = idOf(EPOCH, 1, 0); old.at[1].epoch = 1; old.last = 1; old.disk = 1;
    w[0].state = SERVING; w[0].epoch = 1; w[0].tip = 1; w[0].tipId = idOf(EPOCH, 1, 0); w[0].tipEpoch = 1; w[0].sure = true;
    w[1].state = IDLE; w[1].maker = 1; makers = 1
  }
  do
  EACH(take) EACH(write) EACH(seal) EACH(hear) EACH(look) EACH(miss) EACH(resend) EACH(giveUp) EACH(make) EACH(close) EACH(closed) EACH(crash)
  :: deliver(0, true) :: deliver(1, true) :: deliver(2, true) :: deliver(3, true) :: deliver(4, true)
  :: deliver(0, false) :: deliver(1, false) :: deliver(2, false) :: deliver(3, false) :: deliver(4, false)
  :: cut()
  :: atomic { timeout -> ended() }; break
  od
}
