-- name: InsertVillage
INSERT INTO villages (id) VALUES ($1);

-- name: DeleteVillage
DELETE FROM villages WHERE id = $1;

-- name: InsertPerson
INSERT INTO people (id, village, email, county, serial, amount, note, photo)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8);

-- Parameters out of order, and one used twice.
-- name: FindPerson
SELECT id, note, photo, amount, email
  FROM people
 WHERE note = $2 AND id = $1 AND ($2 <> '' OR id = $1);

-- name: ListPeople
SELECT id FROM people WHERE id > $1 ORDER BY id LIMIT $2;

-- name: CountPeople
SELECT count(*), sum(amount), max(id) FROM people;

-- name: FindLike
SELECT id FROM people WHERE note LIKE $1 ESCAPE '!' ORDER BY id;

-- name: UpdateNotes
UPDATE people SET note = $1 WHERE county = $2;

-- name: PutCounter
INSERT INTO counters (id, value) VALUES ($1, $2)
ON CONFLICT (id) DO UPDATE SET value = excluded.value;

-- name: InsertCounter
INSERT INTO counters (id, value) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING;

-- name: GetCounter
SELECT value FROM counters WHERE id = $1;

-- name: LockCounter
SELECT value FROM counters WHERE id = $1 {{for_update}};

-- name: AddToCounter
UPDATE counters SET value = value + $2 WHERE id = $1 RETURNING value;

-- name: ListCounters
SELECT id, value FROM counters ORDER BY id;

-- name: CountTo
WITH RECURSIVE n (i) AS (SELECT CAST(1 AS BIGINT) UNION ALL SELECT i + 1 FROM n WHERE i < $1)
SELECT count(*) FROM n;
