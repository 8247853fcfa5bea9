"""The statement that tells many people at once: messages, copies, journal and outbox."""

from __future__ import annotations

#: The arrays that :data:`NOTIFY` reads, in order.
COLUMNS = (
    "ids", "keys", "persons", "accounts", "templates", "versions", "facts", "cases", "legal",
    "leaves", "everywhere", "paper",
)  # fmt: skip

# Who reads: the person, or the parents of a minor who has no contact of their own. By which
# channel: what their contacts and preferences allow; a text message to those whom no e-mail
# reaches, and to all when the template says so. A letter to those who have neither, or want paper,
# and to all when the template says so: it waits to be printed, outside the outbox; without an
# address it ends at once, and its reader is among those who were not reached. A message whose
# key exists brings nothing with it.
# The file of each person is read once, with the line that tells them.
NOTIFY = """
WITH given AS MATERIALIZED (
    SELECT line.*, person.language, person.email, person.phone, person.account_id AS owner,
           person.born_on > %(of_age)s AND person.email = '' AND person.phone = ''
               AND person.account_id IS NULL AS through_parents
    FROM unnest(
        %(ids)s::uuid[], %(keys)s::text[], %(persons)s::uuid[], %(accounts)s::uuid[],
        %(templates)s::text[], %(versions)s::smallint[], %(facts)s::jsonb[], %(cases)s::uuid[],
        %(legal)s::boolean[], %(leaves)s::boolean[], %(everywhere)s::boolean[], %(paper)s::boolean[]
    ) WITH ORDINALITY AS line (
        id, key, person, account, template, version, facts, case_ref, legal, leaves, everywhere,
        paper, rank
    ) LEFT JOIN person ON person.id = line.person
), written AS (
    INSERT INTO notice_message (
        id, key, person_id, account_id, template, version, language, facts, case_ref, created_at
    )
    SELECT id, key, person, account, template, version,
           CASE WHEN language = ANY(%(languages)s) THEN language ELSE 'fr' END,
           facts, case_ref, %(now)s
    FROM given ORDER BY rank
    ON CONFLICT (key) DO NOTHING
    RETURNING id
), fresh AS MATERIALIZED (
    SELECT given.* FROM given JOIN written USING (id)
), told AS (
    INSERT INTO journal_entry (at, actor, action, subject_kind, subject, case_ref, facts)
    SELECT %(now)s, %(actor)s, 'notice.written',
           CASE WHEN person IS NULL THEN 'account' ELSE 'person' END,
           coalesce(person, account), case_ref,
           jsonb_build_object('message', id, 'template', template, 'version', version)
    FROM fresh ORDER BY rank
    RETURNING id, (facts ->> 'message')::uuid AS message
), parents AS (
    SELECT fresh.id, legal, everywhere, paper, relative_id AS reader
    FROM fresh JOIN family_link ON kind = 'parent' AND person_id = fresh.person
    WHERE leaves AND through_parents AND coalesce(from_on <= %(today)s, true)
      AND coalesce(to_on >= %(today)s, true)
    UNION
    SELECT fresh.id, legal, everywhere, paper, person_id
    FROM fresh JOIN family_link ON kind = 'child' AND relative_id = fresh.person
    WHERE leaves AND through_parents AND coalesce(from_on <= %(today)s, true)
      AND coalesce(to_on >= %(today)s, true)
), readers AS (
    SELECT id AS message, legal, everywhere, paper, person AS reader, email, phone, owner
    FROM fresh WHERE leaves AND NOT through_parents
    UNION ALL
    SELECT parents.id, legal, everywhere, paper, reader, email, phone, account_id
    FROM parents JOIN person ON person.id = reader
), reached AS (
    SELECT message, everywhere, reader,
           coalesce(account.email, readers.email) <> '' AND (
               coalesce(mail.wants, 'all') = 'all' OR (mail.wants = 'legal' AND legal)
           ) AS by_email,
           %(sms)s AND phone <> '' AND (
               coalesce(text.wants, 'all') = 'all' OR (text.wants = 'legal' AND legal)
           ) AS by_sms,
           paper OR letter.wants = 'all' OR legal AND (
               letter.wants = 'legal'
               OR coalesce(account.email, readers.email) = '' AND NOT (%(sms)s AND phone <> '')
           ) AS by_letter
    FROM readers
    LEFT JOIN account ON account.id = owner AND account.is_active
    LEFT JOIN notice_preference mail ON mail.person_id = reader AND mail.channel = 'email'
    LEFT JOIN notice_preference text ON text.person_id = reader AND text.channel = 'sms'
    LEFT JOIN notice_preference letter ON letter.person_id = reader AND letter.channel = 'letter'
), copies AS (
    SELECT message, reader, 'email' AS channel FROM reached WHERE by_email
    UNION ALL
    SELECT message, reader, 'sms' FROM reached WHERE by_sms AND (everywhere OR NOT by_email)
    UNION ALL
    SELECT message, reader, 'letter' FROM reached WHERE by_letter
    UNION ALL
    SELECT fresh.id, NULL, 'email'
    FROM fresh JOIN account ON account.id = fresh.account
    WHERE leaves AND account.is_active
), leaving AS (
    INSERT INTO notice_delivery (
        id, message_id, channel, reader_id, state, attempts, provider, error, created_at, ended_at
    )
    SELECT gen_random_uuid(), message, channel, reader,
           CASE WHEN nowhere THEN 'failed' ELSE 'waiting' END, 0, '',
           CASE WHEN nowhere THEN 'no-address' ELSE '' END, %(now)s,
           CASE WHEN nowhere THEN %(now)s::timestamptz END
    FROM (
        SELECT copies.*, channel = 'letter' AND (
            home.address_line = '' OR home.postal_code = '' OR home.commune_id IS NULL
        ) AS nowhere
        FROM copies LEFT JOIN person home ON channel = 'letter' AND home.id = reader
    ) AS copies
    RETURNING id, message_id, channel, reader_id
), queued AS (
    INSERT INTO journal_outbox (entry_id, kind, payload, key, due_at)
    SELECT told.id, 'notice.' || channel, jsonb_build_object('delivery', leaving.id),
           leaving.id::text,
           CASE channel WHEN 'sms' THEN coalesce(overseas.at, %(sms_at)s) ELSE %(now)s END
    FROM leaving JOIN told ON told.message = leaving.message_id
    LEFT JOIN person ON person.id = leaving.reader_id
    LEFT JOIN commune ON commune.code = person.commune_id
    LEFT JOIN unnest(%(overseas)s::text[], %(overseas_at)s::timestamptz[])
        AS overseas (department, at) ON overseas.department = commune.department_id
    WHERE channel <> 'letter'
)
SELECT count(*) FROM written
"""
