/**
 * Every bound of what serves (actors, gateway, client), with its reason: nothing there may hold a limit of its own.
 * Shapes of formats stand with their formats, those of the load with the simulator.
 * Units are in the names: ms, bytes, counts. The assertions at the end state how bounds relate.
 */

/** Largest amount of a command, in minor units (rule 17: 1 … 999,999,999,999). */
export const MAX_AMOUNT = 999_999_999_999;

/** Largest balance of one card, in minor units: beyond it a number is no longer exact. */
export const MAX_BALANCE = Number.MAX_SAFE_INTEGER;

/** Movements that a card keeps (rule 12). */
export const CARD_LOG_LENGTH = 20;

/**
 * Business dates of which a card remembers what its designated account took. A payment that arrives later than that
 * many other dates with one finds its own date unused; a terminal that was away so long has other troubles.
 */
export const MAX_ACCOUNT_DAYS = 64;

/**
 * Sets into which the borrowers of a partition are divided: with 100,000 of them each has some hundred, so that neither
 * a change of one nor a visit of all writes or reads much at once. Fixed: cards are hashed to them.
 */
export const BORROWER_CHUNKS = 256;

/** Keys of cards, or of terminals, that a worker keeps ready: some megabytes, and all that pay within minutes. */
export const MAX_KEPT_KEYS = 65_536;

/**
 * Borrowers that one turn charges. Half a millisecond in which payments wait: each unit of a turn looks at all of its
 * events, here and in a recovery, so that a hundred would cost twice as much a card.
 */
export const MAX_CHARGED_TOGETHER = 25;

/**
 * Pause of a worker between two turns that can wait, while others come. MAX_CHARGED_TOGETHER borrowers take two of them,
 * a question who they are and the charge: 100,000 in two minutes, for a fifteenth of a core. At four milliseconds a run
 * takes 45 s, and the median payment of a worker that is half busy waits twice as long as without it; without a pause
 * the run takes all that payments leave, and they wait for hundreds of milliseconds.
 */
export const BACKGROUND_PAUSE_MS = 10;

/** How often a unit that waits for time looks at the clock. Real time: a fast business clock is caught up. */
export const WAKE_MS = 1_000;

/** Open transactions of a closed batch are reversed after this (rule 10: 30 s). Real time. */
export const BATCH_PATIENCE_MS = 30_000;

/** Settled batches that a terminal's state keeps: a month of days. Older ones are in the journal. */
export const KEPT_SETTLEMENTS = 31;

/** Transactions in one report of a device: its event must fit into a turn. */
export const MAX_REPORTED = 1_000;

/** Wrong PINs that a policy may allow: more would be no protection for four digits. */
export const MAX_PIN_TRIES = 15;

/** Zones, and windows of time, of one card's policy: a commuter needs a handful; every snapshot carries them. */
export const MAX_POLICY_ITEMS = 64;

/** A weight of a ratio: parts of a million are as fine as anybody shares. */
export const MAX_SHARE_WEIGHT = 1_000_000;

/** Rows of a fare table: 64 zones to 64 zones; one frame of each partition must hold it. */
export const MAX_FARES = 4_096;

/** Highest rate of interest, in millionths a year: 1,000 %. */
export const MAX_RATE_PPM = 10_000_000;

/** Longest time in which a purchase may be refunded: ten years. */
export const MAX_REFUND_DAYS = 3_660;

/** Store instructions of one card that may be pending: a month of two a day, and a snapshot of some kilobytes. */
export const MAX_PENDING = 64;

/** For so many business days an operator's command that names its date may be repeated; older ones are refused. */
export const MAX_REFERENCE_DAYS = 31;

/** Operators' references that one record remembers in that time: thirty a day; more are a mistake of a program. */
export const MAX_SETTLED_REFERENCES = 1_000;

/** A terminal's clock may be ahead of receipt by this much (rule 12: ten minutes). */
export const MAX_CLOCK_AHEAD_MS = 10 * 60_000;

/**
 * Most stored value that a deposit may reach on a card without a cap, and most that a card may be issued with, in
 * minor units. An eighth of what is exact: reversals are never refused, so thousands of the largest must still fit
 * above it, and the sums that decisions form (stored value + fare + interest + loan) stay exact too.
 */
