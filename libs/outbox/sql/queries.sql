-- name: NextSeq
INSERT INTO outbox_keys (key, last_seq, due_us, since_us, owner) VALUES ($1, 1, 0, $2, '')
ON CONFLICT (key) DO UPDATE SET last_seq = outbox_keys.last_seq + 1
RETURNING last_seq;

-- name: InsertEntry
INSERT INTO outbox_entries (key, seq, id, kind, payload, created_us, attempts, refused_for)
VALUES ($1, $2, $3, $4, $5, $6, 0, '');

-- name: ListDueKeys
SELECT key, due_us FROM outbox_keys
 WHERE due_us <= $1
 ORDER BY due_us, since_us, key
 LIMIT $2;

-- name: NextDue
SELECT min(due_us) FROM outbox_keys;

-- name: ClaimKey
UPDATE outbox_keys SET owner = $1, due_us = $2 WHERE key = $3 AND due_us = $4;

-- name: ExtendLease
UPDATE outbox_keys SET due_us = $1 WHERE key = $2 AND owner = $3;

-- name: ReleaseKey
UPDATE outbox_keys SET owner = '', due_us = $1 WHERE key = $2 AND owner = $3;

-- name: ReleaseAllKeys
UPDATE outbox_keys SET owner = '', due_us = 0 WHERE owner <> '';

-- name: DeleteDrainedKey
DELETE FROM outbox_keys WHERE key = $1 AND owner = $2 AND last_seq = $3;

-- name: FirstEntry
SELECT seq, id, kind, payload, created_us, attempts FROM outbox_entries
 WHERE key = $1
 ORDER BY seq
 LIMIT 1;

-- name: LastSeq
SELECT last_seq FROM outbox_keys WHERE key = $1 AND owner = $2;

-- name: DeleteEntry
DELETE FROM outbox_entries WHERE key = $1 AND seq = $2;

-- name: CountFailure
UPDATE outbox_entries SET attempts = attempts + 1, refused_for = $1 WHERE key = $2 AND seq = $3;

-- name: CountPending
SELECT count(*), min(created_us) FROM outbox_entries;

-- name: CountRefused
SELECT count(*) FROM outbox_entries WHERE refused_for <> '';
