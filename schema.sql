-- The one schema of an archive file. Three classes of table:
--
--   replicated  history, the truth: what it says is only ever added to, and is the same texts, entries and logs on every replica
--               that holds the same logs; how texts are packed and numbered is each file's own
--   derived     dropped and computed again from the replicated tables by `archivectl rebuild`, with identical rows
--   local       what only this file knows: its identity, its remotes, files seen before
--
-- Times are milliseconds since 1970, UTC, for display only. Hashes are SHA-256, 32 bytes.

-- REPLICATED ---------------------------------------------------------------------------------------------------------

-- Every text once, by its hash: essays' bodies and sources' original bytes. The hash stands apart from the text, so that damage
-- to a pack says which texts are lost, and loses no entry that names them. A text that is not here has a number all the same.
CREATE TABLE text (
    number INTEGER PRIMARY KEY,             -- in the order of arrival
    hash BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- By the first bytes of the hash: whole ones would be a third of what a changed sentence takes.
CREATE INDEX text_hash ON text (substr(hash, 1, 6));

-- The texts themselves.
CREATE TABLE text_pack (
    first INTEGER PRIMARY KEY,              -- the number of the first text in it
    count INTEGER NOT NULL CHECK (count > 0),
    codec INTEGER NOT NULL CHECK (codec IN (0, 1)),     -- 0: the texts one after another, as PackedText.swift says; 1: a zstd frame of them
    piece INTEGER NOT NULL REFERENCES text_piece (id),  -- where its bytes begin
    pieces INTEGER NOT NULL CHECK (pieces > 0)
) STRICT;

-- The packs' bytes in small pieces, which fill the file's pages to their ends.
CREATE TABLE text_piece (
    id INTEGER PRIMARY KEY,
    data BLOB NOT NULL
) STRICT;

-- The last texts, in one row, until there are enough of them for a pack: together short ones compress far better.
CREATE TABLE text_open (
    first INTEGER PRIMARY KEY,
    count INTEGER NOT NULL CHECK (count > 0),
    data BLOB NOT NULL                      -- as a pack of codec 0
) STRICT;

-- zstd dictionaries, which frames in `text_pack` name by their IDs. New texts take the one of the highest number.
CREATE TABLE dictionary (
    number INTEGER PRIMARY KEY,
    id INTEGER NOT NULL UNIQUE,             -- zstd's own
    data BLOB NOT NULL
) STRICT;

-- What the logs say. `id` is the order of arrival here.
CREATE TABLE entry (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL CHECK (length(hash) = 32),
    kind TEXT,                              -- NULL: a revision
    bytes BLOB NOT NULL                     -- a revision's canonical bytes, as EntryCoding.swift shortens them
) STRICT;
CREATE INDEX entry_hash ON entry (substr(hash, 1, 6));

CREATE TABLE replica (
    id INTEGER PRIMARY KEY,
    hash BLOB NOT NULL UNIQUE CHECK (length(hash) = 16)
) STRICT;

-- Each replica's log, a row for each run of entries that came one after another: `entry`, `entry` + 1, … are number `first`,
-- `first` + 1, … of the log. chain(n) = SHA-256(chain(n-1) || hash of the entry).
CREATE TABLE log (
    replica INTEGER NOT NULL REFERENCES replica (id),
    first INTEGER NOT NULL CHECK (first > 0),
    count INTEGER NOT NULL CHECK (count BETWEEN 1 AND 64),
    entry INTEGER NOT NULL REFERENCES entry (id),
    recorded INTEGER NOT NULL,              -- when the first was logged
    times BLOB,                             -- when the others were, as LogTimes.swift says; NULL: all at that time
    chain BLOB NOT NULL CHECK (length(chain) = 32),     -- after the last
    PRIMARY KEY (replica, first)
) STRICT, WITHOUT ROWID;
CREATE INDEX log_entry ON log (entry);

-- DERIVED ------------------------------------------------------------------------------------------------------------

-- Logs that fork entries end: nothing after `last` belongs to them. Of several such entries the lowest counts.
CREATE TABLE log_end (
    replica INTEGER PRIMARY KEY REFERENCES replica (id),
    last INTEGER NOT NULL
) STRICT;

-- The revisions among the entries.
CREATE TABLE revision (
    id INTEGER PRIMARY KEY REFERENCES entry (id),
    item INTEGER NOT NULL REFERENCES entry (id),        -- the item's root
    text INTEGER                            -- the number of its text
) STRICT;
CREATE INDEX revision_item ON revision (item);

-- Revisions without a successor.
CREATE TABLE head (
    item INTEGER NOT NULL REFERENCES entry (id),
    revision INTEGER NOT NULL REFERENCES revision (id),
    PRIMARY KEY (item, revision)
) STRICT, WITHOUT ROWID;

-- The current state of each item: a pure function of its revisions.
CREATE TABLE item (
    id INTEGER PRIMARY KEY REFERENCES entry (id),       -- the root
    kind TEXT NOT NULL,
    title TEXT,                             -- an essay's title, a source's file name
    shown INTEGER REFERENCES revision (id), -- the head that is shown; NULL: a clean merge of several
    text INTEGER,                           -- the shown text's number; NULL: none, or a merge that is stored nowhere
    target BLOB,                            -- the item ID of an annotation's essay, or of the source that a source replaces
    author TEXT,                            -- of an essay, as its field says
    date TEXT,                              -- the same
    characters INTEGER NOT NULL,            -- Unicode code points of the shown text; 0 for a source
    versions INTEGER NOT NULL,
    modified INTEGER NOT NULL,              -- the latest of the heads': when written, else when first logged
    conflict INTEGER NOT NULL CHECK (conflict IN (0, 1)),
    deleted INTEGER NOT NULL CHECK (deleted IN (0, 1))
) STRICT;
CREATE INDEX item_kind_title ON item (kind, title);
CREATE INDEX item_kind_modified ON item (kind, modified);
CREATE INDEX item_target ON item (target) WHERE target IS NOT NULL;
CREATE INDEX item_source_text ON item (text) WHERE kind = 'source';
-- Few, of however many.
CREATE INDEX item_conflict ON item (kind) WHERE conflict;
CREATE INDEX item_deleted ON item (kind) WHERE deleted;

-- The tags of each item as it is shown.
CREATE TABLE tag (
    item INTEGER NOT NULL REFERENCES entry (id),
    tag TEXT NOT NULL,
    PRIMARY KEY (item, tag)
) STRICT, WITHOUT ROWID;
CREATE INDEX tag_name ON tag (tag);

-- What all of it comes to, in one row; none in an empty archive.
CREATE TABLE totals (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    essays INTEGER NOT NULL,
    versions INTEGER NOT NULL,              -- of essays
    annotations INTEGER NOT NULL,
    sources INTEGER NOT NULL,
    conflicts INTEGER NOT NULL,
    deleted INTEGER NOT NULL,               -- essays
    heads BLOB NOT NULL CHECK (length(heads) = 2048)    -- the sum that the state hash is computed from, as StateSum.swift says
) STRICT;

-- Where annotations' passages were found, to be used again while `basis` is the digest of the same: the passage's version, its
-- place there, the current text, and the number of the algorithm. Rows are written when places are asked for, so that there may
-- be fewer than annotations; a row of another basis stands for nothing.
CREATE TABLE anchor (
    annotation INTEGER PRIMARY KEY REFERENCES entry (id),   -- its root
    basis BLOB NOT NULL CHECK (length(basis) = 16),
    state TEXT NOT NULL,
    start INTEGER,                          -- Unicode code points of the current text; NULL: an orphan
    length INTEGER,
    section TEXT                            -- the path of the section around it
) STRICT;

-- LOCAL --------------------------------------------------------------------------------------------------------------

-- `archive` and `replica`, 16 bytes each: who this file is. `merge`: by which merge algorithm the derived tables were computed.
-- `waiting`: how many bytes the entries in `pending` have. `link`, two numbers of 8 bytes: of the transaction before the last one, and of
-- the last; by them a write-ahead log is known for that of this file, as LogLink.swift says.
CREATE TABLE local (
    key TEXT PRIMARY KEY,
    value ANY NOT NULL
) STRICT, WITHOUT ROWID;

-- Received entries that wait: for their predecessors in their log, or for an entry or a text that they rest on.
-- ArchiveWriter+Pending.swift says which of them is tried when.
CREATE TABLE pending (
    id INTEGER PRIMARY KEY,                 -- the order of arrival
    replica INTEGER NOT NULL REFERENCES replica (id),
    seq INTEGER NOT NULL,
    previous BLOB NOT NULL,                 -- the chain before the entry: two files that used one replica ID can give two
    chain BLOB NOT NULL,                    -- entries one number; and the chain after it
    hash BLOB NOT NULL,                     -- of the entry
    recorded INTEGER NOT NULL,
    kind TEXT NOT NULL,
    bytes BLOB NOT NULL,
    text_hash BLOB,
    text_base BLOB,
    text_data BLOB,
    needs BLOB,                             -- the hash that it waits for; NULL: it waits for its turn; other than 32 bytes: a mark
    wanted INTEGER NOT NULL CHECK (wanted IN (0, 1)),   -- an entry whose turn it is rests on it
    reached INTEGER NOT NULL CHECK (reached IN (0, 1)), -- its log is held, or waits, without a gap up to it
    UNIQUE (replica, seq, chain)
) STRICT;
CREATE INDEX pending_previous ON pending (previous, replica);
CREATE INDEX pending_turn ON pending (replica, seq) WHERE needs IS NULL;
CREATE INDEX pending_needs ON pending (needs, wanted) WHERE needs IS NOT NULL;
CREATE INDEX pending_hash ON pending (hash);
CREATE INDEX pending_text ON pending (text_hash) WHERE text_hash IS NOT NULL;

-- Texts that entries name and that came damaged or not at all, or were found damaged here, until they come.
CREATE TABLE lacking (
    number INTEGER PRIMARY KEY
) STRICT;

CREATE TABLE remote (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,                      -- http, https or file
    token_file TEXT,                        -- the secret itself never enters the archive
    proxy TEXT,
    ca_file TEXT,
    preferred INTEGER NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1)),   -- the one to take where none is named
    digest TEXT,                            -- of the remote's vector as last seen, if it gives one
    reached INTEGER                         -- when it last answered
) STRICT;