export const MAX_HELD_VALUE = Math.floor(MAX_BALANCE / 8);

/** Characters of a card's or terminal's id: enough for any card number or UUID, small enough for a subject. */
export const MAX_ID_LENGTH = 64;

/** Characters of free text (operator's notes, source names). */
export const MAX_TEXT_LENGTH = 256;

/**
 * Open ids of one terminal, those being reversed apart. More would make its state, and what is asked after a takeover,
 * too large.
 */
export const MAX_OPEN_IDS = 256;

/** Ids of one terminal that are being reversed: what a till gives up while a partition is away for hours. */
export const MAX_REVERSING_IDS = 1_024;

/** A reversal that takes longer is the actor's own business: the device gets REVERSING and need not wait (D7). */
export const REVERSAL_PATIENCE_MS = 10_000;

/**
 * A transaction that was opened longer ago is not executed any more by a card that has not seen it (D7). Longer than
 * any outage after which a holder would still expect it; what is remembered of ids may go when it is older.
 */
export const MAX_ASK_AGE_MS = 7 * 86_400_000;

/**
 * For so long a device may reverse what it was answered: as long as a purchase may usually be refunded. Real time. After
 * it, what was given back of a payment that can not be refunded any more may be forgotten. What is not answered yet may
 * be reversed without end.
 */
export const MAX_REVERSAL_AGE_MS = 180 * 86_400_000;

/**
 * What can be refunded no longer is kept for nine more days: two for a terminal's clock that is ahead and for days of
 * other lengths, a week for parameters that a partition which was away adopts late.
 */
export const FORGET_MARGIN_MS = 9 * 86_400_000;

/** Payments of one card that one turn forgets: more than it can add, and few enough for its event. */
export const MAX_FORGOTTEN = 16;

/**
 * Finished ids that a device may leave unforgotten by never saying its mark; then it must say one. Reversals of numbers
 * that were never seen have as much room again (D8).
 */
export const MAX_REMEMBERED_IDS = 10_000;

/** Ids of one source at one terminal, which are never forgotten: the rows of a file, and the size of a snapshot. */
export const MAX_SOURCE_IDS = 1_000_000;

/** Sources of one terminal, each of which is remembered for ever: files that are replayed, not days or runs. */
export const MAX_SOURCES = 100;

/** Ids in one read command: bounds the units that one turn may load. */
export const MAX_DESCRIBED = 200;

/** Bytes of one description of many units: well below what one bus message may be; what is left out is asked again. */
export const MAX_DESCRIPTION_BYTES = 200 * 1024;

/** Bytes of events in one frame. JetStream's max_payload is 1 MiB by default; stay well below it. */
export const MAX_FRAME_BYTES = 512 * 1024;

/** Bytes of events of one turn: a turn is never split over two frames (D4). */
export const MAX_TURN_BYTES = 64 * 1024;

/**
 * A journal goes on in another stream when one has so many bytes, or is so old: what is archived, verified, deleted,
 * backed up and restored at once. A tenth of a minute to read, and a server starts in no time with a few such streams.
 * What is older than a day can have gone from the hot disk.
 */
export const SEGMENT_BYTES = 1024 * 1024 * 1024;
export const SEGMENT_AGE_MS = 86_400_000;

/** Pause before the next segment is begun again where the server cannot be asked. Short: payments wait for it. */
export const SEGMENT_RETRY_PAUSE_MS = 100;

/** Bytes of frames in one block of an archived segment: all of it is read for one frame. */
export const ARCHIVE_BLOCK_BYTES = 256 * 1024;

/** Frames that the archiver reads at once: at their largest 32 MiB. */
export const ARCHIVE_CHUNK_FRAMES = 64;

/** The archiver looks for closed segments this often. */
export const ARCHIVE_LOOK_MS = 60_000;

/** What JetStream stores with each message (subject, headers, checks), about. */
export const FRAME_OVERHEAD_BYTES = 100;

/** Turns in one frame, read-only ones included: bounds the time that one frame's effects take. */
export const MAX_FRAME_TURNS = 4_096;

