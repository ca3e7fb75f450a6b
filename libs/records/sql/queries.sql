-- name: FindRecord
SELECT id, division, household, state, slot, revision, sealed
  FROM records
 WHERE collection = $1 AND id = $2;

-- name: FindRecordInSlot
SELECT id, division, household, state, slot, revision, sealed
  FROM records
 WHERE collection = $1 AND slot = $2;

-- The ids of a county lie together, so a subtree is read from its part of the key.
-- name: ListRecords
SELECT id, division, household, state, slot, revision, sealed
  FROM records
 WHERE collection = $1 AND id > $2 AND id < $3
   AND division >= $4 AND division < $5
   AND (CAST($6 AS BIGINT) >> CAST(state AS INTEGER)) & 1 = 1
 ORDER BY id
 LIMIT $7;

-- name: ListRecordsOfHousehold
SELECT id, division, household, state, slot, revision, sealed
  FROM records
 WHERE collection = $1 AND household = $2 AND id > $3
   AND division >= $4 AND division < $5
   AND (CAST($6 AS BIGINT) >> CAST(state AS INTEGER)) & 1 = 1
 ORDER BY id
 LIMIT $7;

-- name: CountRecordsByState
SELECT state, COUNT(*)
  FROM records
 WHERE collection = $1
 GROUP BY state
 ORDER BY state;

-- name: InsertRecord
INSERT INTO records (collection, id, division, household, state, slot, revision, create_us,
                     update_us, sealed)
VALUES ($1, $2, $3, $4, $5, $6, 1, $7, $7, $8)
ON CONFLICT (collection, id) DO NOTHING;

-- name: UpdateRecord
UPDATE records
   SET state = $4, slot = $5, revision = revision + 1, update_us = $6, sealed = $7
 WHERE collection = $1 AND id = $2 AND revision = $3;

-- name: InsertRevision
INSERT INTO record_revisions (collection, id, revision, actor, time_us, sealed)
VALUES ($1, $2, $3, $4, $5, $6);

-- name: ListRevisions
SELECT revision, actor, time_us, sealed
  FROM record_revisions
 WHERE collection = $1 AND id = $2
 ORDER BY revision;

-- name: FindAnswer
SELECT digest, sealed
  FROM record_answers
 WHERE method = $1 AND subject = $2 AND request_id = $3 AND expire_us >= $4;

-- name: KeepAnswer
INSERT INTO record_answers (method, subject, request_id, digest, sealed, expire_us)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (method, subject, request_id) DO UPDATE
   SET digest = excluded.digest, sealed = excluded.sealed, expire_us = excluded.expire_us;

-- name: DropAnswers
DELETE FROM record_answers WHERE expire_us < $1;
