/* The time of a partition through takeovers by machines whose clocks differ (D13): what is remembered by age, and the
   dates that interest has charged, must not come undone. Sound without switches; each switch in README.md breaks one
   rule.

   A turn is a frame (commit.pml), with the partition's time: the owner's clock, but never before the frame before it.
   One step of time is as much as clocks may differ and serve: a tolerated clock is one step behind, a wrong one is
   FAR ahead, or is set so while its owner serves. */

#ifndef DAYS
#define DAYS 4           /* how long it goes on; a business date is over at its end */
#endif
#ifndef TAKEOVERS
#define TAKEOVERS 2
#endif
#ifndef SETTINGS
#define SETTINGS 1       /* times that somebody sets a machine's clock */
#endif
#define FAR 3
/* A payment of day 0 may be refunded so long; what was given back of it is remembered a day longer. */
#define REFUNDABLE 1
#ifndef MARGIN
#define MARGIN 1
#endif

#define demand(what, holds) if :: !(holds) -> printf(what); assert(false) :: else fi

#ifdef SHORTEST
#define HIDDEN
#else
#define HIDDEN hidden
#endif

byte now;                /* true time, a day a step */
byte owner;              /* times that the partition was taken; its machine is owner % 2 */
mtype = { RIGHT, BEHIND, AHEAD };
mtype clocks[2];         /* of the two machines */
mtype steady;            /* what the owner's clock was when it took the partition: it goes on evenly from there */
bool serves;
byte settings;

/* The journal. */
byte last;               /* time of its last frame */
byte refunds;            /* of the one payment, of 1 in all */
byte charged;            /* interest: days 1 … charged are charged */
byte counted;            /* dates that interest has counted, as bits */

/* The card's state. */
bool undone;             /* something was given back */

HIDDEN byte time, day;
#ifdef SHORTEST
#define rest() time = 0; day = 0
#else
#define rest() skip
#endif

#define shown(clock) ((clock) == AHEAD -> now + FAR : ((clock) == BEHIND && now > 0 -> now - 1 : now))
#define later(one, other) ((one) > (other) -> (one) : (other))

/* A clock of whatever machine is right, a little behind, or far ahead. */
inline set() {
  settings++;
  if
  :: clocks[day] = RIGHT
  :: clocks[day] = BEHIND
  :: clocks[day] = AHEAD
  fi;
  printf("machine %d's clock is set: %e\n", day, clocks[day])
}

/* Epoch frame: with the time of the frame before, for nobody has compared this clock yet. Its acknowledgement carries
   the server's stamp: who differs too much does not serve. */
inline take() {
  owner++;
  printf("machine %d takes the partition, its clock: %e\n", owner % 2, clocks[owner % 2]);
#ifdef CLOCK_BACK
#ifndef FOLLOWED
  demand("VIOLATED: time never goes back\n", shown(clocks[owner % 2]) >= last);
#endif
  last = shown(clocks[owner % 2]);
#endif
#ifdef EPOCH_UNCOMPARED
  last = later(last, shown(clocks[owner % 2]));
#endif
  steady = clocks[owner % 2];
#ifdef SKEW_SERVES
  serves = true
#else
  serves = (steady != AHEAD)
#endif
}

/* The partition's time for a frame. */
#ifdef CLOCK_FOLLOWED
#define ownersClock shown(clocks[owner % 2])
#else
#define ownersClock shown(steady)
#endif
inline frame() {
#ifdef TIME_UNBOUNDED
  time = ownersClock;
#else
  time = later(ownersClock, last);
#endif
#ifndef FOLLOWED        /* to where money is lost */
  demand("VIOLATED: time never goes back\n", time >= last);
#endif
  last = time
}
/* A refund by a new id: the card forgets first what nobody can ask about, then looks whether it is in time. */
inline refund() {
  frame();
  if
  :: time > REFUNDABLE + MARGIN && undone -> undone = false; printf("day %d: what was given back is forgotten\n", time)
  :: else
  fi;
  if
  :: time > REFUNDABLE -> printf("day %d: ORIGINAL_NOT_FOUND\n", time)
  :: time <= REFUNDABLE && undone -> printf("day %d: REFUND_EXCEEDS_ORIGINAL\n", time)
  :: else ->
     printf("day %d: refund approved\n", time);
     refunds++; undone = true;
     demand("VIOLATED: never more is given back than was paid\n", refunds == 1)
  fi
}

/* A draw of today, or one of the day before that arrives late, bears interest from the next date on; a charged date is
   never reopened (rule 6). */
#ifdef DATE_FROM_CLOCK
#define firstDate(drawn) ((drawn) + 1)
#else
#define firstDate(drawn) (later(drawn, charged) + 1)
#endif
inline draw(age) {
  frame();
  day = firstDate(time >= (age) -> time - (age) : 0);
  printf("day %d: a draw, bears interest from %d on\n", time, day);
  demand("VIOLATED: a charged date is never reopened\n", day > charged)
}

/* An interest run charges every date that is over and not charged. */
#ifdef DATE_FROM_CLOCK
#define firstToCharge (time > 1 -> time - 1 : 1)
#else
#define firstToCharge (charged + 1)
#endif
inline charge() {
  frame();
  day = firstToCharge;
  do
  :: day < time ->
     printf("day %d: interest of date %d is charged\n", time, day);
     demand("VIOLATED: a date is charged once\n", (counted & (1 << day)) == 0);
     demand("VIOLATED: no date is charged before it is over\n", day < now);
     counted = counted | (1 << day); charged = later(charged, day); day++
  :: else -> break
  od
}

init {
  atomic { clocks[0] = RIGHT; clocks[1] = RIGHT; steady = RIGHT; serves = true }
  do
  :: atomic { now < DAYS -> now++; printf("true time: day %d\n", now) }
  :: atomic { settings < SETTINGS -> day = 0; set(); rest() }
  :: atomic { settings < SETTINGS -> day = 1; set(); rest() }
  :: atomic { owner < TAKEOVERS -> take() }
  :: atomic { serves && refunds < 3 -> refund(); rest() }
  :: atomic { serves -> draw(0); rest() }
  :: atomic { serves -> draw(1); rest() }
  :: atomic { serves -> charge(); rest() }
  :: atomic { timeout -> break }
  od
}