/**
 * All turns of a frame have the time of its first (D13). While the journal is away a frame waits, and whoever comes so
 * long after its first turn waits for the next: else a terminal whose clock is right would be refused as CLOCK_AHEAD
 * after ten minutes. Longer than a cluster needs to replace a leader.
 */
export const MAX_FRAME_LAG_MS = 10_000;

/** Commands that wait in a partition (mailbox and loading) before ordinary ones are refused with OVERLOADED. */
export const MAX_WAITING = 16_384;

/** A command waits in a mailbox: so long that ordinary ones behind it are refused, few as they may be. */
export const MAX_WAIT_MS = 500;

/** Waiting commands at which even reserved ones (asks, answers, reversals) are refused: the memory's bound. */
export const MAX_WAITING_RESERVED = 4 * MAX_WAITING;

/** Bytes of one reply. A larger one could not be published: it is a mistake of the domain, answered INTERNAL. */
export const MAX_REPLY_BYTES = 768 * 1024;

/** Bytes of one bus message; more is sent in several. */
export const MAX_DELIVERY_BYTES = 256 * 1024;

/** An ask whose bytes are not written yet counts as so long: about as long as ids of 64 characters make it. */
export const UNWRITTEN_ASK_BYTES = 512;

/** Requests that wait for the same open id: a device has one, its lost connections some. Older ones are told to repeat. */
export const MAX_WAITERS_PER_ID = 4;

/**
 * Acknowledgements of the prohibition list that wait in a partition until its worker has read that far: as many as a
 * partition has terminals, about. More are rejected, and repeated by their terminals.
 */
export const MAX_HELD = 4_096;

/** They wait for so long at most: until the list has been looked at although its announcement was lost. */
export const HELD_MS = 3_000;

/** What Redis was caught at is shown to operators for this long. Longer than a look at a monitor takes to come round. */
export const STORE_FAULT_SHOWN_MS = 60_000;

/** A fault of Redis of one kind is logged this often at most: an evicting one is caught with every card. */
export const STORE_FAULT_LOG_MS = 10_000;

/** Pages of the index that are compared with Redis between two checkpoints: all of them within minutes. */
export const INDEX_PAGES_CHECKED = 8;

/**
 * Actors that a partition keeps in memory; idle ones beyond it leave and come back from their snapshot. Nearly all are
 * asleep: the bytes of their snapshot and some 250 more, for a card 0.5 KB in all, 1.3 with a full log. A partition's
 * memory is bounded by 125 to 325 MB, and what is awake: what is used again and again.
 */
export const MAX_UNITS_IN_MEMORY = 250_000;

/** Pages of a partition's index. Few enough to name in a checkpoint, many enough that a page is small. */
export const INDEX_PAGES = 256;

/** Pages of an index on their way to Redis together: they share its fsync, and are some hundred kilobytes at most. */
export const INDEX_PAGES_TOGETHER = 32;

/** Snapshots in one write to Redis: bounds how long Redis and the owner are busy with one batch. */
export const SNAPSHOT_BATCH = 128;

/** States that are encoded for them before payments have their turn again: some tenths of a millisecond. */
export const SNAPSHOTS_ENCODED_TOGETHER = 16;

/** Time between two batches of snapshot writes, so that they are spread and never one burst. */
export const SNAPSHOT_PAUSE_MS = 10;

/** Time between two checkpoints: what a recovery replays at most, in time. */
export const CHECKPOINT_INTERVAL_MS = 5_000;

/**
 * Bytes of the turns since the checkpoint that wait in memory for their actors while a partition serves already: some
 * 200,000 turns, a dozen seconds of more than one partition bears; as objects they take eight times as much, 140 MB. With
 * more, because Redis has taken no checkpoint for long, their actors are loaded first, as many turns at a time.
 */
export const MAX_TAIL_BYTES = 16 * 1024 * 1024;

/** A publish that was not acknowledged is sent again, byte for byte, after this time. */
export const APPEND_TIMEOUT_MS = 1_000;

/**
 * A frame that was not acknowledged for this long after the first attempt is an operator's matter: nobody can pay in that
 * partition. Longer than any disk waits; an election in a cluster takes 4 to 9 s.
 */
export const JOURNAL_SILENCE_MS = 3_000;