-- Where each log ends on a remote, as last seen: several ends if two files used one replica ID. What is there up to an
-- end with `taken` is in this archive, though perhaps in another log.
CREATE TABLE remote_log (
    remote INTEGER NOT NULL REFERENCES remote (id) ON DELETE CASCADE,
    replica INTEGER NOT NULL REFERENCES replica (id),
    seq INTEGER NOT NULL,
    chain BLOB NOT NULL,
    taken INTEGER NOT NULL CHECK (taken IN (0, 1)),
    PRIMARY KEY (remote, replica, seq, chain)
) STRICT, WITHOUT ROWID;

-- Sequence numbers at which a segment that a remote may hold already was cut, so that a second attempt sends the same.
CREATE TABLE remote_cut (
    remote INTEGER NOT NULL REFERENCES remote (id) ON DELETE CASCADE,
    replica INTEGER NOT NULL REFERENCES replica (id),
    seq INTEGER NOT NULL,
    PRIMARY KEY (remote, replica, seq)
) STRICT, WITHOUT ROWID;

-- Files as they were when imported: what has the same place, size, times and inode is not read again.
CREATE TABLE imported (
    path TEXT PRIMARY KEY,
    device INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    size INTEGER NOT NULL,
    modified INTEGER NOT NULL,              -- nanoseconds
    changed INTEGER NOT NULL,               -- the same of the inode: nobody can set it back
    source INTEGER NOT NULL REFERENCES entry (id),
    form INTEGER REFERENCES entry (id),     -- the revision that says what the source held; NULL: the source itself does
    split TEXT,                             -- how it was asked to be cut; NULL: nothing was asked
    encoding TEXT,                          -- what a text was in
    pieces BLOB NOT NULL                    -- what it was cut into, as ImportedPiece.swift says
) STRICT, WITHOUT ROWID;
CREATE INDEX imported_source ON imported (source);