/** A read of the journal or of Redis that takes longer is given up and tried another way. */
export const READ_TIMEOUT_MS = 5_000;

/** A question to NATS that has no answer yet is repeated: an answer takes milliseconds, an election most of a second. */
export const QUESTION_AGAIN_MS = 500;

/** First and longest pause before an ask is repeated. */
export const ASK_RETRY_MS = 500;
export const ASK_RETRY_MAX_MS = 5_000;

/** Workers say that they live this often. */
export const HEARTBEAT_MS = 150;

/**
 * An owner that is unheard for this long, while its journal stands still, may be replaced (D18). Short, because the
 * partitions of a worker that was killed must answer again within two seconds: three heartbeats may pass until a journal
 * that advanced until then is asked first, one more until the timeout is noticed, and the rest is for the recovery. Who
 * stood still for so long, and lives, loses its partitions to another and nothing else: it is fenced.
 */
export const OWNER_TIMEOUT_MS = 700;

/**
 * A worker that has lived for so long is followed at once by the next process on its data folder, without
 * OWNER_TIMEOUT_MS. Longer than the timeout by far: one that ends as soon as it has partitions leaves them to others.
 */
export const SUCCEEDED_AFTER_MS = 5_000;

/** A worker that was fenced stays back for a random time up to this. */
export const FENCED_BACKOFF_MS = 1_000;

/** A worker whose clock was wrong tries again after this time: each try writes an epoch frame. */
export const CLOCK_SKEW_BACKOFF_MS = 30_000;

/**
 * So does one that could not read the archive for a partition, for the same reason. Much longer than OWNER_TIMEOUT_MS,
 * so that a worker whose mount works has its turn before.
 */
export const ARCHIVE_BACKOFF_MS = 5_000;

/** Largest difference between an owner's clock and the server's stamp on its epoch frame (D13). */
export const MAX_CLOCK_SKEW_MS = 2_000;

/** The gateway answers UNAVAILABLE when a partition has been silent for this long. */
export const GATEWAY_DEADLINE_MS = 5_000;

/**
 * The gateway waits so long for a terminal's partition where that of the card has stopped: what is recorded is answered
 * within milliseconds, all else waits for an operator.
 */
export const STOPPED_PATIENCE_MS = 300;

/** Bytes of one WebSocket message from a client. */
export const MAX_CLIENT_MESSAGE_BYTES = 64 * 1024;

/** Connections of one gateway. */
export const MAX_CONNECTIONS = 20_000;

/** Requests of one connection that are not answered yet. */
export const MAX_CONNECTION_REQUESTS = 16_384;

/** Commands of all its connections that partitions have not answered yet: the memory of a gateway, some 200 MB. */
export const MAX_PENDING_COMMANDS = 262_144;

/**
 * A gateway lets in as many new transactions as a partition answers within this time on average, or within
 * ADMISSION_TOLERANCE times what it takes while nobody is refused, if that is longer (slow disks, far replicas). Shorter
 * would make frames emptier and cost throughput; at longer times what is let in waits in vain.
 */
export const ADMISSION_TARGET_MS = 80;
export const ADMISSION_TOLERANCE = 3;

/** The target never exceeds this, however slow the storage: a till that waits for a second gets an answer. */
export const ADMISSION_TARGET_MAX_MS = 1_000;

/** How often that number is set anew: a few times the latency of a payment, so that the answers tell of the last one. */
export const ADMISSION_INTERVAL_MS = 100;

/**
 * Time constant of the mean of what a partition answers: twice the longest target, since answers come in bursts (a
 * collector's pause, a slow disk); and for about as long it is not noticed that it became slower.
 */
export const ADMISSION_MEMORY_MS = 2_000;

/**
 * New transactions that one gateway has in one partition: at the beginning, at least, and at most. The least is what a
 * frame should hold, however slow everything is; the first is as many as a slow partition, of 200 a second, does in about
 * a second: what an overload finds open before anything was measured waits no longer.
 */
export const FIRST_WINDOW = 256;
export const MIN_WINDOW = 16;
export const MAX_WINDOW = 16_384;

/**
 * While a partition changes hands, a gateway lets in what it answered in this time before: longer than a hand-over takes,
 * and short enough that the next owner answers the last of it before the deadline.
 */
export const HAND_OVER_ROOM_MS = 2_000;

/**
 * For so long what a new owner answers says nothing about what it can carry: it does what has waited, loads actors, and
 * its code is not compiled yet.
 */
export const HAND_OVER_SETTLES_MS = 2_000;

/** Refused numbers of one session that are known to be unknown to the partition. More are asked of the partition. */
export const MAX_REFUSED_NUMBERS = 256;

/** Bytes that a slow client may leave unread before it is disconnected. */
export const MAX_CLIENT_BACKLOG_BYTES = 8 * 1024 * 1024;

/** Bytes unread at which nothing more is taken from a client, until it has read them all. */
export const CLIENT_PAUSE_BYTES = 64 * 1024;

/**
 * Messages of one connection in one turn of a gateway's event loop: some milliseconds, after which others have theirs.
 * One turn of a socket may read 2 MiB, which is some ten thousand messages.
 */
export const MAX_MESSAGES_PER_TURN = 256;

/** Bytes unread by all clients of a gateway: beyond it, who has left most is disconnected. */
export const MAX_BACKLOG_BYTES = 256 * 1024 * 1024;

/** Sockets of one gateway: its connections, and those that have not said yet what they want, such as probes. */
export const MAX_SOCKETS = MAX_CONNECTIONS + 1_000;

/** A client must have sent its whole handshake within this time. */
export const HANDSHAKE_MS = 10_000;

/** Entries of one LIST_UPDATE message. */
export const LIST_UPDATE_ENTRIES = 500;

/** Frames, and about as many bytes, in one answer to READ_JOURNAL. */
export const JOURNAL_READ_FRAMES = 1_000;
export const JOURNAL_READ_BYTES = 512 * 1024;

/** A client is told to wait this long after OVERLOADED (longer, where many are refused), and after UNAVAILABLE and the like. */
export const OVERLOADED_RETRY_MS = 200;
export const RETRY_MS = 500;

/** Likewise when an acknowledgement of the list came before the list itself: it is under way. */
export const LIST_RETRY_MS = 50;

/** A quiet client is pinged this often; who says nothing until the next ping is disconnected. */
export const CLIENT_PING_MS = 30_000;

/** After a frame of the wrong kind a connection still gets this long to break the WebSocket protocol itself. */
export const WRONG_FRAME_GRACE_MS = 200;

/** Wrong operator secrets, and tokens of phones, on one connection before it is closed. */
export const MAX_WRONG_SECRETS = 3;

/** Digits of a PIN: what ISO 9564 allows. Nothing else is hashed, so that a slip of a keyboard is no try. */
export const MIN_PIN_DIGITS = 4;
export const MAX_PIN_DIGITS = 12;

/** A question to the bus that `/readyz` waits for. */
export const READY_TIMEOUT_MS = 1_000;

/** Connections that do not close by themselves are cut after this, at the gateway's end. */
export const GATEWAY_CLOSE_MS = 2_000;

/** Pushes of the prohibition list whose last acknowledgement is still waited for; older ones are not measured. */
export const MAX_WATCHED_PUSHES = 64;

/** Frames of one partition whose time of commit is still to be read, for the metrics; those beyond it are not measured. */
export const MAX_COMMITS_READ = 256;

/** A client repeats what was rejected for this long before it gives up. */
export const CLIENT_PATIENCE_MS = 30_000;

/** Longest pause of a client between two attempts, and how long it waits for a handshake. */
export const CLIENT_RETRY_MAX_MS = 5_000;
export const CLIENT_HANDSHAKE_MS = 10_000;

/**
 * A client waits so long for the answer to one message, and after WELCOME until its list is acknowledged. A gateway
 * answers sooner, if only that a partition is away; who says nothing for so long has gone without a word.
 */
export const CLIENT_ANSWER_MS = 30_000;

/**
 * Then a client asks by a ping whether the gateway is still there; one that answers within the same time again only
 * works long. Without it a connection that a network forgot would look like a slow answer for CLIENT_ANSWER_MS.
 */
export const CLIENT_PING_AFTER_MS = 3_000;

/** A gateway that does not answer a closing handshake is left after this. */
export const CLIENT_CLOSE_MS = 2_000;

/** Terminals named in one acknowledgement of the prohibition list: must fit in one client message. */
export const ACKNOWLEDGED_TERMINALS = 500;

/** Pause before a frame of unknown fate is sent again: time for a server to come back. */
export const APPEND_RETRY_PAUSE_MS = 50;

/** Asks that are due again are looked for this often. */
export const ASK_SWEEP_MS = 100;

/** Pause before a server that lags behind the journal is asked again. */
export const STALE_READ_PAUSE_MS = 20;

/** Looks before an owner believes that a journal ends where it seems to: one that lags catches up within milliseconds. */
export const STALE_READ_LOOKS = 10;

/** Pause before a rebuild is tried again when the journal cannot be read. */
export const REBUILD_RETRY_PAUSE_MS = 500;

/**
 * Actors that a partition which was just taken loads at once, beside those that are asked for: payments wait for a
 * millisecond or two, and Redis for as many round trips as a second has room for.
 */
export const LOADED_TOGETHER = 64;

/**
 * Redis that leaves commands unanswered and says nothing at all for this long is gone, although its socket says nothing.
 * Until then each card that is not in memory waits for READ_TIMEOUT_MS.
 */
export const REDIS_SILENCE_MS = 2_000;

/** First and longest pause between two attempts to reach Redis again. */
export const REDIS_RECONNECT_PAUSE_MS = 50;
export const REDIS_RECONNECT_PAUSE_MAX_MS = 2_000;

/** That Redis is away is said again after this: who looks at a log finds it, and nothing else is lost among it. */
export const REDIS_AWAY_SAID_MS = 10 * 60_000;

/** Entries of the prohibition list in one read. */
export const LIST_READ_ENTRIES = 1_000;

/** The list is looked at this often although nothing was announced: finds a stream that was made anew. */
export const LIST_LOOK_MS = 2_000;

/** Pause before the list is read again after a failure. */
export const LIST_RETRY_PAUSE_MS = 50;

/** Bytes and frames in one read of a replay, sent without waiting for us. 1 MiB costs a quarter of the speed, more than 4 gains nothing. */
export const REPLAY_BATCH_BYTES = 4 * 1024 * 1024;
export const REPLAY_BATCH_FRAMES = 1_000;

/** The archiver makes a base this often, and with every segment: bounds how many frames a rebuild reads. */
export const BASE_INTERVAL_MS = 86_400_000;

/** Keys and states in one block of a base: what is read for one unit, in some tenths of a millisecond. */
export const BASE_BLOCK_BYTES = 32 * 1024;

/** Bytes of the index of a base in one read. */
export const BASE_READ_BYTES = 1024 * 1024;

/**
 * Units that the maker of a base holds changed in memory, some kilobytes each. With more it writes a base on the way,
 * and goes on from that.
 */
export const BASE_CHANGED_UNITS = 100_000;

/** Frames, and about as many bytes, that a replay reads before it evolves what they name. */
export const REPLAY_CHUNK_FRAMES = 1_000;
export const REPLAY_CHUNK_BYTES = 32 * 1024 * 1024;

/** Units in one batch on the way into a base. */
export const BASE_BATCH_UNITS = 256;

/** A base that is still being written after this time has no writer any more. */
export const BASE_LEFTOVER_MS = 6 * 3_600_000;

/** Times that a compare-and-set is tried against others who publish about the same card. */
export const LIST_PUBLISH_ATTEMPTS = 8;

/** Pause between two attempts to reach NATS again. Short: partitions wait for it. */
export const NATS_RECONNECT_PAUSE_MS = 100;

/**
 * A server that answers no ping is left after two to three of these, although its socket says nothing: a network that
 * drops silently ends no connection. Nobody pays through it until then, and who only hears no more is still heard.
 */
export const NATS_PING_INTERVAL_MS = 1_000;

/** A server that accepts a connection and does not greet is left for another, or for another try. */
export const NATS_GREETING_MS = 3_000;

/** Times that a stream is tried to be made, against others who make it, or a cluster that has just begun. */
export const STREAM_CREATION_ATTEMPTS = 8;

/** A change of a stream that is not answered by then may have collided with another; it takes milliseconds. */
export const STREAM_CHANGE_MS = 1_000;

/** Longest pause between two such attempts; drawn, so that two who collided do not collide again. */
export const STREAM_CREATION_PAUSE_MS = 500;

/** For so long servers are listened to that say what they lead. They answer within some milliseconds, or stand still. */
export const ELECTION_ANSWERS_MS = 250;

/** Pause after a look that found no lost leader, or could not be taken. */
export const ELECTION_LOOK_MS = 500;

/** Pause before the system account is asked for again that could not be had: a worker works without it meanwhile. */
export const ELECTIONS_RETRY_MS = 5_000;

/** Pause after one that did: longer than the election that it began. */
export const ELECTION_PAUSE_MS = 1_500;

/** Entries of one answer to SEARCH (rule 12), newest first. */
export const MAX_FOUND = 100;

/** Rows, and about as many bytes, in one answer to a LIST_… question to a history. */
export const HISTORY_PAGE = 1_000;
export const HISTORY_PAGE_BYTES = 384 * 1024;

/** Differences in one answer to LIST_DIFFERENCES: some 100 KiB. A batch has few, or its device has lost its memory. */
export const DIFFERENCES_PAGE = 500;

/** Lines of one column of a batch that are compared: some tens of MiB while they are. A gate takes a tenth in a day. */
export const MAX_COMPARED_LINES = 200_000;

/** Comparisons of columns at once in one gateway: bounds its memory. */
export const MAX_COMPARISONS = 2;

/** A partition searches for this long; then the question is too wide for what it must look at. */
export const HISTORY_SEARCH_MS = 3_000;

/** Questions to the history that one partition works on at once: they share the process with payments. */
export const HISTORY_QUESTIONS = 8;

/** Keys of the history in one read. */
export const HISTORY_SCAN_KEYS = 256;

/**
 * Pause between two writes of the history, unless somebody waits for it: most payments are opened and closed within
 * it, and then only their end is written. What is written together shares rows, so a longer one costs less; what a
 * crash takes away is read again.
 */
export const HISTORY_PAUSE_MS = 1_000;

/** Bytes of entries and lines at which the history is written before that: some thousand payments. */
export const HISTORY_COMMIT_BYTES = 4 * 1024 * 1024;

/** Acknowledged frames wait for the history for this long: no longer, or the collector copies them again and again. */
export const HISTORY_TAKE_MS = 20;

/** Events that the history files before payments have their turn again: some tenths of a millisecond. */
export const HISTORY_SLICE_EVENTS = 64;

/** Rows that it gives to the store before that: as long. */
export const HISTORY_SLICE_ROWS = 128;

/**
 * Bytes at which a row of the history holds no more entries: a terminal's of a quarter of a second when it is very busy.
 * Who wants one of them reads them all.
 */
export const HISTORY_ROW_BYTES = 16 * 1024;

/** Entries of frames that share a row in the history's order of time. */
export const HISTORY_TIMES_ITEMS = 256;

/** Bytes of frames that wait for a partition's history; beyond it they are dropped, and read from the journal. */
export const HISTORY_BUFFER_BYTES = 16 * 1024 * 1024;

/** Frames that the history reads at once while it catches up: at their largest 32 MiB. */
export const HISTORY_READ_FRAMES = 64;

/** Opened ids that the history of a partition keeps in memory; those beyond it are read when they are closed. */
export const HISTORY_OPENINGS = 20_000;

/** Rows of compiled totals that the history of a partition keeps in memory: the terminals of some dates. */
export const HISTORY_COUNTED = 10_000;

/** Cards that one answer to LIST_LOANS looks at: two reads of the store each, some tenths of a second in all. */
export const LOANS_PAGE = 1_000;

/** Rows in one answer to LIST_DAY_TOTALS: a terminal's has some 300 bytes, one with every line ten times as many. */
export const DAY_TOTALS_PAGE = 500;

/**
 * Bytes of new objects at which a process that has time collects them: what is still in use among them is copied in two
 * or three milliseconds. V8 alone would wait for 64 MiB, and copy for twenty to forty.
 */
export const YOUNG_SPACE_BYTES = 4 * 1024 * 1024;

/** How often it looks at them: as long as a thousand payments a second take for a megabyte. */
export const YOUNG_SPACE_LOOK_MS = 20;

/** A process has no time when it worked for more than this share of the time since it looked last. */
export const BUSY_SHARE = 0.9;

/** Pause before a history that cannot be written, or whose journal cannot be read, is tried again. */
export const HISTORY_RETRY_MS = 2_000;

/**
 * Bytes that LevelDB collects before it writes a sorted file, twice while it writes one: fewer, larger files are merged
 * less often. 8 MiB cost a tenth more of processor time.
 */
export const HISTORY_WRITE_BUFFER_BYTES = 32 * 1024 * 1024;

/** Bytes of LevelDB's cache of blocks, of one worker: searches are rare. */
export const HISTORY_CACHE_BYTES = 8 * 1024 * 1024;

/** Pieces in which a stream is restored: the server's own size, well below max_payload. */
export const STREAM_COPY_CHUNK_BYTES = 128 * 1024;

/** A server that checks every block of a large stream before it begins to copy it is silent for so long at most. */
export const STREAM_COPY_SILENCE_MS = 120_000;

const relations: readonly [boolean, string][] = [
  [MAX_TURN_BYTES * 2 <= MAX_FRAME_BYTES, 'a frame must hold more than one turn'],
  [MAX_FRAME_BYTES * 1.5 <= 1024 * 1024, 'a frame must stay well below max_payload'],
  [MAX_FRAME_BYTES * 2 <= MAX_TAIL_BYTES, 'what waits for actors after a takeover must be many frames'],
  [MAX_DESCRIPTION_BYTES < MAX_DELIVERY_BYTES, 'a description must fit into one bus message'],
  [
    REVERSAL_PATIENCE_MS + CLIENT_RETRY_MAX_MS < CLIENT_PATIENCE_MS,
    'a device must learn REVERSING before its patience ends',
  ],
  [OWNER_TIMEOUT_MS >= 4 * HEARTBEAT_MS, 'one lost heartbeat must not cost a partition its owner'],
  [MAX_REPLY_BYTES + MAX_DELIVERY_BYTES <= 1024 * 1024, 'a message of replies must stay below max_payload'],
  [
    MAX_WAIT_MS < GATEWAY_DEADLINE_MS / 4,
    'what waits in a partition must be answered while somebody listens',
  ],
  [ADMISSION_TARGET_MAX_MS < GATEWAY_DEADLINE_MS / 4, 'what is let in must be answered before the deadline'],
  [
    2 * HAND_OVER_ROOM_MS < GATEWAY_DEADLINE_MS,
    'what waits for a hand-over must be answered before the deadline',
  ],
  [CLIENT_PAUSE_BYTES < MAX_CLIENT_BACKLOG_BYTES, 'a slow client is no longer read before it is cut'],
  [MAX_WAITING_RESERVED > MAX_WAITING, 'overload must leave room for asks, answers and reversals'],
  [ACKNOWLEDGED_TERMINALS * (MAX_ID_LENGTH + 4) <= MAX_CLIENT_MESSAGE_BYTES, 'an acknowledgement must fit'],
  [MAX_AMOUNT <= MAX_BALANCE, 'an allowed amount must fit on a card'],
  [LIST_LOOK_MS + 500 <= HELD_MS, 'what waits for the list must see it looked at'],
  [HELD_MS + 1_000 < GATEWAY_DEADLINE_MS, 'what waits for the list must be rejected while somebody listens'],
  [HISTORY_SEARCH_MS + 1_000 < GATEWAY_DEADLINE_MS, 'a search that takes too long must be able to say so'],
  [
    REVERSAL_PATIENCE_MS + GATEWAY_DEADLINE_MS < CLIENT_ANSWER_MS,
    'a client must wait for as long as a gateway may take to answer',
  ],
  [HISTORY_PAGE_BYTES * 2 <= MAX_REPLY_BYTES, 'a page of a history must fit into one reply'],
];
for (const [holds, reason] of relations) {
  if (!holds) throw new Error(`bounds.ts: ${reason}`);
}
